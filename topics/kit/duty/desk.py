"""Everything of 值班 in one place; answers who is on duty at a moment (`Roster`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.days import DayNames
from topics.kit.duty.incidents import ReportClock
from topics.kit.duty.plans import Plan
from topics.kit.stores.postgres_duty_incidents import PostgresIncidents
from topics.kit.stores.postgres_duty_memory import PostgresDutyMemory
from topics.kit.stores.postgres_duty_people import PostgresPeople
from topics.kit.stores.postgres_duty_roster import PostgresRoster


@dataclass(frozen=True, slots=True)
class Duty:
    """The stores and tables of 值班."""

    people: PostgresPeople
    roster: PostgresRoster
    memory: PostgresDutyMemory
    incidents: PostgresIncidents
    clocks: tuple[ReportClock, ...]
    plans: tuple[Plan, ...]
    days: DayNames

    def at(self, moment: datetime) -> Shift | None:
        """The shift of that moment; None where the roster has a hole."""
        return self.roster.at(moment)

    def plan(self, plan: str) -> Plan | None:
        """The checklist of a plan's id, or None."""
        return next((one for one in self.plans if one.id == plan), None)

    def person(self, person: str) -> Person | None:
        """Somebody of the 通讯录."""
        return self.people.find(person)

    def people_named(self, people: Sequence[str]) -> Mapping[str, Person]:
        """Those of the ids who are known."""
        return self.people.named(people)
