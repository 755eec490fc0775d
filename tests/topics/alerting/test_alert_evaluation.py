"""Rules over all series: what is told, what survives a leader, who is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import AT, REGIONS, alert, no_limits, rule
from topics.kit.alerting.contracts import (
    Alert,
    AlertEvent,
    AlertKey,
    AlertLevel,
    AlertStep,
    Condition,
)
from topics.kit.alerting.density import crowding
from topics.kit.alerting.evaluate import Evaluation, Keeper
from topics.kit.alerting.facts import StoredFacts, _beyond
from topics.kit.alerting.fold import fold
from topics.kit.alerting.rules import Rule, ready
from topics.kit.alerting.standing import Standing, Standings
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.tending import grouping
from topics.kit.alerting.values import RELOAD, LatestValues
from topics.kit.contracts import Change, Observation, Period, PeriodKind, ValueStatus
from topics.kit.duty.contracts import Mode
from topics.kit.errors import NotLeader
from topics.kit.events import Position, Tail
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_standings import PostgresStandings

MINUTE = timedelta(minutes=1)
NOW = AT + timedelta(hours=1)
CODES = ["4402", "440201", "440202", "S1", "S2", "S3"]


@dataclass
class World:
    """Values, stream, rules and mode of a small city, changed by the tests."""

    rules: list[Rule] = field(default_factory=lambda: [rule()])
    rows: list[Observation] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    mode: Mode = field(default_factory=Mode)
    reads: int = 0

    def current(self) -> Sequence[Rule]:
        return self.rules

    def latest(self, *, indicators: Any = None, regions: Any = None, as_of: Any) -> Any:
        self.reads += 1
        return [one for one in self.rows if one.indicator in indicators]

    def position(self) -> Position:
        return Position("e", len(self.changes))

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        return Tail(self.position(), self.changes[after.seq :])

    def at_periods(self, *_: Any, as_of: Any) -> Any:
        return self.rows

    def shown(self, *_: Any, as_of: Any) -> None:
        return None

    def anomalies(self, *_: Any, as_of: Any, limit: int = 1) -> Any:
        return ()

    def say(self, value: float | None, region: str = "440201", hour: int = 0) -> None:
        """A new value, told by the stream too."""
        status = ValueStatus.OK if value is not None else ValueStatus.MISSING
        period = Period(AT + timedelta(hours=hour), PeriodKind.HOUR)
        self.rows = [one for one in self.rows if one.region != region]
        self.rows.append(Observation("water.nh3n", region, period, value, status))
        seq = len(self.changes) + 1
        self.changes.append(Change(seq, "water.nh3n", region, period, value, status, NOW))


class MemoryKeeper:
    """Implements Keeper; what it was told can be asked back as of the end."""

    def __init__(self) -> None:
        self.standings: Standings = {}
        self.events: list[AlertEvent] = []

    def load(self) -> Standings:
        return dict(self.standings)

    def keep(
        self,
        changed: Mapping[AlertKey, Standing],
        events: Sequence[AlertEvent],
        *,
        fence: int,
        now: datetime,
    ) -> list[AlertEvent]:
        self.standings.update(changed)
        first = len(self.events) + 1
        stored = [replace(one, id=first + n) for n, one in enumerate(events)]
        self.events += stored
        return stored

    def require(self, alert: str) -> Alert:
        found = fold(one for one in self.events if one.alert == alert)
        assert found is not None
        return found

    def open(self) -> list[Alert]:
        found = (self.require(one) for one in dict.fromkeys(one.alert for one in self.events))
        return [one for one in found if one.open]


@pytest.fixture
def alerts() -> MemoryKeeper:
    return MemoryKeeper()


@pytest.fixture
def stored(database_url: str) -> Iterator[PostgresStandings]:
    """The keeper of the program."""
    engine = connect(database_url)
    yield PostgresStandings(engine, PostgresAlerts(engine))
    engine.dispose()


@pytest.fixture
def world() -> World:
    return World()


def _leader(world: World, keeper: Keeper, fence: int = 1) -> Evaluation:
    found = Evaluation(
        world,
        LatestValues(world, world, CODES),
        StoredFacts(world, world),
        keeper,
        Teller(REGIONS.find, no_limits),
        lambda: world.mode,
    )
    found.lead(fence)
    return found


def test_an_alert_says_what_where_and_since_when(world: World, alerts: MemoryKeeper) -> None:
    world.say(2.31)
    [event] = _leader(world, alerts).tick(NOW)
    found = alerts.require(event.alert)
    assert found.key == AlertKey("water.rule", "440201")
    assert (found.level, found.title, found.limit) == (AlertLevel.RED, "440201氨氮 2.31 mg/L", 2.0)
    assert (found.value, found.unit, found.topic) == (2.31, "mg/L", "water")
    assert found.data["limit_text"] == ">2 mg/L"
    assert found.data["period"] == "2026-11-26T00:00:00+08:00"


def test_an_alert_belongs_to_the_group_that_its_rule_names(
    world: World, alerts: MemoryKeeper
) -> None:
    other = rule("water.do", id="water.other", levels={"黄": 3}, group="马坝河", at=["county"])
    world.rules = [rule(group=" 马坝河 "), other]
    world.say(1.2)
    world.rows.append(replace(world.rows[0], indicator="water.do", region="440202", value=2.0))
    for event in _leader(world, alerts).tick(NOW):
        assert event.data["group"] == "马坝河"
    held = [alerts.require(event.alert) for event in alerts.events]
    assert len(held) == 2
    moved = grouping(held, lambda _: "4402", NOW)
    assert len(moved) == 1  # two rules, two counties, one line


def test_a_second_evaluation_tells_nothing_new(world: World, alerts: MemoryKeeper) -> None:
    world.say(2.31)
    leader = _leader(world, alerts)
    assert leader.tick(NOW)
    assert not leader.tick(NOW + MINUTE)
    assert len(alerts.open()) == 1


def test_an_alert_that_ends_may_come_again_as_another(world: World, alerts: MemoryKeeper) -> None:
    leader = _leader(world, alerts)
    world.say(2.31)
    [first] = leader.tick(NOW)
    world.say(0.2, hour=1)
    [ended] = leader.tick(NOW + MINUTE)
    assert (ended.alert, ended.step) == (first.alert, AlertStep.RESOLVED)
    world.say(1.2, hour=2)
    [again] = leader.tick(NOW + 2 * MINUTE)
    assert again.alert != first.alert


def test_pending_since_survives_the_leader_that_saw_it(
    world: World, stored: PostgresStandings
) -> None:
    world.rules = [rule(hold="10m")]
    world.say(2.31)
    assert not _leader(world, stored, fence=1).tick(NOW)
    heir = _leader(world, stored, fence=2)
    assert not heir.tick(NOW + 9 * MINUTE)
    [event] = heir.tick(NOW + 10 * MINUTE)
    assert event.step is AlertStep.FIRED
    assert stored.alerts.require(event.alert).pending_since == NOW


def test_a_leader_that_was_replaced_changes_nothing(
    world: World, stored: PostgresStandings
) -> None:
    old, new = _leader(world, stored, fence=1), _leader(world, stored, fence=2)
    old.tick(NOW)
    new.tick(NOW)
    world.say(2.31)
    with pytest.raises(NotLeader):
        old.tick(NOW + MINUTE)
    assert not stored.alerts.open()
    assert new.tick(NOW + MINUTE)


def test_two_leaders_at_once_open_one_alert(world: World, stored: PostgresStandings) -> None:
    world.say(2.31)
    leaders = [_leader(world, stored, fence=n) for n in (1, 2, 3)]

    def tick(leader: Evaluation) -> None:
        for n in range(5):
            try:
                leader.tick(NOW + n * MINUTE)
            except NotLeader:
                return

    threads = [threading.Thread(target=tick, args=[one]) for one in leaders]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(stored.alerts.open()) == 1
    assert len(stored.alerts.since(0)) == 1


def test_new_values_are_looked_at_without_reading_everything_again(
    world: World, alerts: MemoryKeeper
) -> None:
    leader = _leader(world, alerts)
    world.say(0.5)
    leader.tick(NOW)
    world.say(2.31, hour=1)
    [event] = leader.tick(NOW + timedelta(seconds=1), wait=timedelta(seconds=1))
    assert event.level is AlertLevel.RED
    assert world.reads == 1
    assert not leader.tick(NOW + timedelta(seconds=2), wait=timedelta(seconds=1))


def test_what_was_not_announced_is_seen_within_the_minute(
    world: World, alerts: MemoryKeeper
) -> None:
    leader = _leader(world, alerts)
    leader.tick(NOW)
    world.say(2.31)
    world.changes.clear()
    assert not leader.tick(NOW + RELOAD - timedelta(seconds=1))
    assert leader.tick(NOW + RELOAD)


def test_a_correction_of_an_older_period_changes_nothing(
    world: World, alerts: MemoryKeeper
) -> None:
    leader = _leader(world, alerts)
    world.say(0.5, hour=1)
    leader.tick(NOW)
    world.say(2.31, hour=0)
    assert not leader.tick(NOW + timedelta(seconds=5))


def test_a_missing_value_keeps_the_alert_and_says_so(world: World, alerts: MemoryKeeper) -> None:
    leader = _leader(world, alerts)
    world.say(2.31)
    [fired] = leader.tick(NOW)
    world.say(None, hour=1)
    [blind] = leader.tick(NOW + MINUTE)
    assert blind.step is AlertStep.NO_DATA
    found = alerts.require(fired.alert)
    assert found.open
    assert found.condition is Condition.NO_DATA


def test_a_value_long_dead_is_no_data(world: World, alerts: MemoryKeeper) -> None:
    leader = _leader(world, alerts)
    world.say(2.31)
    leader.tick(NOW)
    [blind] = leader.tick(NOW + timedelta(hours=6, seconds=1))
    assert blind.step is AlertStep.NO_DATA


@pytest.mark.parametrize(
    ("kind", "hours", "count"), [("late", 2, 0), ("late", 3.1, 1), ("no_data", 3.1, 1)]
)
def test_what_stops_coming_is_told(
    world: World, alerts: MemoryKeeper, kind: str, hours: float, count: int
) -> None:
    world.rules = [rule(kind=kind, levels={"黄": 1.0 if kind == "late" else 3.0})]
    world.say(0.5)
    events = _leader(world, alerts).tick(NOW + timedelta(hours=hours))
    assert len(events) == count
    assert all("迟报" in str(one.data) or "没有数据" in str(one.data) for one in events)


def test_a_rule_switched_off_ends_its_alert_and_says_why(
    world: World, alerts: MemoryKeeper
) -> None:
    leader = _leader(world, alerts)
    world.say(2.31)
    leader.tick(NOW)
    world.rules = []
    [ended] = leader.tick(NOW + MINUTE)
    assert ended.step is AlertStep.RESOLVED
    assert "停用" in ended.data["why"]


def test_outside_its_season_a_rule_is_silent(world: World, alerts: MemoryKeeper) -> None:
    world.rules = [rule(season="04-15..10-15")]
    world.say(2.31)
    assert not _leader(world, alerts).tick(NOW)
    assert _leader(world, alerts, fence=2).tick(datetime(2026, 5, 1, tzinfo=UTC))


def test_wartime_has_terms_of_its_own(world: World, alerts: MemoryKeeper) -> None:
    world.rules = [rule(wartime={"levels": {"橙": 0.5}, "route": ["yjj"]}, route=["swj"])]
    world.say(0.7)
    leader = _leader(world, alerts)
    assert not leader.tick(NOW)
    world.mode = Mode(wartime=True)
    [event] = leader.tick(NOW + MINUTE)
    assert (event.level, event.data["route"]) == (AlertLevel.ORANGE, ["yjj"])
    world.mode = Mode()
    assert leader.tick(NOW + 2 * MINUTE)[0].step is AlertStep.RESOLVED


def test_a_rule_that_cannot_be_computed_does_not_stop_the_others(
    world: World, alerts: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ready(alert(id="water.crowd", kind="density", levels={"黄": 1}), {}, REGIONS)
    world.rules = [broken, rule()]
    world.say(2.31)
    leader = _leader(world, alerts)

    def fail(*_: Any) -> Any:
        raise ValueError("没有事件库")

    monkeypatch.setattr(leader._facts, "crowds", fail, raising=False)
    assert [one.data["rule"] for one in leader.tick(NOW)] == ["water.rule"]


def test_a_forecast_is_as_probable_as_its_band_says() -> None:
    assert _beyond(10, 1, 10, below=False) == pytest.approx(0.5)
    assert _beyond(10, 1, 10 - 1.2815515655446004, below=False) == pytest.approx(0.9)
    assert _beyond(10, 1, 11, below=True) == pytest.approx(0.8413, abs=1e-4)
    assert _beyond(11, 0, 10, below=False) == 1.0


def test_events_are_crowded_only_within_metres_and_hours() -> None:
    degree = 100 / 111_319.49  # of latitude: 100 m
    north = np.array([24.0, 24.0 + degree, 24.0 + 4 * degree, 24.0, np.nan])
    hours = np.array([0.0, 1.0, 1.0, 30.0, 1.0])
    found = crowding(np.full(5, 113.6), north, hours, radius=150, within=24)
    assert found.tolist() == [1, 2, 1, 1, 0]
