"""Worked examples of working-time limits (arithmetic as published, unverified); properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.kit.errors import UncoveredYear
from topics.kit.periods import ZONE
from topics.kit.schemes import Limit
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import WORKING, DayRule, Pause, WorkClock
from topics.kit.worktime.schedule import one_schedule

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"
CALENDAR = WorkCalendar.load(REFERENCE / "work_calendar.csv")
SCHEDULE = one_schedule("08:30-12:00,14:30-17:30")
CLOCK = WorkClock(CALENDAR, SCHEDULE)
HOURLY = WorkClock(CALENDAR, SCHEDULE, "hours")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "rule", "due"),
    [
        # 2026-11-06 is a Friday, 2026-11-11 a Wednesday: the four vectors of the file.
        ("2026-11-06 16:30", 4, "工作时", "days", "2026-11-09 11:30"),
        ("2026-11-06 18:00", 1, "工作时", "days", "2026-11-09 09:30"),
        ("2026-11-06 16:30", 1, "紧急工作时", "days", "2026-11-06 17:30"),
        ("2026-11-11 10:00", 1, "工作日", "days", "2026-11-12 17:30"),
        ("2026-11-11 10:00", 1, "工作日", "hours", "2026-11-12 10:00"),
        # Boundaries of our own.
        ("2026-11-06 16:30", 1, "工作时", "days", "2026-11-06 17:30"),
        ("2026-11-06 11:00", 1, "工作时", "days", "2026-11-06 12:00"),
        ("2026-11-06 12:00", 1, "工作时", "days", "2026-11-06 15:30"),
        ("2026-11-07 10:00", 1, "工作日", "days", "2026-11-09 17:30"),
        ("2026-11-07 10:00", 1, "工作日", "hours", "2026-11-09 17:30"),
        ("2026-11-06 18:00", 2, "自然日", "days", "2026-11-08 18:00"),
        ("2026-11-06 18:00", 1.5, "小时", "days", "2026-11-06 19:30"),
        # 调休: Saturday 2026-10-10 is worked, 1–7 October are not.
        ("2026-09-30 17:00", 1, "工作时", "days", "2026-10-08 09:00"),
        ("2026-10-09 17:00", 1, "工作日", "days", "2026-10-10 17:30"),
        ("2026-02-13 17:00", 2, "工作日", "days", "2026-02-24 17:30"),
    ],
)
def test_a_limit_is_due_at(start: str, amount: float, unit: str, rule: DayRule, due: str) -> None:
    clock = CLOCK if rule == "days" else HOURLY
    assert clock.due(at(start), Limit(amount, unit)) == at(due)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 1)).map(  # noqa: DTZ001
    lambda one: one.replace(tzinfo=ZONE).astimezone(UTC)
)
LIMITS = st.builds(
    Limit, st.integers(1, 160).map(lambda n: n / 4), st.sampled_from(["工作时", "工作日", "小时"])
)
CLOCKS = st.sampled_from([CLOCK, HOURLY])


@given(CLOCKS, MOMENTS, LIMITS)
@settings(max_examples=60)
def test_what_is_used_until_it_is_due_is_the_limit(
    clock: WorkClock, start: datetime, limit: Limit
) -> None:
    due = clock.due(start, limit)
    assert due is not None
    assert clock.used(start, due, limit.unit) == clock.need(start, limit)


@given(CLOCKS, MOMENTS, LIMITS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_later_start_is_never_due_earlier(
    clock: WorkClock, start: datetime, limit: Limit, later: timedelta
) -> None:
    first, second = clock.due(start, limit), clock.due(start + later, limit)
    assert first is not None
    assert second is not None
    # In hours, a shorter season's day may end earlier; there is one season here.
    assert second >= first


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=4)))
@settings(max_examples=15)
def test_a_clock_counts_no_minute_outside_working_time(start: datetime, length: timedelta) -> None:
    minute = timedelta(minutes=1)
    begin = start.replace(second=0, microsecond=0)
    count = int(length / minute)
    worked = sum(_worked(begin + n * minute) for n in range(count))
    assert CLOCK.used(begin, begin + count * minute, "工作时") == worked * minute


def _worked(moment: datetime) -> bool:
    here = moment.astimezone(ZONE)
    spans = SCHEDULE.spans(here.date())
    return CALENDAR.works(here.date()) and any(a <= here.time() < b for a, b in spans)


@given(CLOCKS, MOMENTS, LIMITS, st.lists(st.tuples(MOMENTS, st.integers(0, 9_000)), max_size=4))
def test_pauses_shift_the_end_by_what_they_cover(
    clock: WorkClock, start: datetime, limit: Limit, drawn: list[tuple[datetime, int]]
) -> None:
    pauses = [
        Pause(start + (moment - start) % timedelta(days=40), end)
        for moment, minutes in drawn
        for end in [start + (moment - start) % timedelta(days=40) + timedelta(minutes=minutes)]
    ]
    plain, due = clock.due(start, limit), clock.due(start, limit, pauses)
    assert plain is not None
    assert due is not None
    assert due >= plain
    assert clock.used(start, due, limit.unit, pauses) == clock.need(start, limit)


def test_a_running_pause_leaves_nothing_due_and_stops_the_count() -> None:
    start, limit = at("2026-11-09 09:00"), Limit(4, "工作时")
    held = [Pause(at("2026-11-09 10:00"))]
    assert CLOCK.due(start, limit, held) is None
    assert CLOCK.used(start, at("2026-11-20 10:00"), "工作时", held) == timedelta(hours=1)
    assert CLOCK.due(start, Limit(1, "工作时"), held) == at("2026-11-09 10:00")


@given(CLOCKS, st.lists(st.tuples(MOMENTS, st.integers(1, 160)), max_size=8), st.data())
@settings(max_examples=40)
def test_many_clocks_answer_as_single_ones(
    clock: WorkClock, drawn: list[tuple[datetime, int]], data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from(["工作时", "工作日", "小时", "自然日"]))
    starts = np.array([one.replace(tzinfo=None) for one, _ in drawn], "datetime64[us]")
    amounts = np.array([n / 4 for _, n in drawn], np.float64)
    found = clock.due_many(starts, amounts, unit).tolist()
    single = [clock.due(start, Limit(n / 4, unit)) for start, n in drawn]
    assert [one.replace(tzinfo=UTC) for one in found] == single
    used = clock.used_many(starts, np.array(found, "datetime64[us]"), unit).tolist()
    wanted = [clock.need(start, Limit(n / 4, unit)) for start, n in drawn]
    assert [timedelta(microseconds=one) for one in used] == wanted


@pytest.mark.parametrize("unit", sorted(WORKING))
def test_a_year_that_is_not_in_the_table_is_refused(unit: str) -> None:
    with pytest.raises(UncoveredYear, match=r"没有 2027 年.*work_calendar\.csv"):
        CLOCK.due(at("2026-12-30 10:00"), Limit(20, unit))
    with pytest.raises(UncoveredYear, match="没有 2023 年"):
        CLOCK.due(at("2023-12-30 10:00"), Limit(1, unit))
    with pytest.raises(UncoveredYear, match="没有 2027 年"):
        CLOCK.due_many(np.array(["2026-12-31T09:00"], "datetime64[us]"), np.array([9.0]), unit)


def test_calendar_hours_need_no_work_calendar() -> None:
    assert CLOCK.due(at("2031-05-01 10:00"), Limit(2, "小时")) == at("2031-05-01 12:00")


def test_the_shipped_years_have_the_usual_number_of_working_days() -> None:
    days = CALENDAR.workdays()
    counts = [sum(day.year == year for day in days) for year in CALENDAR.years]
    # 365 days less 104 days of rest and 11 (until 2024) or 13 holidays, as the years fall.
    assert all(247 <= count <= 252 for count in counts)
    assert all(later > earlier for earlier, later in pairwise(days))
