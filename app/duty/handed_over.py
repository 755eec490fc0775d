"""What a reader may see of the items of a 交接班: asked of each thing today, not of who wrote it.

A handover keeps what was open as the leaving shift saw it; the reader may hold other rights. What
he may not see is only counted, and so is a thing that is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from app.alerts.sight import AlertSight
from app.api.directive_doors import DirectiveDoors
from app.cases.people import CaseDoors
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.duty.memory import Handover, OpenItem

_Sees = Callable[[str], bool]


class HandedOver:
    """The items of some handovers for one reader; what several name is looked up once."""

    def __init__(self, services: Services, subject: Subject, found: Iterable[Handover]) -> None:
        """Look up the cases and alerts that `found` names."""
        items = [item for one in found for item in one.items]
        self._sees: Mapping[str, _Sees] = {
            "alert": _seen_alerts(services, subject, _ids(items, "alert")).__contains__,
            "case": _seen_cases(services, subject, _ids(items, "case")).__contains__,
            "directive": _seen_directives(services, subject, _ids(items, "directive")).__contains__,
            "incident": lambda one: bool(may(subject, Action.READ, Resource("duty", one))),
        }

    def seen(self, one: Handover) -> list[OpenItem]:
        """Those of its items that the reader may see; of an unknown kind none."""
        return [item for item in one.items if self._sees.get(item.kind, _nothing)(item.id)]


def _ids(items: Iterable[OpenItem], kind: str) -> list[str]:
    return list(dict.fromkeys(item.id for item in items if item.kind == kind))


def _seen_alerts(services: Services, subject: Subject, ids: list[str]) -> set[str]:
    sight = AlertSight(services, subject)
    return {one.id for one in services.alert_tallies.by_ids(ids) if sight.of(one)} if ids else set()


def _seen_cases(services: Services, subject: Subject, ids: list[str]) -> set[str]:
    doors = CaseDoors(services)
    found = services.cases.store.lines(ids) if ids else []
    return {one.id for one in found if doors.sees(subject, one)}


def _seen_directives(services: Services, subject: Subject, ids: list[str]) -> set[str]:
    doors, seen = DirectiveDoors(services), set[str]()
    for named in ids:
        one = services.directives.store.find(named)
        if one is not None and doors.sees(subject, one):
            seen.add(named)
    return seen


def _nothing(_: str) -> bool:
    return False
