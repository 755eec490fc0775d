"""Everything of 值班 on one database."""

from __future__ import annotations

import sqlalchemy as sa

from topics.kit.duty.days import DayNames
from topics.kit.duty.desk import Duty
from topics.kit.duty.incidents import ReportClock
from topics.kit.duty.plans import Plan
from topics.kit.stores.postgres_duty_incidents import PostgresIncidents
from topics.kit.stores.postgres_duty_memory import PostgresDutyMemory
from topics.kit.stores.postgres_duty_people import PostgresPeople
from topics.kit.stores.postgres_duty_roster import PostgresRoster


def duty_on(
    engine: sa.Engine,
    *,
    clocks: tuple[ReportClock, ...],
    plans: tuple[Plan, ...],
    days: DayNames,
) -> Duty:
    """The stores on `engine`, with the tables of clocks and plans; opens nothing yet."""
    people = PostgresPeople(engine)
    return Duty(
        people=people,
        roster=PostgresRoster(engine, people),
        memory=PostgresDutyMemory(engine),
        incidents=PostgresIncidents(engine),
        clocks=clocks,
        plans=plans,
        days=days,
    )
