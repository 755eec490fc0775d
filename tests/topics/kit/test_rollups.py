"""Roll-ups on a real PostgreSQL: what they say, as of when, and what may be dropped for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.rolled import Grain, Rolled, RolledSeries
from topics.kit.rolled_reading import RolledReader
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_retention import PostgresRetention
from topics.kit.stores.postgres_rollups import PostgresRollups

DAY0 = datetime(2026, 10, 31, 16, tzinfo=UTC)  # 1 November in Shaoguan
END = DAY0 + timedelta(days=30)
NOW = datetime(2027, 1, 10, tzinfo=UTC)
LEVEL, REGION = "water.level", "440203"
HOUR = timedelta(hours=1)


class Rollups:
    """One store of a level measured every twenty minutes."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.values = PostgresObservations(engine)
        self.store = PostgresRollups(engine)
        self.reader = RolledReader(self.store, self.values)

    def say(self, *said: tuple[float, float | None], at: datetime | None = None) -> None:
        """Values at hours after DAY0; recorded `at`, or each a minute after its moment."""
        rows = [level(*one) for one in said]
        rows = [
            replace(one, recorded_at=at or one.period.start + timedelta(minutes=1)) for one in rows
        ]
        now = max(one.recorded_at or NOW for one in rows)
        self.values.append(rows, now=now, live=False)

    def roll(self, now: datetime = NOW) -> None:
        while self.store.roll(LEVEL, PeriodKind.INSTANT, now):
            pass

    def read(
        self,
        grain: Grain | None = Grain.HOUR,
        *,
        until: datetime = END,
        as_of: datetime | None = None,
        most: int = 100,
    ) -> RolledSeries:
        return self.reader.read(
            LEVEL, REGION, PeriodKind.INSTANT, start=DAY0, end=until, max_points=most,
            as_of=as_of, grain=grain,
        )  # fmt: skip

    def drop(self, keep_from: datetime = END) -> int:
        due = {LEVEL: (PeriodKind.INSTANT, keep_from)}
        return len(PostgresRetention(self.engine).drop(due, NOW))

    def raw(self) -> int:
        return len(self.values.series(LEVEL, REGION, as_of=None))


def level(hour: float, value: float | None) -> Observation:
    status = ValueStatus.MISSING if value is None else ValueStatus.OK
    period = Period(DAY0 + timedelta(hours=hour), PeriodKind.INSTANT)
    return Observation(LEVEL, REGION, period, value, status, "m")


def numbers(found: RolledSeries) -> list[tuple[float | None, float | None, float | None, int]]:
    return [(one.min, one.max, one.mean, one.count) for one in found.items]


@pytest.fixture
def rollups(database_url: str) -> Rollups:
    return Rollups(connect(database_url))


def test_an_hour_keeps_least_greatest_mean_and_count(rollups: Rollups) -> None:
    rollups.say((0.1, 1.0), (0.5, 5.0), (0.9, 3.0), (1.0, 7.0))
    rollups.roll()
    found = rollups.read()
    assert numbers(found) == [(1.0, 5.0, 3.0, 3), (7.0, 7.0, 7.0, 1)]
    assert [one.start for one in found.items] == [DAY0, DAY0 + HOUR]


def test_a_day_is_that_of_shaoguan(rollups: Rollups) -> None:
    rollups.say((-0.1, 9.0), (0.0, 1.0), (23.9, 3.0), (24.0, 9.0))
    rollups.roll()
    assert numbers(rollups.read(Grain.DAY))[0] == (1.0, 3.0, 2.0, 2)


def test_missing_values_are_counted_and_suspect_ones_left_out(rollups: Rollups) -> None:
    rollups.say((0.1, 1.0), (0.2, None))
    suspect = replace(level(0.3, 1e6), status=ValueStatus.SUSPECT)
    rollups.values.append([suspect], now=DAY0 + HOUR)
    rollups.roll()
    (found,) = rollups.read().items
    assert (found.max, found.count, found.absent, found.suspect) == (1.0, 1, 1, 1)


def test_the_hour_that_goes_on_comes_from_its_values(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0), (1.2, 2.0))
    now = DAY0 + timedelta(hours=1.5)
    rollups.roll(now)
    assert rollups.store.state(LEVEL).rolled_through == DAY0 + HOUR
    assert numbers(rollups.read()) == [(1.0, 1.0, 1.0, 1), (2.0, 2.0, 2.0, 1)]


def test_a_bucket_waits_for_those_who_are_about_to_write(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0))
    rollups.roll(DAY0 + HOUR + timedelta(minutes=9, seconds=59))
    assert rollups.store.state(LEVEL).rolled_through in (None, DAY0)
    rollups.roll(DAY0 + HOUR + timedelta(minutes=10))
    assert rollups.store.state(LEVEL).rolled_through == DAY0 + HOUR


