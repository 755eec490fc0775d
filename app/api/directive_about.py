"""What a 督办 is about: whether its asker may see it, how it is called, where it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from app.alerts.sight import AlertSight, resource_of
from app.cases.people import CaseDoors
from app.errors import BadRequest
from app.released import observation_resource
from app.security.contracts import Action, Resource, Subject
from app.security.may import may, require
from app.services import Services
from layers.contracts import Classification
from topics.kit.alerting.places import page_of
from topics.kit.directives.contracts import Directive
from topics.kit.directives.contracts import Subject as About
from topics.kit.period_texts import parse_period
from topics.kit.words.clock import local

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A thing that may be the subject of a 督办."""

    title: str
    topic: str | None
    href: str
    resource: Resource

    @property
    def secrecy(self) -> dict[str, str | None]:
        """Topic and class of the thing: what is told of the 督办 is as secret."""
        return {"of": self.resource.topic, "class": self.resource.classification.value}


class DirectiveAbout:
    """Looks things up; the decision comes before the lookup."""

    def __init__(self, services: Services) -> None:
        """Use the catalogue and regions of `services`."""
        self._services = services

    def read(self, text: str) -> About:
        """What `about=` of an address or body says: kind:id."""
        kind, mark, named = text.partition(":")
        if not mark or not named:
            raise BadRequest("about 写成 kind:id,如 indicator:ecology.aqi|440200 或 case:编号")
        return About(kind, named)

    def require(self, subject: Subject, about: About) -> Known:
        """The thing, where the person may see it; else what a refusal means."""
        if about.kind == "indicator":
            return self._number(subject, about.id)
        if about.kind == "alert":
            alert = self._services.alerts.require(about.id)
            resource = resource_of(self._services, alert)
            require(subject, Action.READ, resource)
            return Known(alert.title, alert.topic, self.href(about), resource)
        if about.kind == "case":
            doors = CaseDoors(self._services)
            case = doors.require(subject, self._services.cases.require(about.id))
            title = f"{case.number} {case.report.text[:30]}"
            return Known(title, None, self.href(about), doors.resource(case))
        raise BadRequest("about 的对象应是 indicator、alert 或 case,如 case:编号")

    def sees(self, subject: Subject, one: Directive, unit: str | None) -> bool:
        """Whether the person reads the 督办: by right, or because it is his unit's."""
        # Who answers for the unit reads what the unit is asked, whatever his topics are; who only
        # works there reads what he could read of the thing itself.
        own = unit is not None and unit == one.unit
        if own and may(subject, Action.WRITE, Resource("reply", one.id)):
            return True
        by_right = may(subject, Action.READ, Resource("directive", one.id, one.topic))
        return bool(by_right) and self._sees_thing(subject, one.about)

    def _sees_thing(self, subject: Subject, about: About) -> bool:
        """Whether the person sees the number, alert or case; one that is gone hides nothing."""
        if about.kind == "alert":
            alert = self._services.alerts.find(about.id)
            return alert is None or AlertSight(self._services, subject).of(alert)
        if about.kind == "case":
            case = self._services.cases.find(about.id)
            return case is None or CaseDoors(self._services).sees(subject, case)
        spec = self._services.catalogue.find(about.id.split("|")[0])
        return spec is None or bool(
            may(subject, Action.READ, observation_resource(self._services, spec))
        )

    def href(self, about: About) -> str:
        """The page where the thing is read."""
        named = quote(about.id, safe="|:")
        if about.kind == "indicator":
            indicator = about.id.split("|")[0]
            return f"/indicator/{quote(indicator)}?explain={named}"
        return page_of(about.id) if about.kind == "alert" else f"/cases/{named}"

    def shown(self, one: Directive) -> dict[str, Any]:
        """{kind, id, title, href} of what it is about."""
        title = str(one.data.get("title") or one.about.id)
        return {
            "kind": one.about.kind,
            "id": one.about.id,
            "title": title,
            "href": self.href(one.about),
        }

    def _number(self, subject: Subject, named: str) -> Known:
        parts = [*named.split("|"), "", ""][:_PARTS]
        indicator, region, period = parts
        spec = self._services.catalogue.find(indicator)
        if spec is None:
            hidden = Resource(
                "observation", indicator, classification=Classification.HIGHLY_SENSITIVE
            )
            require(subject, Action.READ, hidden)
            spec = self._services.catalogue.indicator(indicator)
        when = parse_period(period, spec.period_kind) if period else None
        resource = observation_resource(self._services, spec, when)
        require(subject, Action.READ, resource)
        today = local(datetime.now(UTC)).date()
        code = region or self._services.config.city.code
        place = self._services.regions.find(code, today) or self._services.regions.find(code)
        if place is None:
            raise BadRequest(f"没有区划或点位 {code!r};about 写成 indicator:指标|区划代码")
        topic = self._services.catalogue.topic_of(indicator).id
        about = About("indicator", named)
        return Known(f"{place.name} · {spec.title}", topic, self.href(about), resource)
