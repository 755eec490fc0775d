"""Where regions lie and which is above which, as cases ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from topics.kit.regions import RegionTree


class Places(Protocol):
    """Knows where regions lie."""

    def outside(self, region: str, longitude: float, latitude: float) -> str:
        """What is wrong with a point said to be in the region, with the fix; "" when it is in."""

    def grid(self, longitude: float, latitude: float) -> str | None:
        """The unit grid that holds the point, where grids are known."""


class RegionLands:
    """Above and below, as the machine asks; a site or a grid is below its region."""

    def __init__(self, regions: RegionTree) -> None:
        """Ask the tree."""
        self._regions = regions

    def above(self, region: str) -> str | None:
        """The region above; None for the city."""
        found = self._regions.find(region)
        return None if found is None else found.parent

    def below(self, region: str) -> Sequence[str]:
        """The regions right below."""
        return [one.code for one in self._regions.children(region)]
