"""Shares of sections: what was not measured leaves the denominator and is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from topics.water.surface_water import WaterClass


@dataclass(frozen=True, slots=True)
class Share:
    """`met` of `assessed` sections, `missing` of which nothing is known; percent or None."""

    met: int
    assessed: int
    missing: int

    @property
    def percent(self) -> float | None:
        """Percent of the assessed ones; None when there is none."""
        return 100 * self.met / self.assessed if self.assessed else None

    @property
    def words(self) -> str:
        """ "10/11,缺测 1": what a card shows beside the percentage (PRACTICE 7)."""
        told = f"{self.met}/{self.assessed}"
        return f"{told},缺测 {self.missing}" if self.missing else told


def good_share(classes: Iterable[WaterClass | None]) -> Share:
    """优良比例: classes Ⅰ–Ⅲ among the assessed sections (环办〔2011〕22 号, unverified)."""
    return _share(None if one is None else one <= WaterClass.III for one in classes)


def worst_share(classes: Iterable[WaterClass | None]) -> Share:
    """劣Ⅴ类比例 among the assessed sections."""
    return _share(None if one is None else one is WaterClass.WORSE for one in classes)


def target_share(kept: Iterable[bool | None]) -> Share:
    """达标率: sections that keep their own target class, among those that could be judged."""
    return _share(kept)


def _share(kept: Iterable[bool | None]) -> Share:
    known = list(kept)
    assessed = [one for one in known if one is not None]
    return Share(sum(assessed), len(assessed), len(known) - len(assessed))
