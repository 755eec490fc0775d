"""Where regions lie and which is above which, as cases ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from topics.kit.contracts import Region
from topics.kit.regions import SITE, RegionTree

GRID = "网格"
"""The kind of sites that are unit grids."""

_OVER_TOWNS = ("city", "county")
_VILLAGE = 12  # digits of a village's code


class Places(Protocol):
    """Knows where regions lie."""

    def outside(self, region: str, longitude: float, latitude: float) -> str:
        """What is wrong with a point said to be in the region, with the fix; "" when it is in."""

    def grid(self, longitude: float, latitude: float) -> str | None:
        """The unit grid that holds the point, where grids are known."""


class RegionLands:
    """Above and below, as the machine asks: 网格, 村, 镇, 县, 市, as far as the tree has them.

    A grid lies in its village where the tree knows villages, else in its town.
    """

    def __init__(self, regions: RegionTree) -> None:
        """Ask the tree."""
        self._regions = regions

    def above(self, region: str) -> str | None:
        """The region above; None for the city."""
        found = self._regions.find(region)
        if found is None:
            return None
        return self._village(found) or found.parent

    def below(self, region: str) -> Sequence[str]:
        """The regions right below."""
        here = [one.code for one in self._regions.children(region)]
        known = self._regions.find(region)
        if known is None or known.level in _OVER_TOWNS:
            return here
        grids = self._regions.sites(region, GRID)
        # Those of a village are entered in its town.
        grids += self._regions.sites(known.parent or "", GRID) if known.level == "village" else ()
        return here + [one.code for one in grids if self.above(one.code) == region]

    def holds(self, region: str, other: str) -> bool:
        """Whether `other` is the region or lies below it."""
        here: str | None = other
        while here is not None and here != region:
            here = self.above(here)
        return here is not None

    def _village(self, found: Region) -> str | None:
        """The village of a grid."""
        if found.kind != GRID or len(found.code) <= _VILLAGE:
            return None
        known = self._regions.find(found.code[:_VILLAGE])
        return None if known is None or known.level == SITE else known.code
