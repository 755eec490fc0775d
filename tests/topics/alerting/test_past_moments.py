"""A past moment shows the series that waited then, and the groups as they were then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import AT
from topics.kit.alerting.contracts import AlertEvent, AlertKey, AlertLevel, AlertStep, Condition
from topics.kit.alerting.machine import AT_REST, LevelState, SeriesState
from topics.kit.alerting.standing import Standing
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_standings import PostgresStandings

MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
KEY, OTHER = AlertKey("water.r", "440201"), AlertKey("water.r", "440202")
YELLOW = AlertLevel.YELLOW


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def standings(engine: sa.Engine) -> PostgresStandings:
    return PostgresStandings(engine, PostgresAlerts(engine))


def waiting(since: datetime) -> Standing:
    return Standing(SeriesState({YELLOW: LevelState(since)}))


def keep(store: PostgresStandings, at: datetime, **changed: Standing) -> None:
    keys = {"one": KEY, "two": OTHER}
    told = {keys[name]: standing for name, standing in changed.items()}
    store.keep(told, [], fence=1, now=at)


def seen(store: PostgresStandings, moment: datetime) -> dict[AlertKey, datetime | None]:
    found = store.pending_at(moment)
    assert all(one.state.condition is Condition.PENDING for one in found.values())
    return {key: one.state.since for key, one in found.items()}


def test_a_series_waits_from_its_beginning_until_it_fires_or_is_back(
    standings: PostgresStandings,
) -> None:
    fired = Standing(SeriesState({YELLOW: LevelState(AT, firing=True)}))
    keep(standings, AT, one=waiting(AT), two=waiting(AT))
    keep(standings, AT + 5 * MINUTE, one=waiting(AT), two=Standing(AT_REST))
    keep(standings, AT + 9 * MINUTE, one=fired)
    assert seen(standings, AT - INSTANT) == {}
    assert seen(standings, AT) == {KEY: AT, OTHER: AT}
    assert seen(standings, AT + 5 * MINUTE - INSTANT) == {KEY: AT, OTHER: AT}
    assert seen(standings, AT + 5 * MINUTE) == {KEY: AT}
    assert seen(standings, AT + 9 * MINUTE - INSTANT) == {KEY: AT}
    assert seen(standings, AT + 9 * MINUTE) == {}


def test_a_series_that_waits_again_has_a_beginning_of_its_own(
    standings: PostgresStandings,
) -> None:
    keep(standings, AT, one=waiting(AT))
    keep(standings, AT + MINUTE, one=Standing(AT_REST))
    keep(standings, AT + 3 * MINUTE, one=waiting(AT + 3 * MINUTE))
    assert seen(standings, AT) == {KEY: AT}
    assert seen(standings, AT + 2 * MINUTE) == {}
    assert seen(standings, AT + 4 * MINUTE) == {KEY: AT + 3 * MINUTE}


def test_a_group_has_its_members_of_that_moment(engine: sa.Engine) -> None:
    alerts = PostgresAlerts(engine)

    def event(alert: str, step: AlertStep, minute: int, **data: object) -> AlertEvent:
        level = YELLOW if step is AlertStep.FIRED else None
        return AlertEvent(alert, step, AT + minute * MINUTE, level=level, data=data)

    def fired(alert: str, region: str, minute: int) -> AlertEvent:
        about = {"rule": "water.r", "region": region, "topic": "water", "title": alert}
        return event(alert, AlertStep.FIRED, minute, **about)

    alerts.append(
        [
            fired("head", "440201", 0),
            fired("a", "440202", 1),
            fired("b", "440203", 2),
            event("a", AlertStep.GROUPED, 3, under="head"),
            event("b", AlertStep.GROUPED, 4, under="head"),
            event("a", AlertStep.RESOLVED, 6),
        ]
    )

    def members(minute: float) -> list[str]:
        found = alerts.members_then(["head"], AT + minute * MINUTE)
        return [one.id for one in found.get("head", [])]

    assert [members(at) for at in (2.99, 3, 4, 5.99, 6)] == [
        [],
        ["a"],
        ["a", "b"],
        ["a", "b"],
        ["b"],
    ]
    assert alerts.members_then([], AT) == {}
