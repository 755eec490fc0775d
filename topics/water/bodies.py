"""Black and odorous waters, for whole arrays; the rule is in topics/water/black_odorous.py."""

from __future__ import annotations

import numpy as np

from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.water.black_odorous import grade


def black_grade(
    frame: Frame, transparency: Floats, oxygen: Floats, ammonia: Floats, depth: Floats
) -> Derived:
    """0 不黑臭, 1 轻度黑臭, 2 重度黑臭: the worst of the known factors; transparency, depth in cm.

    Estimated where a factor is missing; a water body whose papers say 清澈见底 is clear to bottom.
    """
    given = as_arrays((transparency, oxygen, ammonia, depth))
    found: Floats = np.full(given[0].shape, np.nan)
    for row, region in enumerate(frame.regions):
        clear = region.fact("clear_to_bottom") in {"是", "true"}
        for column in range(len(frame.days)):
            values = [_known(float(one[row, column])) for one in given]
            told = grade(
                transparency_cm=values[0],
                oxygen_mg_l=values[1],
                ammonia_mg_l=values[2],
                depth_cm=values[3],
                clear_to_bottom=clear,
            )
            found[row, column] = np.nan if told is None else float(told)
    missing = np.any([~(one >= 0) for one in given[:3]], axis=0)
    return Derived(found, estimated=missing & ~np.isnan(found), why="透明度、溶解氧、氨氮均缺测")


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
