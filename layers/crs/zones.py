"""Gauss-Krüger coordinates of CGCS2000 whose zone is written in front of each easting.

A city on a zone's edge gets both prefixes in one file: Shaoguan's six-degree data is split at 114°
between zones 19 and 20.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

THREE_DEGREE, SIX_DEGREE = range(25, 46), range(13, 24)
PREFIXED = {zone: f"EPSG:{4513 + zone - 25}" for zone in THREE_DEGREE} | {
    zone: f"EPSG:{4491 + zone - 13}" for zone in SIX_DEGREE
}

Pair = tuple[np.ndarray, np.ndarray]
Step = Callable[[np.ndarray, np.ndarray], Pair]


def zones(eastings: np.ndarray) -> np.ndarray:
    """The prefix of each easting: its millions; 0 for what is not finite."""
    known = np.isfinite(eastings)
    millions: np.ndarray = (np.where(known, eastings, 0.0) // 1_000_000).astype(np.int64)
    return millions


def of_longitude(lon: np.ndarray, width: int) -> np.ndarray:
    """The zone that each longitude belongs to; zones are 3 or 6 degrees wide."""
    usable = np.where(np.isfinite(lon), lon, 0.0)
    found = np.round(usable / 3) if width == 3 else usable // 6 + 1
    allowed = THREE_DEGREE if width == 3 else SIX_DEGREE
    zone: np.ndarray = np.clip(found, allowed[0], allowed[-1]).astype(np.int64)
    return zone


def by_zone(zone: np.ndarray, x: np.ndarray, y: np.ndarray, step: Callable[[str], Step]) -> Pair:
    """Each position through the step of its own zone; infinite where there is no such zone."""
    out_x, out_y = np.full(len(x), np.inf), np.full(len(x), np.inf)
    for one in np.unique(zone):
        if int(one) in PREFIXED:
            at = zone == one
            out_x[at], out_y[at] = step(PREFIXED[int(one)])(x[at], y[at])
    return out_x, out_y
