"""How dense something is in a unit grid: the number divided by the grid's area."""

from __future__ import annotations

import numpy as np

from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Floats, Frame
from topics.kit.measured import read_measured


def per_km2(frame: Frame, count: Floats) -> Derived:
    """Per km² of the grid's own area (fact area_km2); nothing where no sound area is known.

    A blank, a text, 0 or a negative area gives no density: never one by a guessed area.
    """
    areas = np.array([_area(one) for one in frame.regions])
    found = np.where(count >= 0, count, np.nan) / areas[:, None]
    return Derived(found, why="网格面积缺失或不是大于 0 的数" if np.isnan(areas).any() else "")


def _area(region: Region) -> float:
    read = read_measured(region.fact("area_km2"), "km²")
    return read.value if read.value else float("nan")