def test_late_values_and_corrections_are_rolled_up_anew(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0), (30.0, 4.0))
    rollups.roll()
    rollups.say((0.7, 3.0), (30.0, 8.0), at=NOW)
    rollups.roll()
    assert numbers(rollups.read()) == [(1.0, 3.0, 2.0, 2), (8.0, 8.0, 8.0, 1)]
    assert numbers(rollups.read(Grain.DAY)) == [(1.0, 3.0, 2.0, 2), (8.0, 8.0, 8.0, 1)]


def test_rolling_up_again_changes_nothing(rollups: Rollups) -> None:
    rollups.say(*[(n / 3, n * 0.1) for n in range(200)])
    rollups.roll()
    with rollups.engine.connect() as connection:
        count = sa.text("SELECT count(*) FROM observation_rollup")
        before = connection.execute(count).scalar_one()
        rollups.say((1.0, 99.0), at=NOW)
        rollups.say((1.0, 0.3), at=NOW + timedelta(seconds=1))
        rollups.roll()
        after = connection.execute(count).scalar_one()
    assert after == before + 2  # the corrected hour and its day know of it, no other


@pytest.mark.parametrize(
    ("days", "mean"), [(0, None), (1, 1.0), (20, 1.0), (21, 5.0), (39, 5.0), (40, 9.0), (60, 9.0)]
)
def test_a_bucket_says_what_was_known_at_the_moment_asked_for(
    rollups: Rollups, days: int, mean: float | None
) -> None:
    rollups.say((2.5, 1.0))
    rollups.roll(DAY0 + timedelta(days=2))
    rollups.say((2.5, 5.0), at=DAY0 + timedelta(days=21))
    rollups.say((2.5, 9.0), at=DAY0 + timedelta(days=40))
    rollups.roll()
    found = rollups.read(as_of=DAY0 + timedelta(days=days))
    assert [one.mean for one in found.items] == ([] if mean is None else [mean])
    assert all(one.exact for one in found.items)


def test_dropping_values_changes_no_roll_up(rollups: Rollups) -> None:
    rollups.say(*[(n / 3, n * 0.1) for n in range(300)])
    rollups.roll()
    before = [rollups.read(grain) for grain in (Grain.HOUR, Grain.DAY)]
    assert rollups.drop() == 1
    assert rollups.raw() == 0
    after = [rollups.read(grain) for grain in (Grain.HOUR, Grain.DAY)]
    assert [one.items for one in after] == [one.items for one in before]
    assert after[0].raw_from == END


def test_slow_statistics_and_other_series_of_the_month_are_never_dropped(
    rollups: Rollups,
) -> None:
    others = [
        Observation(LEVEL, REGION, Period(DAY0, PeriodKind.MONTH), 1.0),
        Observation(LEVEL, REGION, Period(DAY0, PeriodKind.DAY), 2.0),
        Observation("water.other", REGION, Period(DAY0, PeriodKind.INSTANT), 3.0),
    ]
    rollups.values.append(others, now=DAY0)
    rollups.values.append([replace(others[0], value=1.5)], now=NOW)
    rollups.say((0.5, 1.0))
    rollups.roll()
    assert rollups.drop() == 1
    assert [one.value for one in rollups.values.series(LEVEL, REGION, as_of=None)] == [1.5, 2.0]
    assert len(rollups.values.series("water.other", REGION, as_of=None)) == 1
    assert len(rollups.values.revisions(LEVEL, REGION, others[0].period)) == 2


def test_what_is_not_rolled_up_yet_is_not_dropped(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0), (29 * 24.0, 2.0))
    rollups.roll(DAY0 + timedelta(days=15))
    assert rollups.drop() == 0
    assert rollups.raw() == 2


def test_a_month_is_dropped_only_once_all_of_it_is_old_enough(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0))
    rollups.roll()
    assert rollups.drop(END - timedelta(seconds=1)) == 0
    assert rollups.drop(END) == 1
    assert rollups.drop(END) == 0


def test_a_late_value_that_was_not_noted_is_rolled_up_before_it_is_dropped(
    rollups: Rollups,
) -> None:
    rollups.say((0.5, 1.0))
    rollups.roll()
    rollups.say((0.6, 3.0), at=NOW)
    with rollups.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM rollup_late"))
    assert rollups.drop() == 1
    assert numbers(rollups.read()) == [(1.0, 3.0, 2.0, 2)]


def test_a_month_in_use_is_left_for_the_next_time(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0))
    rollups.roll()
    with rollups.engine.begin() as reader:
        reader.execute(sa.text("SELECT count(*) FROM observation"))
        assert rollups.drop() == 0
    assert rollups.raw() == 1
    assert rollups.drop() == 1


