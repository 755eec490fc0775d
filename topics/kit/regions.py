"""The regions of the city with their hierarchy; each has a first and perhaps a last day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from topics.kit.contracts import Region
from topics.kit.errors import BadManifest, UnknownRegion
from topics.kit.reference_rows import day, read_rows

_COLUMNS = ("code", "name", "short_name", "level", "parent", "order", "valid_from", "valid_to")
_FOREVER = date.max
SITE = "site"


class RegionTree:
    """Regions by code, children in statutory order. Immutable.

    Sites (sections, stations, grids) are found by code like regions, but only `sites` and
    `at_level("site")` list them: children, within and all are the administrative regions.
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        """Take the regions; BadManifest when a code stands twice or a parent is absent."""
        self._regions: dict[str, list[Region]] = {}
        for one in sorted(regions, key=lambda one: (one.order, one.code, one.valid_from)):
            self._add(one)
        for one in self._all():
            if one.parent is not None and one.parent not in self._regions:
                raise BadManifest(f"区划 {one.code}({one.name})的上级 {one.parent} 不在表里;请补上")
        self._children: dict[str, list[Region]] = {}
        self._sites: dict[str, list[Region]] = {}
        for one in self._all():
            if one.parent is not None:
                held = self._sites if one.level == SITE else self._children
                held.setdefault(one.parent, []).append(one)

    @classmethod
    def load(cls, path: Path) -> RegionTree:
        """The tree of data/reference/regions.csv; BadManifest names file, row and column."""
        return cls(
            Region(
                code=row["code"],
                name=row["name"],
                short_name=row["short_name"] or row["name"],
                level=row["level"],
                parent=row["parent"] or None,
                order=int(row["order"] or 0),
                valid_from=day(row["valid_from"]) or date.min,
                valid_to=day(row["valid_to"]),
            )
            for row in read_rows(path, _COLUMNS)
        )

    def with_sites(self, sites: Iterable[Region]) -> RegionTree:
        """The same regions and these sites; BadManifest: a code is taken, a parent absent."""
        return RegionTree((*self._all(), *sites))

    def sites(
        self, code: str, kind: str | None = None, on: date | None = None
    ) -> tuple[Region, ...]:
        """The sites in a region and in everything below it, in order; of one kind, on a day."""
        held = (one.code for one in self.within(code))
        found = [one for region in held for one in self._sites.get(region, ())]
        chosen = [one for one in found if kind in (None, one.kind) and _on(one, on)]
        return tuple(sorted(chosen, key=lambda one: (one.order, one.code)))

    def find(self, code: str, on: date | None = None) -> Region | None:
        """The region of that code on a day (None: the last known, even if withdrawn), or None."""
        known = self._regions.get(code, [])
        if on is None:
            return known[-1] if known else None
        return next((one for one in known if _valid(one, on)), None)

    def require(self, code: str, on: date) -> Region:
        """The region of that code on a day; UnknownRegion says if it was withdrawn or never was."""
        found = self.find(code, on)
        if found is not None:
            return found
        known = self._regions.get(code)
        if not known:
            raise UnknownRegion(f"没有区划代码 {code!r};请用国家统计局的区划代码,如 440203")
        last = known[-1]
        if last.valid_to is not None and on >= last.valid_to:
            raise UnknownRegion(
                f"区划 {code}({last.name})已于 {last.valid_to} 撤销;{on} 请改用现行代码"
            )
        raise UnknownRegion(f"区划 {code}({known[0].name})自 {known[0].valid_from} 起才有效")

    def children(self, code: str, on: date | None = None) -> tuple[Region, ...]:
        """The regions right below, in statutory order; with `on`, only those valid that day."""
        below = self._children.get(code, [])
        return tuple(one for one in below if on is None or _valid(one, on))

    def within(self, code: str, on: date | None = None) -> tuple[Region, ...]:
        """The region itself and everything below it, parents before children."""
        own = self.find(code, on)
        if own is None:
            return ()
        below = (self.within(one.code, on) for one in self.children(code, on))
        return (own, *(one for group in below for one in group))

    def path(self, code: str) -> tuple[Region, ...]:
        """From the city down to the region; empty when the code is unknown."""
        found = self.find(code)
        if found is None:
            return ()
        return (*(self.path(found.parent) if found.parent else ()), found)

    def at_level(self, level: str, on: date | None = None) -> tuple[Region, ...]:
        """All regions of a level, in statutory order; with `on`, only those valid that day."""
        return tuple(one for one in self._all() if one.level == level and _on(one, on))

    def city(self) -> Region:
        """The region without a parent."""
        return next(one for one in self._all() if one.parent is None)

    def all(self, on: date | None = None) -> tuple[Region, ...]:
        """Every region; with `on`, only those valid that day."""
        return tuple(one for one in self._all() if one.level != SITE and _on(one, on))

    def _all(self) -> list[Region]:
        return [one for known in self._regions.values() for one in known]

    def _add(self, one: Region) -> None:
        known = self._regions.setdefault(one.code, [])
        for other in known:
            apart = (other.valid_to or _FOREVER) <= one.valid_from
            if not apart and (one.valid_to or _FOREVER) > other.valid_from:
                raise BadManifest(f"区划代码 {one.code} 在同一时间出现两次;请删去一行或改有效期")
        known.append(one)
        known.sort(key=lambda each: each.valid_from)


def _on(one: Region, on: date | None) -> bool:
    return on is None or _valid(one, on)


def _valid(one: Region, on: date) -> bool:
    return one.valid_from <= on < (one.valid_to or _FOREVER)
