"""Places on a time axis and the few words below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.indicator.words import short_label
from topics.kit.contracts import Period, PeriodKind
from topics.kit.periods import ZONE, local_start

_MOST = 8  # words below the axis

_CLOCK = (PeriodKind.INSTANT, PeriodKind.HOUR)


def x_of(period: Period) -> str:
    """The start of the period on the clock of the city; plotly.js knows no zones."""
    return f"{local_start(period):%Y-%m-%d %H:%M:%S}"


def year_span(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year and of the next one."""
    ends = (datetime(one, 1, 1, tzinfo=ZONE).astimezone(UTC) for one in (year, year + 1))
    start, end = ends
    return start, end


def ticks(periods: Sequence[Period]) -> list[tuple[str, str]]:
    """A few of the periods, the newest among them; the year (or day) where it changes."""
    if not periods:
        return []
    step = -(-len(periods) // _MOST)
    chosen = list(periods)[::-1][::step][::-1]
    made, before = [], ""
    for one in chosen:
        around = _around(one)
        words = f"{local_start(one):%H:%M}" if one.kind in _CLOCK else short_label(one)
        if around != before and one.kind is not PeriodKind.YEAR:
            words = f"{words}<br>{around}"
        made.append((x_of(one), words))
        before = around
    return made


def _around(period: Period) -> str:
    here = local_start(period)
    return f"{here.month}月{here.day}日" if period.kind in _CLOCK else f"{here.year}"