def test_a_value_that_comes_after_its_month_was_dropped_is_kept_and_spoils_nothing(
    rollups: Rollups,
) -> None:
    rollups.say((0.5, 1.0), (0.6, 3.0))
    rollups.roll()
    rollups.drop()
    rollups.say((0.7, 99.0), at=NOW)
    rollups.roll()
    rollups.drop()
    assert numbers(rollups.read()) == [(1.0, 3.0, 2.0, 2)]
    assert rollups.raw() == 1


def test_what_cannot_be_proven_any_more_says_so(rollups: Rollups) -> None:
    rollups.say((2.5, 1.0))
    rollups.roll(DAY0 + timedelta(days=2))
    rollups.say((2.5, 5.0), at=DAY0 + timedelta(days=21))
    rollups.say((2.5, 9.0), at=DAY0 + timedelta(days=22))
    rollups.roll()
    rollups.drop()

    def then(days: float) -> list[tuple[float | None, bool]]:
        found = rollups.read(as_of=DAY0 + timedelta(days=days))
        return [(one.mean, one.exact) for one in found.items]

    assert then(0.01) == []
    assert then(1) == [(1.0, True)]
    assert then(21.5) == [(1.0, False)]
    assert then(23) == [(9.0, True)]


@pytest.mark.parametrize(
    ("most", "grain"), [(90, Grain.RAW), (89, Grain.HOUR), (30, Grain.HOUR), (29, Grain.DAY)]
)
def test_a_chart_gets_the_finest_grain_that_fits(rollups: Rollups, most: int, grain: Grain) -> None:
    rollups.say(*[(n / 3, 1.0) for n in range(90)])
    rollups.roll()
    found = rollups.read(None, until=DAY0 + timedelta(hours=30), most=most)
    assert found.grain is grain
    assert len(found.items) == {Grain.RAW: 90, Grain.HOUR: 30, Grain.DAY: 2}[grain]


def test_where_values_are_dropped_a_chart_gets_hours(rollups: Rollups) -> None:
    rollups.say((0.5, 1.0))
    rollups.roll()
    rollups.drop()
    found = rollups.read(None, until=DAY0 + timedelta(hours=30))
    assert found.grain is Grain.HOUR
    assert found.items == (Rolled(DAY0, 1.0, 1.0, 1.0, 1),)


def test_hours_are_rolled_up_to_days(rollups: Rollups) -> None:
    rows = [
        Observation(LEVEL, REGION, Period(DAY0 + n * HOUR, PeriodKind.HOUR), float(n))
        for n in range(48)
    ]
    rollups.values.append(rows, now=NOW)
    rollups.store.roll(LEVEL, PeriodKind.HOUR, NOW)
    found = rollups.reader.read(
        LEVEL, REGION, PeriodKind.HOUR, start=DAY0, end=END, max_points=20, as_of=None
    )
    assert (found.grain, numbers(found)) == (
        Grain.DAY,
        [(0.0, 23.0, 11.5, 24), (24.0, 47.0, 35.5, 24)],
    )


def test_monthly_values_are_answered_as_they_are(rollups: Rollups) -> None:
    one = Observation(LEVEL, REGION, Period(DAY0, PeriodKind.MONTH), 4.0)
    rollups.values.append([one], now=NOW)
    found = rollups.reader.read(
        LEVEL, REGION, PeriodKind.MONTH, start=DAY0, end=END, max_points=1, as_of=None
    )
    assert (found.grain, numbers(found)) == (Grain.RAW, [(4.0, 4.0, 4.0, 1)])


def test_whatever_comes_in_whatever_order_every_moment_is_answered_as_the_values_say(
    rollups: Rollups,
) -> None:
    """Random values, corrections and rounds of rolling up against plain arithmetic."""
    random = np.random.default_rng(11)
    now = DAY0 + timedelta(hours=3)
    for _ in range(60):
        hour = float(random.integers(0, 40)) / 2
        if DAY0 + timedelta(hours=hour) <= now:
            rollups.say((hour, float(random.integers(0, 9))), at=now)
        now += timedelta(minutes=float(random.integers(1, 60)))
        if random.random() < 0.3:
            rollups.roll(now)
    rollups.roll(now)
    for _ in range(12):
        then = DAY0 + timedelta(hours=float(random.uniform(3, 40)))
        for grain in (Grain.HOUR, Grain.DAY):
            assert numbers(rollups.read(grain, as_of=then)) == plain(rollups, grain, then)


def plain(
    rollups: Rollups, grain: Grain, then: datetime
) -> list[tuple[float | None, float | None, float | None, int]]:
    buckets: dict[int, list[float]] = {}
    for one in rollups.values.series(LEVEL, REGION, as_of=then):
        assert one.value is not None
        buckets.setdefault((one.period.start - DAY0) // grain.length, []).append(one.value)
    return [
        (min(found), max(found), pytest.approx(np.mean(found)), len(found))
        for _, found in sorted(buckets.items())
    ]
