"""Who may fill in or review which form: whoever may write or publish all of its indicators."""

from __future__ import annotations

from datetime import datetime

from app.errors import Forbidden, NotSignedIn
from app.released import observation_resource
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.manifest_reports import ReportSpec
from topics.kit.reporting.contracts import Form
from topics.kit.reporting.machine import Person


class ReportDoors:
    """Asks `may` about forms."""

    def __init__(self, services: Services) -> None:
        """Use the catalogue of `services`."""
        self._services = services

    def person(self, subject: Subject, spec: ReportSpec) -> Person:
        """Who the subject is to the form."""
        return Person(
            subject.person,
            fills=self._all(subject, Action.WRITE, spec),
            reviews=self._all(subject, Action.PUBLISH, spec),
        )

    def sees(self, subject: Subject, spec: ReportSpec) -> bool:
        """Whether the form is of this person's work."""
        person = self.person(subject, spec)
        return person.fills or person.reviews

    def require(self, subject: Subject, form: str, period: str, now: datetime) -> Form:
        """The form of an address; refused alike where it is hidden and where it is not there."""
        spec = self._services.catalogue.report(form)
        if spec is None or not self.sees(subject, spec):
            if subject.anonymous:
                raise NotSignedIn("报数需要先登录")
            raise Forbidden(f"没有报表 {form} 的填报或审核权限;请向系统管理员申请相应专题的角色")
        return self._services.reports.forms.read(form, period, now)

    def _all(self, subject: Subject, action: Action, spec: ReportSpec) -> bool:
        catalogue = self._services.catalogue
        return not subject.anonymous and all(
            may(subject, action, observation_resource(self._services, catalogue.indicator(one)))
            for one in spec.indicators
        )
