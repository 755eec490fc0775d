"""What is open when a shift changes: alerts, overdue cases, 督办, running incidents, drills.

The system lists them; nobody types them. Only what the asker may see is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.alerts.sight import AlertSight
from app.api.directive_doors import DirectiveDoors
from app.api.directive_json import due_text
from app.cases.people import CaseDoors
from app.cases.units import Units
from app.security.contracts import Subject
from app.services import Services
from topics.kit.alerting.fold import state_of
from topics.kit.alerting.places import page_of
from topics.kit.cases.lines import CaseQuery
from topics.kit.duty.incidents import IncidentState, dues
from topics.kit.duty.memory import OpenItem
from topics.kit.words.lasting import lasting

_MOST = 200
_CASES = 50  # a handover names the worst; the desk lists them all
_WORDS = 30


class OpenItems:
    """Lists what is open."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._doors = DirectiveDoors(services)
        self._units = Units(services.organisations, services.regions)

    def now(self, subject: Subject, now: datetime, as_of: datetime | None = None) -> list[OpenItem]:
        """Everything open that the subject may see, the gravest kind first.

        With `as_of`, what was open at that moment and as it stood then; `now` is that moment too.
        """
        return [
            *self._incidents(now, as_of),
            *self._alerts(subject, now, as_of),
            *self._cases(subject, now, as_of),
            *self._directives(subject, now, as_of),
        ]

    def _alerts(
        self, subject: Subject, now: datetime, as_of: datetime | None
    ) -> Iterator[OpenItem]:
        sight = AlertSight(self._services, subject)
        found = [one for one in self._services.alerts.open(as_of) if sight.of(one)]
        found.sort(key=lambda one: (-one.level.severity, one.fired_at or now))
        for one in found[:_MOST]:
            mark = "【演练】" if one.drill else ""
            title, href = f"{mark}{one.level} {one.title}", page_of(one.id)
            lasted = lasting(now - one.fired_at) if one.fired_at else ""
            yield OpenItem("alert", one.id, title, state_of(one, now), lasted, href)

    def _cases(self, subject: Subject, now: datetime, as_of: datetime | None) -> Iterator[OpenItem]:
        sight = CaseDoors(self._services).sight(subject)
        query = CaseQuery(sight=sight, open=True, overdue=True, limit=_CASES)
        for line in self._services.cases.board(query, now=now, as_of=as_of).lines:
            unit = self._units.name(line.unit)
            late = f"超期 {lasting(now - line.due)}" if line.due else ""
            detail = " · ".join(part for part in (unit, late) if part)
            title = f"{line.number} {line.text[:_WORDS]}"
            yield OpenItem("case", line.id, title, line.state, detail, f"/cases/{line.id}")

    def _incidents(self, now: datetime, as_of: datetime | None) -> Iterator[OpenItem]:
        for one in self._services.duty.incidents.list_newest(as_of=as_of, limit=_MOST):
            if one.state is IncidentState.CLOSED:
                continue
            late = [
                due.clock.title
                for due in dues(one, self._services.duty.clocks, now)
                if due.late and due.done is None
            ]
            detail = f"超时:{'、'.join(late)}" if late else ""
            mark = "【演练】" if one.drill else ""
            title, href = f"{mark}{one.title}", f"/duty?tab=incidents&id={one.id}"
            yield OpenItem("incident", one.id, title, one.state.value, detail, href)

    def _directives(
        self, subject: Subject, now: datetime, as_of: datetime | None
    ) -> Iterator[OpenItem]:
        for one in self._services.directives.store.open(as_of=as_of, limit=_MOST):
            if self._doors.sees(subject, one):
                unit = self._units.name(one.unit)
                mark = "【演练】" if one.drill else ""
                yield OpenItem(
                    "directive",
                    one.id,
                    f"{mark}{one.data.get('title') or ''} {one.text}".strip(),
                    one.state.value,
                    f"{unit} · {due_text(one, now)}",
                    f"/directives?id={one.id}",
                )
