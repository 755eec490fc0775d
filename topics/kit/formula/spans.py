"""The finer periods inside a coarser one: the days of a month, or of the year up to its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topics.kit.formula.clocks import Clock
from topics.kit.formula.steps import NEVER, Counts

_ORDER = (Clock.HOURS, Clock.DAYS, Clock.MONTHS, Clock.QUARTERS, Clock.YEARS)
_WIDEST = {
    (Clock.HOURS, Clock.DAYS): 24,
    (Clock.HOURS, Clock.MONTHS): 31 * 24,
    (Clock.DAYS, Clock.MONTHS): 31,
    (Clock.DAYS, Clock.QUARTERS): 92,
    (Clock.DAYS, Clock.YEARS): 366,
    (Clock.MONTHS, Clock.QUARTERS): 3,
    (Clock.MONTHS, Clock.YEARS): 12,
}
_DAYS_OF_YEAR = 366
_MONTHS = {Clock.MONTHS: 1, Clock.QUARTERS: 3, Clock.YEARS: 12}
_EPOCH_MONTHS = 1970 * 12


@dataclass(frozen=True, slots=True)
class Span:
    """Which periods of `fine` lie in one of `coarse`; `to_date`: from 1 January to its end."""

    fine: Clock = Clock.DAYS
    coarse: Clock = Clock.MONTHS
    to_date: bool = False

    @property
    def possible(self) -> bool:
        """Whether there is such a span: years of hours are not read one by one."""
        if self.to_date:
            return (self.fine, self.coarse) == (Clock.DAYS, Clock.MONTHS)
        return (self.fine, self.coarse) in _WIDEST

    def back(self, counts: Counts) -> Counts:
        """The fine periods of each, in order and padded with NEVER: shape (n, width)."""
        first, last = self._first(counts), self.last(counts)
        width = _DAYS_OF_YEAR if self.to_date else _WIDEST[self.fine, self.coarse]
        there = first[:, None] + np.arange(width)
        return np.where(there <= last[:, None], there, NEVER)

    def settled_from(self, counts: Counts) -> Counts:
        """The fine period from which on something must be said for there to be a result.

        The last one, so that no month is told before it is over; of a year to date the first of
        its own month, so that it grows day by day.
        """
        return self._starts(counts) if self.to_date else self.last(counts)

    def last(self, counts: Counts) -> Counts:
        """The last fine period of each."""
        found: Counts = self._starts(counts + 1) - 1
        return found

    def forward(self, count: int) -> tuple[int, ...]:
        """Every coarse period whose value reads the fine period `count`: the inverse of `back`."""
        own = self._holding(count)
        if not self.to_date:
            return (own,)
        return tuple(range(own, own // 12 * 12 + 12))

    def _first(self, counts: Counts) -> Counts:
        return self._starts(counts // 12 * 12 if self.to_date else counts)

    def _starts(self, counts: Counts) -> Counts:
        if self.coarse is Clock.DAYS:
            return counts * 24
        months = counts * _MONTHS[self.coarse]
        if self.fine is Clock.MONTHS:
            return months
        days = (months - _EPOCH_MONTHS).astype("datetime64[M]").astype("datetime64[D]")
        found: Counts = days.astype(np.int64) * (24 if self.fine is Clock.HOURS else 1)
        return found

    def _holding(self, count: int) -> int:
        if self.coarse is Clock.DAYS:
            return count // 24
        if self.fine is Clock.MONTHS:
            return count // _MONTHS[self.coarse]
        days = np.int64(count // 24 if self.fine is Clock.HOURS else count)
        month = int(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))
        return (month + _EPOCH_MONTHS) // _MONTHS[self.coarse]


def is_finer(fine: Clock, coarse: Clock) -> bool:
    """Whether periods of the one clock lie inside those of the other."""
    return fine in _ORDER and coarse in _ORDER and _ORDER.index(fine) < _ORDER.index(coarse)
