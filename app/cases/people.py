"""What a subject may see of cases, and which posts of the loop a subject holds."""

from __future__ import annotations

from app.errors import Forbidden
from app.security.contracts import Action, Resource, Role, Subject
from app.security.may import enforce, may
from app.services import Services
from layers.contracts import Classification
from topics.kit.cases.categories import NamedScheme
from topics.kit.cases.contracts import Case
from topics.kit.cases.lines import CaseLine, Sight
from topics.kit.cases.machine import Person
from topics.kit.cases.routing import TERRITORY
from topics.kit.cases.transitions import DESK, Post
from topics.kit.errors import UnknownCase

_POSTS = {
    Role.DUTY: DESK,
    Role.ADMIN: DESK,
    Role.HANDLER: frozenset({Post.HANDLER, Post.REPORTER}),
    Role.CLERK: frozenset({Post.REPORTER, Post.CHECKER}),
    Role.REVIEWER: frozenset({Post.REPORTER, Post.CHECKER}),
    Role.LEADER: frozenset({Post.LEADER}),
}
"""Which posts a role stands for (docs/permissions.md); a checker never checks own handling."""


class CaseDoors:
    """Asks `may` about cases."""

    def __init__(self, services: Services) -> None:
        """Ask about the cases of `services`."""
        self._services = services
        self._schemes = services.cases.categories.schemes

    def sight(self, subject: Subject) -> Sight:
        """Which cases the subject may see, for lists."""
        whole, demo = [], []
        for named in self._schemes.values():
            if may(subject, Action.READ, _resource(named)):
                whole.append(named.name)
            elif may(subject, Action.READ, _resource(named, demo=True)):
                demo.append(named.name)
        if not (whole or demo):
            return Sight()
        return Sight(tuple(whole), tuple(demo), self._territory(subject))

    def sees(self, subject: Subject, case: Case | CaseLine) -> bool:
        """Whether the subject may see the case."""
        place = self._territory(subject)
        return (not place or _concerns(place, case)) and bool(
            may(subject, Action.READ, self.resource(case))
        )

    def _territory(self, subject: Subject) -> str:
        """The place whose government the subject works for; "" for the city and for others."""
        unit = subject.unit or ""
        if not unit.startswith(TERRITORY):
            return ""
        place = unit.removeprefix(TERRITORY)
        return "" if place == self._services.regions.city().code else place

    def require(self, subject: Subject, case: Case) -> Case:
        """The case, if the subject may see it; raises NotSignedIn or UnknownCase.

        To others it looks like one that does not exist.
        """
        if self.sees(subject, case):
            return case
        if subject.anonymous:
            enforce(subject, may(subject, Action.READ, self.resource(case)))
        raise UnknownCase(f"没有事件 {case.number};请从事件列表中选择")

    def resource(self, case: Case | CaseLine) -> Resource:
        """What `may` is asked about: as secret as its scheme; public where it is demo data."""
        category = case.report.category if isinstance(case, Case) else case.category
        shown = case.report.data.get("demo") if isinstance(case, Case) else case.demo
        named = self._schemes.get(category.scheme)
        if named is None:
            return Resource("case", case.id, classification=Classification.HIGHLY_SENSITIVE)
        return _resource(named, case.id, demo=bool(shown))

    def writes(self, subject: Subject, case: Case | CaseLine) -> bool:
        """Whether the subject may do anything with the case; then contacts are shown in full."""
        return bool(may(subject, Action.WRITE, self.resource(case)))

    def require_writing(self, subject: Subject, scheme: str) -> None:
        """Raise unless the subject may report cases of the scheme."""
        named = self._services.cases.categories.scheme(scheme)
        enforce(subject, may(subject, Action.WRITE, _resource(named)))

    def person(self, subject: Subject, case: Case) -> Person:
        """The subject as the machine knows people; raises Forbidden where nothing may be done."""
        return self._person(subject, self.resource(case), case)

    def _person(self, subject: Subject, resource: Resource, case: Case) -> Person:
        writes = bool(may(subject, Action.WRITE, resource))
        posts: set[Post] = set()
        for grant in subject.grants:
            held = grant.topic in (None, resource.topic)
            if held and (writes or grant.role is Role.LEADER):
                posts |= _POSTS.get(grant.role, frozenset())
        if _speaks_for_a_system(subject) and writes:
            # Another system's desk and units speak through one token each: two tokens, since
            # what handled a case never checks it.
            return Person(subject.person, frozenset({*DESK, Post.HANDLER}), any_unit=True)
        if not posts:
            raise Forbidden("您没有办理事件的权限;请向系统管理员申请值班或经办角色")
        return Person(
            subject.person, frozenset(posts), unit=subject.unit, away=self._away(subject, case)
        )

    def _away(self, subject: Subject, case: Case) -> str:
        """Who holds the case, where that is above or beside the subject's own place."""
        place = self._territory(subject)
        if not place or self._services.cases.lands.holds(place, case.holder):
            return ""
        found = self._services.regions.find(case.holder)
        return case.holder if found is None else found.name

    def person_or_none(self, subject: Subject, case: Case) -> Person | None:
        """The same; None for those who only look."""
        try:
            return self.person(subject, case)
        except Forbidden:
            return None


def _concerns(place: str, case: Case | CaseLine) -> bool:
    """Whether the case lies in the place, is held in it, or is given to its government."""
    if isinstance(case, Case):
        region, units = case.report.region, {case.unit, *(one.unit for one in case.tasks)}
    else:
        region, units = case.region, {case.unit, *case.support}
    here = region.startswith(place) or case.holder.startswith(place)
    return here or f"{TERRITORY}{place}" in units


def _speaks_for_a_system(subject: Subject) -> bool:
    return subject.scopes is not None and subject.account is None and not subject.anonymous


def _resource(named: NamedScheme, case: str = "", *, demo: bool = False) -> Resource:
    secret = named.classification
    if demo and secret in (Classification.PUBLIC, Classification.INTERNAL):
        secret = Classification.PUBLIC
    return Resource("case", case, named.topic, secret, demo)
