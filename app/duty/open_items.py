"""What is open when a shift changes: alerts, overdue cases, 督办, running incidents, drills.

The system lists them; nobody types them. Only what the asker may see is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.api.directive_doors import DirectiveDoors
from app.api.directive_json import due_text
from app.security.contracts import Subject
from app.services import Services
from topics.kit.duty.incidents import IncidentState, dues
from topics.kit.duty.memory import OpenItem

_MOST = 200


class OpenItems:
    """Lists what is open."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._doors = DirectiveDoors(services)

    def now(self, subject: Subject, now: datetime) -> list[OpenItem]:
        """Everything open that the subject may see, the gravest kind first."""
        return [*self._incidents(now), *self._directives(subject, now)]

    def _incidents(self, now: datetime) -> Iterator[OpenItem]:
        for one in self._services.duty.incidents.list_newest(limit=_MOST):
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

    def _directives(self, subject: Subject, now: datetime) -> Iterator[OpenItem]:
        for one in self._services.directives.store.open(limit=_MOST):
            if self._doors.sees(subject, one):
                unit = self._services.organisations.name(one.unit)
                mark = "【演练】" if one.drill else ""
                yield OpenItem(
                    "directive",
                    one.id,
                    f"{mark}{one.data.get('title') or ''} {one.text}".strip(),
                    one.state.value,
                    f"{unit} · {due_text(one, now)}",
                    f"/directives?id={one.id}",
                )
