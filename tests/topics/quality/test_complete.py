from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.topics.quality.indicators import spec
from topics.kit.contracts import Period, PeriodKind, ValueStatus
from topics.kit.periods import ZONE, spelt
from topics.kit.quality.complete import PERIODS, Share, expected, newest_due, share

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HOURLY = spec(freshness="2h")
OK, GAP, NEVER = ValueStatus.OK, ValueStatus.MISSING, ValueStatus.NOT_MONITORED


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def months(one, count):
    return [spelt(p)[:7] for p in expected(one, newest_due(one, shanghai("2026-11-20")), LONG_AGO)][
        :count
    ]


def test_the_last_thirty_periods_are_expected_newest_first():
    due = expected(HOURLY, newest_due(HOURLY, shanghai("2026-11-20T12:30")), LONG_AGO)
    assert len(due) == PERIODS
    assert spelt(due[0]) == "2026-11-20T09:00:00+08:00"
    assert due[1].start == due[0].start - timedelta(hours=1)


@pytest.mark.parametrize(("clock", "hour"), [("12:59:59", 9), ("13:00", 10)])
def test_a_period_is_due_when_its_promise_is_over(clock, hour):
    due = newest_due(HOURLY, shanghai(f"2026-11-20T{clock}"))
    assert due.start.astimezone(ZONE).hour == hour


def test_nothing_is_expected_before_the_history_begins():
    last = newest_due(HOURLY, shanghai("2026-11-20T12:30"))
    assert len(expected(HOURLY, last, last.start - timedelta(hours=3))) == 4
    assert expected(HOURLY, last, last.start + timedelta(hours=1)) == []


def test_january_has_no_cumulative_release_of_its_own():
    one = spec(kind="累计", freshness="15d")
    assert months(one, 12)[:2] == ["2026-10", "2026-09"]
    assert "2026-01" not in months(one, 12)
    assert "2026-02" in months(one, 12)


def test_a_quarterly_indicator_is_expected_at_the_ends_of_quarters():
    one = spec(kind="累计", frequency="1q", freshness="20d")
    assert months(one, 3) == ["2026-09", "2026-06", "2026-03"]


def test_moments_are_counted_by_the_hour():
    one = spec(kind="时点", freshness="10m")
    due = expected(one, newest_due(one, shanghai("2026-11-20T12:30")), LONG_AGO)
    assert due[0] == Period(shanghai("2026-11-20T11:00"), PeriodKind.HOUR)


def test_what_is_missing_was_due_and_what_is_not_monitored_was_not():
    due = expected(HOURLY, newest_due(HOURLY, shanghai("2026-11-20T12:30")), LONG_AGO)[:5]
    states = {due[0]: OK, due[1]: GAP, due[2]: NEVER, due[3]: ValueStatus.ESTIMATED}
    assert share(due, states) == Share(due=4, came=2, estimated=1)
    assert share(due, states).complete == 0.5


def test_where_nothing_was_due_nothing_is_said():
    assert Share(0, 0).complete is None


def test_shares_add_up():
    assert Share(4, 2, 1) + Share(2, 2) == Share(6, 4, 1)
