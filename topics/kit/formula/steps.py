"""Steps in time: from a period to those that its value is computed from, and back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from topics.kit.formula.clocks import Clock

Counts = NDArray[np.int64]
What = Literal["previous", "year", "december", "ytd", "rolling", "of_year", "own"]

NEVER = -1
"""Stands for "no such period" among counts."""

_FEBRUARY = 1
_YEARS_TRIED = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step, or a window of steps, on a clock.

    `stride` is what one step counts (3 for an indicator that appears once a quarter);
    `cumulative` makes December precede February, since 1–2 月 is one release.
    """

    what: What
    times: int = 1
    clock: Clock = Clock.MONTHS
    stride: int = 1
    cumulative: bool = False

    @property
    def is_window(self) -> bool:
        """Whether `back` gives several periods for each."""
        return self.what in ("ytd", "rolling", "of_year")

    def back(self, counts: Counts) -> Counts:
        """The periods read for each of `counts`: shape (n,), or (n, width) for a window."""
        return _BACK[self.what](self, counts)

    def forward(self, count: int) -> tuple[int, ...]:
        """Every period whose value reads the period `count`: the inverse of `back`."""
        candidates = _CANDIDATES[self.what](self, count)
        read = self.back(candidates)
        hits = (read == count).any(axis=1) if self.is_window else read == count
        return tuple(int(one) for one in candidates[hits])


def _own(step: Step, counts: Counts) -> Counts:
    return counts


def _previous(step: Step, counts: Counts) -> Counts:
    if step.cumulative and step.stride == 1:
        for _ in range(step.times):
            counts = counts - np.where(counts % 12 == _FEBRUARY, 2, 1)
        return counts
    return counts - step.stride * step.times


def _year(step: Step, counts: Counts) -> Counts:
    plain = {Clock.MONTHS: 12, Clock.QUARTERS: 4, Clock.YEARS: 1}.get(step.clock)
    if plain is not None:
        return counts - plain * step.times
    if step.clock is Clock.HOURS:
        return _year_of_days(counts // 24, step.times) * 24 + counts % 24
    return _year_of_days(counts, step.times)


def _year_of_days(days: Counts, years: int) -> Counts:
    """The same date `years` before; 29 February becomes 28 February."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    into = (dates - months.astype("datetime64[D]")).astype(np.int64)
    there = months - 12 * years
    first = there.astype("datetime64[D]").astype(np.int64)
    length = (there + 1).astype("datetime64[D]").astype(np.int64) - first
    found: Counts = first + np.minimum(into, length - 1)
    return found


def _december(step: Step, counts: Counts) -> Counts:
    return counts // 12 * 12 - 1


def _ytd(step: Step, counts: Counts) -> Counts:
    width = 12 if step.clock is Clock.MONTHS else 4
    behind = np.arange(width)
    window = counts[:, None] - behind
    return np.where(behind <= (counts % width)[:, None], window, NEVER)


def _rolling(step: Step, counts: Counts) -> Counts:
    return counts[:, None] - step.stride * np.arange(step.times)


def _of_year(step: Step, counts: Counts) -> Counts:
    return years_of(counts, step.clock)[:, None] - 1 - np.arange(_YEARS_TRIED)


def years_of(counts: Counts, clock: Clock) -> Counts:
    """The calendar years that periods start in."""
    if clock in (Clock.MONTHS, Clock.QUARTERS):
        return counts // (12 if clock is Clock.MONTHS else 4)
    if clock is Clock.YEARS:
        return counts
    return (
        _days_of(counts, clock).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        + 1970
    )


def _around(step: Step, count: int) -> Counts:
    far = step.times * (12 if step.what == "year" else step.stride * 2 + 1)
    return np.arange(count, count + far + 1)


def _a_year_on(step: Step, count: int) -> Counts:
    if step.clock in (Clock.DAYS, Clock.HOURS):
        per_day = 24 if step.clock is Clock.HOURS else 1
        days = np.arange(365 * step.times - 1, 366 * step.times + 2)
        return count + days * per_day
    return _around(step, count)


def _following_year(step: Step, count: int) -> Counts:
    return np.arange(count, count + 13)


def _window_on(step: Step, count: int) -> Counts:
    return count + step.stride * np.arange(step.times)


def _years_on(step: Step, count: int) -> Counts:
    """Every period of the years that may look back to the year `count`; moments: none known."""
    years = np.array([count + 1, count + 1 + _YEARS_TRIED])
    if step.clock is Clock.MOMENTS:
        return np.empty(0, dtype=np.int64)
    if step.clock in (Clock.DAYS, Clock.HOURS):
        days = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
        per_day = 24 if step.clock is Clock.HOURS else 1
        return np.arange(days[0] * per_day, days[1] * per_day)
    per_year = {Clock.MONTHS: 12, Clock.QUARTERS: 4, Clock.YEARS: 1}[step.clock]
    return np.arange(years[0] * per_year, years[1] * per_year)


_BACK: dict[str, Callable[[Step, Counts], Counts]] = {
    "own": _own,
    "previous": _previous,
    "year": _year,
    "december": _december,
    "ytd": _ytd,
    "rolling": _rolling,
    "of_year": _of_year,
}
_CANDIDATES: dict[str, Callable[[Step, int], Any]] = {
    "own": _around,
    "previous": _around,
    "year": _a_year_on,
    "december": _following_year,
    "ytd": _following_year,
    "rolling": _window_on,
    "of_year": _years_on,
}


def elapsed_share(counts: Counts, clock: Clock) -> NDArray[np.float64]:
    """How much of the year is over at the end of each period, from 0 to 1."""
    per_year = {Clock.MONTHS: 12, Clock.QUARTERS: 4}.get(clock)
    if per_year is not None:
        return (counts % per_year + 1) / per_year
    days = _days_of(counts, clock)
    year = days.astype("datetime64[D]").astype("datetime64[Y]")
    first = year.astype("datetime64[D]").astype(np.int64)
    length = (year + 1).astype("datetime64[D]").astype(np.int64) - first
    if clock is Clock.DAYS:
        return (days - first + 1) / length
    if clock is Clock.HOURS:
        return (counts - first * 24 + 1) / (length * 24)
    return (counts + _EIGHT_HOURS - first * _DAY) / (length * _DAY)


def _days_of(counts: Counts, clock: Clock) -> Counts:
    if clock is Clock.MOMENTS:
        return (counts + _EIGHT_HOURS) // _DAY
    return counts // 24 if clock is Clock.HOURS else counts


_DAY = 86_400_000_000  # microseconds, as moments are counted
_EIGHT_HOURS = 28_800_000_000
