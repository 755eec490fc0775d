"""督办 as pages and scripts read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.api.directive_about import DirectiveAbout
from app.api.people_names import PeopleNames
from app.cases.units import Units
from app.services import Services
from topics.kit.cases.routing import TERRITORY
from topics.kit.directives.contracts import Directive, DirectiveEvent, DirectiveState
from topics.kit.directives.machine import ENDED, NEEDS_NOTE, TO, Person, allowed, overdue
from topics.kit.words.clock import local, moment_text
from topics.kit.words.lasting import lasting


class DirectiveJson:
    """Writes 督办 as JSON; names are looked up, times are of Shanghai."""

    def __init__(self, services: Services) -> None:
        """Use the organisations and accounts of `services`."""
        self._services = services
        self._names_of_units = Units(services.organisations, services.regions)
        self._names = PeopleNames(services)
        self._about = DirectiveAbout(services)

    def units(self) -> list[dict[str, str]]:
        """The bureaus and the governments of counties that a 督办 can go to."""
        found = [
            {"id": one.id, "name": one.short_name} for one in self._services.organisations.all()
        ]
        for county in self._services.regions.children(self._services.config.city.code):
            if county.valid_to is None:
                unit = f"{TERRITORY}{county.code}"
                found.append({"id": unit, "name": self._names_of_units.name(unit)})
        return found

    def mark(self, one: Directive, now: datetime) -> dict[str, Any]:
        """What stands beside a number, alert or case: {id, state, unit, reply, deadline, …}."""
        return {
            "id": one.id,
            "state": one.state.value,
            "unit": one.unit,
            "unit_name": self._names_of_units.name(one.unit),
            "text": one.text,
            "reply": one.reply,
            "deadline": local(one.deadline).isoformat(),
            "due_text": due_text(one, now),
            "overdue": overdue(one, now),
        }

    def brief(self, one: Directive, person: Person, now: datetime) -> dict[str, Any]:
        """One row of a list."""
        return self.mark(one, now) | {
            "about": self._about.shown(one),
            "topic": one.topic,
            "replied_at": _moment(one.replied_at),
            "replied_text": moment_text(one.replied_at, now) if one.replied_at else "",
            "returned": one.returned,
            "returned_why": one.data.get("returned_why", ""),
            "issued_by_name": self._names.name(one.issued_by),
            "issued_at": _moment(one.issued_at),
            "issued_text": moment_text(one.issued_at, now),
            "closed_at": _moment(one.closed_at),
            "deadline_text": moment_text(one.deadline, now),
            "drill": one.drill,
            "allowed": [
                {"to": to, "label": str(step), "needs": ["note"] if step in NEEDS_NOTE else []}
                for to, step in TO.items()
                if step in allowed(one, person)
            ],
        }

    def full(
        self, one: Directive, log: Sequence[DirectiveEvent], person: Person, now: datetime
    ) -> dict[str, Any]:
        """One 督办 with its steps."""
        timeline = [
            {
                "at": _moment(event.at),
                "at_text": moment_text(event.at, now),
                "step": event.step.value,
                "actor_name": self._names.name(event.actor),
                "note": event.note,
            }
            for event in log
        ]
        return self.brief(one, person, now) | {"timeline": timeline, "now": now.isoformat()}


def due_text(one: Directive, now: datetime) -> str:
    """What is left or how late it is: 剩 2时10分, 超期 1天3时; of an ended one how it ended."""
    if one.state in ENDED:
        return one.state.value
    if one.state is DirectiveState.ANSWERED:
        late = (one.replied_at or now) > one.deadline
        return "逾期反馈,待审" if late else "已反馈,待审"
    left = one.deadline - now
    return f"剩 {lasting(left)}" if left.total_seconds() > 0 else f"超期 {lasting(-left)}"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else local(at).isoformat()
