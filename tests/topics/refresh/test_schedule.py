"""Ticks: the same in every process, none lost or doubled by a timer's jitter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.circuit import OPENS_AFTER, may_try
from topics.kit.runs import RunRecord
from topics.kit.schedule import Cron, Every, missed, schedule_of

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # Sunday noon in Shanghai
moments = st.integers(2, 1500 * 86400).map(
    lambda seconds: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(moments, st.integers(1, 86400), st.floats(0, 0.99), st.floats(-0.2, 0.7))
def test_a_timer_that_fires_early_or_late_means_the_same_tick(
    moment: datetime, seconds: int, share: float, off: float
) -> None:
    every = Every(timedelta(seconds=seconds), timedelta(seconds=seconds * share))
    tick = every.before(moment)
    assert tick is not None
    assert every.near(tick + timedelta(seconds=seconds) * off) == tick


def test_cron_is_read_on_the_clock_of_the_city() -> None:
    assert Cron("5 8 * * *").before(NOW) == datetime(2026, 11, 22, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("sunday", ["0", "7", "6-7"])
def test_cron_counts_weekdays_from_sunday(sunday: str) -> None:
    assert Cron(f"0 8 * * {sunday}").before(NOW) == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def test_a_monthly_cron_finds_its_last_tick() -> None:
    assert Cron("0 9 18 * *").before(NOW) == datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


def test_many_missed_ticks_become_one_and_ancient_ones_are_let_go() -> None:
    schedules = {"a": Every(timedelta(minutes=1), timedelta(0)), "b": Cron("0 9 1 * *")}
    ticks = {"a": NOW - timedelta(hours=3), "b": NOW - timedelta(days=60)}
    due = missed(schedules, ticks, now=NOW, within=timedelta(days=7))
    assert due == {"a": NOW}


def test_a_refresher_that_never_ran_is_due_at_once() -> None:
    schedules = {"a": Cron("0 9 1 * *")}
    assert list(missed(schedules, {}, now=NOW, within=timedelta(0))) == ["a"]


@pytest.mark.parametrize(
    ("wartime", "peace", "war"), [("5s", 60, 5), ("*/1 * * * *", 60, 60), (None, 60, 60)]
)
def test_wartime_has_a_schedule_of_its_own_where_one_is_declared(
    wartime: str | None, peace: int, war: int
) -> None:
    spec = RefresherSpec.model_validate(
        {"id": "a.b", "kind": "python", "function": "o:v", "schedule": "1m", "wartime": wartime}
    )
    found = [schedule_of(spec, wartime=one) for one in (False, True)]
    assert [one and one.interval.total_seconds() for one in found] == [peace, war]


def test_a_schedule_of_wartime_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="先写平时的 schedule"):
        RefresherSpec.model_validate(
            {"id": "a.b", "kind": "push", "indicators": ["a.c"], "wartime": "5s"}
        )


def test_push_has_no_schedule() -> None:
    push = RefresherSpec(id="air.push", kind="push", indicators=("air.pm25_hour",))
    assert schedule_of(push) is None


def _failing(failures: int, ago: timedelta) -> RunRecord:
    started = NOW - ago
    return RunRecord(
        "1", "a", "schedule", started, started, started, False, failures_in_row=failures
    )


def test_a_failing_source_is_asked_less_often_but_never_given_up() -> None:
    interval = timedelta(seconds=15)
    assert may_try(_failing(OPENS_AFTER - 1, interval), interval, NOW)
    assert not may_try(_failing(OPENS_AFTER, interval), interval, NOW)
    assert may_try(_failing(OPENS_AFTER, 2 * interval), interval, NOW)
    assert may_try(_failing(999, timedelta(minutes=5)), interval, NOW)


def test_a_daily_source_is_not_slowed_down_by_failures() -> None:
    day = timedelta(days=1)
    assert may_try(_failing(50, day), day, NOW)
