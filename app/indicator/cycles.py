"""Stretches that are laid over each other: this year and the last ones, today and yesterday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.contracts import Period, PeriodKind
from topics.kit.periods import ZONE, local_start

CYCLES = 3
_BY_DAY = (PeriodKind.INSTANT, PeriodKind.HOUR)


@dataclass(frozen=True, slots=True, order=True)
class Cycle:
    """A year, month or day; `start` is its first moment in Asia/Shanghai."""

    start: datetime
    label: str


def cycle_of(period: Period) -> Cycle:
    """The cycle a period belongs to: the day of hours, the month of days, the year of the rest."""
    here = local_start(period)
    if period.kind in _BY_DAY:
        start = datetime(here.year, here.month, here.day, tzinfo=ZONE)
        return Cycle(start, f"{here.month} 月 {here.day} 日")
    if period.kind is PeriodKind.DAY:
        return Cycle(datetime(here.year, here.month, 1, tzinfo=ZONE), f"{here.month} 月")
    return Cycle(datetime(here.year, 1, 1, tzinfo=ZONE), f"{here.year}")


def place_in(period: Period) -> float:
    """Where the period stands in its cycle: hour, day of the month, or month."""
    here = local_start(period)
    if period.kind in _BY_DAY:
        return round(here.hour + here.minute / 60 + here.second / 3600, 4)
    return float(here.day if period.kind is PeriodKind.DAY else here.month)


def place_label(period: Period) -> str:
    """The place in words, as it stands on the axis."""
    here = local_start(period)
    if period.kind in _BY_DAY:
        return f"{here.hour} 时"
    return f"{here.day}" if period.kind is PeriodKind.DAY else f"{here.month}月"


def first_of_cycles(newest: Period) -> datetime:
    """Where the oldest of the overlaid cycles starts, when `newest` is in the latest."""
    start = cycle_of(newest).start
    for _ in range(CYCLES - 1):
        before = start - timedelta(hours=1)
        start = cycle_of(Period(before, newest.kind)).start
    return start
