"""Which periods of a form are owed, from when it can be filled in and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_reports import ReportSpec
from topics.kit.periods import ZONE, end_of, local_start, period_at, previous

_QUARTER = timedelta(days=80)
_YEAR = timedelta(days=300)
_MOST = 60  # periods looked back at most


def quarterly(column: IndicatorSpec) -> bool:
    """Whether the indicator appears once a quarter though its kind counts in months."""
    return _QUARTER < column.frequency < _YEAR and column.period_kind is not PeriodKind.QUARTER


def before(period: Period, column: IndicatorSpec) -> Period:
    """The period of the form before this one (上期)."""
    if column.frequency >= _YEAR and period.kind is not PeriodKind.YEAR:
        here = local_start(period)
        return Period(here.replace(year=here.year - 1).astimezone(UTC), period.kind)
    return previous(period, quarterly=quarterly(column))


def is_due_period(period: Period, column: IndicatorSpec) -> bool:
    """Whether the form has this period at all: no January of 累计, only the ends of quarters."""
    month = local_start(period).month
    if column.frequency >= _YEAR and period.kind is not PeriodKind.YEAR:
        return month == 12
    if quarterly(column):
        return month % 3 == 0
    return not (period.kind is PeriodKind.CUMULATIVE and month == 1)


def last_ended(column: IndicatorSpec, now: datetime) -> Period:
    """The newest period of the form that is over at `now`."""
    current = period_at(now, column.period_kind)
    while end_of(current) > now or not is_due_period(current, column):
        current = Period(_earlier(current), current.kind)
    return current


def owed(column: IndicatorSpec, since: datetime, now: datetime) -> Iterator[Period]:
    """The periods that are over at `now` and end after `since`, newest first."""
    period = last_ended(column, now)
    for _ in range(_MOST):
        if end_of(period) <= since:
            return
        yield period
        period = before(period, column)


def start_of(spec: ReportSpec, column: IndicatorSpec, known_since: datetime) -> datetime:
    """From when periods are owed: what the form says, else one period before it was known."""
    if spec.since is not None:
        year, month = (int(one) for one in spec.since.split("-"))
        return datetime(year, month, 1, tzinfo=ZONE).astimezone(UTC)
    return last_ended(column, known_since).start


def due_at(spec: ReportSpec, period: Period) -> datetime:
    """The moment (UTC) by which the form is due: a day of the month after the period."""
    first = end_of(period).astimezone(ZONE)
    following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_day = (following - timedelta(days=1)).day
    hour, minute = (int(one) for one in spec.due.time.split(":"))
    day = min(spec.due.day, last_day)
    return first.replace(day=day, hour=hour, minute=minute).astimezone(UTC)


def _earlier(period: Period) -> datetime:
    """A moment within the calendar unit before the period."""
    moment = period.start - timedelta(days=1)
    return period_at(moment, period.kind).start
