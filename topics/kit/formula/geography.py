"""Regions and sites as rows of a cube: who lies under whom, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Region
from topics.kit.formula.clocks import Clock, count_of
from topics.kit.formula.steps import Counts
from topics.kit.periods import ZONE
from topics.kit.regions import SITE, RegionTree

_EVER = np.iinfo(np.int64).max


class Geography:
    """The rows of a cube. A region that came or went counts in the period in which it did.

    A site lies in the nearest row above it; it is nobody's child, `sites` names it.
    """

    def __init__(
        self, regions: Iterable[Region], holders: Mapping[str, str | None] | None = None
    ) -> None:
        """Take regions in the order of the rows; parents that are not among them are no rows.

        `holders`: where sites lie when their own parent is no row.
        """
        self.regions = tuple({one.code: one for one in regions}.values())
        self.codes: tuple[str, ...] = tuple(one.code for one in self.regions)
        self.row: dict[str, int] = {code: n for n, code in enumerate(self.codes)}
        self._parents = {one.code: one.parent for one in self.regions} | dict(holders or {})
        self._narrowed: dict[tuple[frozenset[str], frozenset[str]], Geography] = {}

    @classmethod
    def of(cls, tree: RegionTree, levels: Iterable[str] = ("city", "county", SITE)) -> Geography:
        """The regions of these levels, parents before children, then all sites if among them."""
        wanted = set(levels)
        rows = [one for one in tree.all() if one.level in wanted]
        sites = tree.at_level(SITE) if SITE in wanted else ()
        kept = {one.code for one in rows}
        holders = {
            one.code: next((up.code for up in tree.path(one.code)[-2::-1] if up.code in kept), None)
            for one in sites
        }
        return cls([*rows, *sites], holders)

    def narrowed(self, levels: Collection[str], kinds: Collection[str]) -> Geography:
        """Only these levels of regions and kinds of site, so that cubes stay small."""
        key = (frozenset(levels), frozenset(kinds))
        found = self._narrowed.get(key)
        if found is None:
            rows = [
                one
                for one in self.regions
                if (one.kind in key[1] if one.level == SITE else one.level in key[0])
            ]
            kept = {one.code for one in rows}
            holders = {one.code: self._nearest(one.code, kept) for one in rows if one.level == SITE}
            found = self._narrowed[key] = Geography(rows, holders)
        return found

    def _nearest(self, code: str, kept: Collection[str]) -> str | None:
        above = self._parents.get(code)
        while above is not None and above not in kept:
            above = self._parents.get(above)
        return above

    def region(self, code: str) -> Region:
        """The region or site of a row; KeyError when it is none."""
        return self.regions[self.row[code]]

    def sites(
        self, code: str, kind: str, clock: Clock | None = None, count: int = 0
    ) -> tuple[str, ...]:
        """The sites of a kind in a region and below; with a clock, those there in that period."""
        rows = self.held(kind).get(self.row.get(code, -1), ())
        if clock is None:
            return tuple(self.codes[n] for n in rows)
        valid = self.valid(clock, np.array([count]))[:, 0]
        return tuple(self.codes[n] for n in rows if valid[n])

    def held(self, kind: str) -> dict[int, tuple[int, ...]]:
        """The rows of sites of a kind in each region that has any, at whatever depth."""
        known = self.__dict__.setdefault("_held", {})
        if kind not in known:
            found: dict[int, list[int]] = {}
            for n, one in enumerate(self.regions):
                if one.level == SITE and one.kind == kind:
                    for above in self.ancestors(one.code):
                        found.setdefault(self.row[above], []).append(n)
            known[kind] = {row: tuple(rows) for row, rows in found.items()}
        made: dict[int, tuple[int, ...]] = known[kind]
        return made

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Every row above, the nearest first."""
        above = self.parent(code)
        return () if above is None else (above, *self.ancestors(above))

    def kind(self, code: str) -> str:
        """The kind of a site, "" for a region and for what is no row."""
        row = self.row.get(code)
        return "" if row is None else self.regions[row].kind

    def level(self, code: str) -> str:
        """The level of a region, "" when it is no row."""
        row = self.row.get(code)
        return "" if row is None else self.regions[row].level

    def name(self, code: str) -> str:
        """The short Chinese name of a region."""
        row = self.row.get(code)
        return code if row is None else self.regions[row].short_name

    def parent(self, code: str) -> str | None:
        """The region above, when it is a row."""
        above = self._parents.get(code)
        return above if above in self.row else None

    def children(self, code: str, clock: Clock | None = None, count: int = 0) -> tuple[str, ...]:
        """The regions right below; with a clock, those that were there in that period."""
        rows = self.below.get(self.row.get(code, -1), ())
        if clock is None:
            return tuple(self.codes[n] for n in rows)
        valid = self.valid(clock, np.array([count]))[:, 0]
        return tuple(self.codes[n] for n in rows if valid[n])

    def under(self, code: str) -> tuple[str, ...]:
        """The children, and the sites for which this is the region above."""
        lying = (one.code for one in self.regions if one.level == SITE)
        return (*self.children(code), *(one for one in lying if self.parent(one) == code))

    def siblings(self, code: str) -> tuple[str, ...]:
        """The regions under the same parent, itself among them; none for one without a parent."""
        above = self.parent(code)
        return () if above is None or self.kind(code) else self.children(above)

    @cached_property
    def below(self) -> dict[int, tuple[int, ...]]:
        """The rows right below each row that has any."""
        found: dict[int, list[int]] = {}
        for n, one in enumerate(self.regions):
            if one.parent in self.row and one.level != SITE:
                found.setdefault(self.row[one.parent], []).append(n)
        return {row: tuple(rows) for row, rows in found.items()}

    @cached_property
    def above(self) -> NDArray[np.int64]:
        """The row above each row, −1 where there is none."""
        rows = [self.row.get(self.parent(one) or "", -1) for one in self.codes]
        return np.array(rows, dtype=np.int64)

    def valid(self, clock: Clock, counts: Counts) -> NDArray[np.bool_]:
        """Which regions there were in which periods: shape (rows, periods)."""
        first, last = self._validity(clock)
        found: NDArray[np.bool_] = (counts >= first[:, None]) & (counts < last[:, None])
        return found

    def _validity(self, clock: Clock) -> tuple[Counts, Counts]:
        known = self.__dict__.setdefault("_known", {})
        if clock not in known:
            first = [_count(one.valid_from, clock, 0) for one in self.regions]
            last = [_count(one.valid_to, clock, _EVER) for one in self.regions]
            known[clock] = (np.array(first, dtype=np.int64), np.array(last, dtype=np.int64))
        found: tuple[Counts, Counts] = known[clock]
        return found


def _count(day: date | None, clock: Clock, otherwise: int) -> int:
    if day is None or day.year < 1970:
        return otherwise
    return count_of(datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC), clock)
