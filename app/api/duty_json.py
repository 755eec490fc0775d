"""People, shifts, swaps, handovers and incidents of 值班 as pages and scripts read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.duty.handed_over import HandedOver
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.memory import Handover, JournalEntry, OpenItem
from topics.kit.duty.people import masked
from topics.kit.duty.roster import crew_of, span_text
from topics.kit.duty.swaps import Swap, Turn
from topics.kit.words.clock import local, moment_text

NUMBERS = Resource("duty", "contacts", classification=Classification.SENSITIVE)
"""The whole telephone numbers of the 通讯录: personal data, for those whose ceiling reaches it."""


class DutyJson:
    """Writes 值班 as JSON; names are looked up, times are of Shanghai."""

    def __init__(self, services: Services) -> None:
        """Use the organisations and accounts of `services`."""
        self._services = services
        self.names = PeopleNames(services)

    def person(self, one: Person, subject: Subject) -> dict[str, Any]:
        """One entry of the 通讯录; numbers are masked for those who may not see them."""
        whole = one if sees_numbers(subject) else masked(one)
        return {
            "id": one.id,
            "name": one.name,
            "unit": one.unit,
            "unit_name": self._services.organisations.name(one.unit),
            "post": one.post,
            "phone": whole.phone,
            "mail": whole.mail,
            "account": bool(one.account),
            "account_name": self._account(one) if _edits(subject) else None,
        }

    def _account(self, one: Person) -> str:
        """The name with which the person signs in, for who corrects the entry."""
        found = self._services.accounts.by_id(one.account) if one.account else None
        return found.name if found is not None else ""

    def shift(self, one: Shift, subject: Subject, now: datetime) -> dict[str, Any]:
        """One shift with its people."""
        return {
            "starts": moment(one.starts),
            "ends": moment(one.ends),
            "text": f"{local(one.starts):%H:%M}–{_end(one)}",
            "span": span_text(one.starts, one.ends),
            "now": one.starts <= now < one.ends,
            "crew": [
                {"post": post, "person": person and self.person(person, subject)}
                for post, person in crew_of(one)
            ],
        }

    def swap(self, one: Swap, people: Mapping[str, Person], now: datetime) -> dict[str, Any]:
        """One swap: both turns and who has agreed."""
        return {
            "id": one.id,
            "state": one.state.value,
            "reason": one.reason,
            "asked_by_name": self.names.name(one.asked_by),
            "asked_text": moment_text(one.asked_at, now),
            "first": _turn(one.first, people, agreed=bool(one.first_agreed)),
            "second": _turn(one.second, people, agreed=bool(one.second_agreed)),
        }

    def handovers(
        self,
        found: Sequence[Handover],
        people: Mapping[str, Person],
        subject: Subject,
        now: datetime,
    ) -> list[dict[str, Any]]:
        """Each 交接班 with both names, and of what was open what this reader may see."""
        handed = HandedOver(self._services, subject, found)
        return [self._handover(one, handed.seen(one), people, now) for one in found]

    def _handover(
        self, one: Handover, seen: Sequence[OpenItem], people: Mapping[str, Person], now: datetime
    ) -> dict[str, Any]:
        def name(person: str) -> str:
            return people[person].name if person in people else person

        return {
            "id": one.id,
            "shift": moment(one.shift_starts),
            "shift_text": moment_text(one.shift_starts, now),
            "leaving": {"id": one.leaving, "name": name(one.leaving)},
            "taking": {"id": one.taking, "name": name(one.taking)},
            "items": [asdict(item) for item in seen],
            "total": len(one.items),
            "hidden": len(one.items) - len(seen),
            "notes": one.notes,
            "left_at": moment(one.left_at),
            "left_text": moment_text(one.left_at, now),
            "left_by_name": self.names.name(one.left_by),
            "taken_at": moment(one.taken_at),
            "taken_text": moment_text(one.taken_at, now) if one.taken_at else "",
            "taken_by_name": self.names.name(one.taken_by) if one.taken_by else "",
            "remark": one.remark,
            "state": "已交接" if one.taken_at else "待接班",
        }

    def entry(self, one: JournalEntry, now: datetime) -> dict[str, Any]:
        """One line of the 值班日志."""
        return {
            "id": one.id,
            "at": moment(one.at),
            "at_text": moment_text(one.at, now),
            "late": (one.written_at - one.at).total_seconds() > 3600,
            "written_text": moment_text(one.written_at, now),
            "actor_name": self.names.name(one.actor),
            "kind": one.kind,
            "text": one.text,
            "corrects": one.corrects,
            "drill": one.drill,
        }


def sees_numbers(subject: Subject) -> bool:
    """Whether the subject sees telephone numbers whole."""
    return bool(may(subject, Action.READ, NUMBERS))


def _edits(subject: Subject) -> bool:
    return bool(may(subject, Action.WRITE, Resource("duty")))


def moment(at: datetime | None) -> str | None:
    """A moment with Shanghai's offset."""
    return None if at is None else local(at).isoformat()


def seats_of(shifts: Sequence[Shift]) -> list[str]:
    """The names of the seats in the order in which they first occur."""
    return list(dict.fromkeys(post for one in shifts for post, _ in one.seats))


def _turn(turn: Turn, people: Mapping[str, Person], *, agreed: bool) -> dict[str, Any]:
    person = people.get(turn.person)
    return {
        "starts": moment(turn.starts),
        "day": f"{local(turn.starts):%m-%d %H:%M}",
        "post": turn.post,
        "person": turn.person,
        "name": person.name if person else turn.person,
        "agreed": agreed,
    }


def _end(one: Shift) -> str:
    start, end = local(one.starts), local(one.ends)
    return f"{end:%H:%M}" if start.date() == end.date() else f"次日 {end:%H:%M}"
