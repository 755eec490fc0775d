"""Periods as whole numbers, so that a step in time is arithmetic on arrays.

A clock counts what follows each other: months since year 0, days and hours since 1970 on the
city's clock, microseconds for moments. 当月, 累计 and 期末 share the clock of months.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from topics.kit.contracts import Period, PeriodKind
from topics.kit.periods import ZONE

_OFFSET = timedelta(hours=8)  # no daylight saving time since 1991
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()


class Clock(StrEnum):
    """What is counted."""

    MOMENTS = "moments"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"


_CLOCKS = {
    PeriodKind.INSTANT: Clock.MOMENTS,
    PeriodKind.HOUR: Clock.HOURS,
    PeriodKind.DAY: Clock.DAYS,
    PeriodKind.MONTH: Clock.MONTHS,
    PeriodKind.CUMULATIVE: Clock.MONTHS,
    PeriodKind.END: Clock.MONTHS,
    PeriodKind.QUARTER: Clock.QUARTERS,
    PeriodKind.YEAR: Clock.YEARS,
}


def clock_of(kind: PeriodKind) -> Clock:
    """The clock that periods of that kind are counted on."""
    return _CLOCKS[kind]


@lru_cache(maxsize=65536)
def count_of(start: datetime, clock: Clock) -> int:
    """The number of the period that starts at `start`."""
    if clock is Clock.MOMENTS:
        return (start - _EPOCH) // timedelta(microseconds=1)
    if clock is Clock.HOURS:
        return (start - _EPOCH + _OFFSET) // timedelta(hours=1)
    here = start.astimezone(ZONE)
    if clock is Clock.DAYS:
        return here.toordinal() - _FIRST_DAY
    if clock is Clock.MONTHS:
        return here.year * 12 + here.month - 1
    if clock is Clock.QUARTERS:
        return here.year * 4 + (here.month - 1) // 3
    return here.year


@lru_cache(maxsize=65536)
def start_of(count: int, clock: Clock) -> datetime:
    """The moment (UTC) at which that period starts."""
    if clock is Clock.MOMENTS:
        return _EPOCH + timedelta(microseconds=count)
    if clock is Clock.HOURS:
        return _EPOCH - _OFFSET + timedelta(hours=count)
    if clock is Clock.DAYS:
        day = date.fromordinal(count + _FIRST_DAY)
        return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
    year, month = {
        Clock.MONTHS: divmod(count, 12),
        Clock.QUARTERS: (count // 4, count % 4 * 3),
        Clock.YEARS: (count, 0),
    }[clock]
    return datetime(year, month + 1, 1, tzinfo=ZONE).astimezone(UTC)


def count(period: Period) -> int:
    """The number of a period on the clock of its kind."""
    return count_of(period.start, clock_of(period.kind))


def period(number: int, kind: PeriodKind) -> Period:
    """The period of that kind with that number."""
    return Period(start_of(number, clock_of(kind)), kind)
