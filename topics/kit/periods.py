"""Periods: where they start and end in Asia/Shanghai, the one before, the same one a year ago.

A 累计 period starts at its last month (1–10 月 on 1 October). January has no cumulative release of
its own: before 1–3 月 stands 1–2 月, and before that last year's total.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from topics.kit.contracts import Period, PeriodKind

ZONE = ZoneInfo("Asia/Shanghai")
MONTHLY = frozenset({PeriodKind.MONTH, PeriodKind.CUMULATIVE, PeriodKind.END})

_STEP = {PeriodKind.HOUR: timedelta(hours=1), PeriodKind.DAY: timedelta(days=1)}
_MONTHS = {PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12} | dict.fromkeys(MONTHLY, 1)


def period_at(moment: datetime, kind: PeriodKind) -> Period:
    """The period of that kind that `moment` lies in; a 时点 is its own period."""
    here = moment.astimezone(ZONE)
    if kind is PeriodKind.INSTANT:
        return Period(moment.astimezone(UTC), kind)
    start = here.replace(minute=0, second=0, microsecond=0)
    if kind is not PeriodKind.HOUR:
        start = start.replace(hour=0)
    if kind in _MONTHS:
        months = _MONTHS[kind]
        start = start.replace(day=1, month=(start.month - 1) // months * months + 1)
    return Period(start.astimezone(UTC), kind)


def local_start(period: Period) -> datetime:
    """The start of the period on the clock of the city."""
    return period.start.astimezone(ZONE)


def spelt(period: Period) -> str:
    """The start as the API spells it: ISO 8601 with +08:00."""
    return local_start(period).isoformat()


def end_of(period: Period) -> datetime:
    """The moment (UTC) at which the period is over; a 时点 is over at once."""
    if period.kind is PeriodKind.INSTANT:
        return period.start
    if period.kind in _STEP:
        return period.start + _STEP[period.kind]
    return _months_on(period.start, _MONTHS[period.kind])


def previous(period: Period, *, quarterly: bool = False) -> Period:
    """The period before; `quarterly`: of a 累计 or 期末 indicator that appears once a quarter.

    A 时点 has no step of its own: it is returned unchanged.
    """
    if period.kind is PeriodKind.INSTANT:
        return period
    if period.kind in _STEP:
        return Period(period.start - _STEP[period.kind], period.kind)
    if quarterly and period.kind in MONTHLY:
        return Period(_months_on(period.start, -3), period.kind)
    if period.kind is PeriodKind.CUMULATIVE and local_start(period).month == 2:
        return Period(_months_on(period.start, -2), period.kind)
    return Period(_months_on(period.start, -_MONTHS[period.kind]), period.kind)


def a_year_before(period: Period) -> Period:
    """The same period of the year before (上年同期); 29 February becomes 28 February."""
    here = local_start(period)
    day = 28 if (here.month, here.day) == (2, 29) else here.day
    return Period(here.replace(year=here.year - 1, day=day).astimezone(UTC), period.kind)


def _months_on(start: datetime, months: int) -> datetime:
    here = start.astimezone(ZONE)
    years, month = divmod(here.month - 1 + months, 12)
    return here.replace(year=here.year + years, month=month + 1).astimezone(UTC)
