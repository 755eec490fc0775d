"""Regions as rows of a cube: who lies under whom, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Region
from topics.kit.formula.clocks import Clock, count_of
from topics.kit.formula.steps import Counts
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree

_EVER = np.iinfo(np.int64).max


class Geography:
    """The rows of a cube. A region that came or went counts in the period in which it did."""

    def __init__(self, regions: Iterable[Region]) -> None:
        """Take regions in the order of the rows; parents that are not among them are no rows."""
        self._regions = tuple({one.code: one for one in regions}.values())
        self.codes: tuple[str, ...] = tuple(one.code for one in self._regions)
        self.row: dict[str, int] = {code: n for n, code in enumerate(self.codes)}

    @classmethod
    def of(cls, tree: RegionTree, levels: Iterable[str] = ("city", "county")) -> Geography:
        """The regions of these levels, parents before children."""
        wanted = set(levels)
        return cls(one for one in tree.all() if one.level in wanted)

    def level(self, code: str) -> str:
        """The level of a region, "" when it is no row."""
        row = self.row.get(code)
        return "" if row is None else self._regions[row].level

    def name(self, code: str) -> str:
        """The short Chinese name of a region."""
        row = self.row.get(code)
        return code if row is None else self._regions[row].short_name

    def parent(self, code: str) -> str | None:
        """The region above, when it is a row."""
        row = self.row.get(code)
        above = None if row is None else self._regions[row].parent
        return above if above in self.row else None

    def children(self, code: str, clock: Clock | None = None, count: int = 0) -> tuple[str, ...]:
        """The regions right below; with a clock, those that were there in that period."""
        rows = self.below.get(self.row.get(code, -1), ())
        if clock is None:
            return tuple(self.codes[n] for n in rows)
        valid = self.valid(clock, np.array([count]))[:, 0]
        return tuple(self.codes[n] for n in rows if valid[n])

    def siblings(self, code: str) -> tuple[str, ...]:
        """The regions under the same parent, itself among them; none for one without a parent."""
        above = self.parent(code)
        return () if above is None else self.children(above)

    @cached_property
    def below(self) -> dict[int, tuple[int, ...]]:
        """The rows right below each row that has any."""
        found: dict[int, list[int]] = {}
        for n, one in enumerate(self._regions):
            if one.parent in self.row:
                found.setdefault(self.row[one.parent], []).append(n)
        return {row: tuple(rows) for row, rows in found.items()}

    @cached_property
    def above(self) -> NDArray[np.int64]:
        """The row above each row, −1 where there is none."""
        rows = [self.row.get(one.parent or "", -1) for one in self._regions]
        return np.array(rows, dtype=np.int64)

    def valid(self, clock: Clock, counts: Counts) -> NDArray[np.bool_]:
        """Which regions there were in which periods: shape (rows, periods)."""
        first, last = self._validity(clock)
        found: NDArray[np.bool_] = (counts >= first[:, None]) & (counts < last[:, None])
        return found

    def _validity(self, clock: Clock) -> tuple[Counts, Counts]:
        known = self.__dict__.setdefault("_known", {})
        if clock not in known:
            first = [_count(one.valid_from, clock, 0) for one in self._regions]
            last = [_count(one.valid_to, clock, _EVER) for one in self._regions]
            known[clock] = (np.array(first, dtype=np.int64), np.array(last, dtype=np.int64))
        found: tuple[Counts, Counts] = known[clock]
        return found


def _count(day: date | None, clock: Clock, otherwise: int) -> int:
    if day is None or day.year < 1970:
        return otherwise
    return count_of(datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC), clock)
