"""Places on a time axis and the few words below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.indicator.words import short_label
from topics.kit.contracts import Period, PeriodKind
from topics.kit.periods import ZONE, local_start

_MOST = 8  # words below the axis
_CLOCKS = tuple(timedelta(minutes=one) for one in (1, 2, 5, 10, 15, 30, 60, 180, 360, 720, 1440))
_ROOM = 0.03  # of the stretch, before the first and after the last period

_CLOCK = (PeriodKind.INSTANT, PeriodKind.HOUR)


def x_of(period: Period) -> str:
    """The start of the period on the clock of the city; plotly.js knows no zones."""
    return f"{local_start(period):%Y-%m-%d %H:%M:%S}"


def year_span(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year and of the next one."""
    ends = (datetime(one, 1, 1, tzinfo=ZONE).astimezone(UTC) for one in (year, year + 1))
    start, end = ends
    return start, end


def reach(periods: Sequence[Period]) -> tuple[str, str] | None:
    """The stretch of the axis: the periods with a little room on both sides; None without any."""
    if not periods:
        return None
    first, last = periods[0].start, max(one.start for one in periods)
    room = max((last - first) * _ROOM, timedelta(minutes=1))
    ends = (Period(one, PeriodKind.INSTANT) for one in (first - room, last + room))
    start, end = (x_of(one) for one in ends)
    return start, end


def ticks(periods: Sequence[Period]) -> list[tuple[str, str]]:
    """A few of the periods, the newest among them; the year (or day) where it changes."""
    if not periods:
        return []
    chosen = _even(periods) if periods[0].kind is PeriodKind.INSTANT else _every(periods)
    made, before = [], ""
    for one in chosen:
        around = _around(one)
        words = f"{local_start(one):%H:%M}" if one.kind in _CLOCK else short_label(one)
        if around != before and one.kind is not PeriodKind.YEAR:
            words = f"{words}<br>{around}"
        made.append((x_of(one), words))
        before = around
    return made


def _every(periods: Sequence[Period]) -> list[Period]:
    """Every n-th period, counted from the newest."""
    step = -(-len(periods) // _MOST)
    return list(periods)[::-1][::step][::-1]


def _even(periods: Sequence[Period]) -> list[Period]:
    """Round moments in even steps over the stretch: sensors do not speak in even steps."""
    first, last = local_start(periods[0]), local_start(max(periods))
    step = next((one for one in _CLOCKS if (last - first) / one <= _MOST), _CLOCKS[-1])
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + -(-(first - midnight) // step) * step
    made: list[Period] = []
    while at <= last and len(made) < 2 * _MOST:
        made.append(Period(at.astimezone(UTC), PeriodKind.INSTANT))
        at += step
    return made


def _around(period: Period) -> str:
    here = local_start(period)
    return f"{here.month}月{here.day}日" if period.kind in _CLOCK else f"{here.year}"
