"""Where events gather: a kernel density per km², and which cells are hot or cold by Gi*.

- Density: Gaussian kernel of the stated bandwidth (its standard deviation, metres), evaluated at
  the cells' centres. Near the area's edge part of each kernel falls outside, where no event can be
  seen: the sum is divided by the share that lies inside (Diggle 1985, edge correction).
- Hot spots: Getis-Ord Gi* (Ord & Getis 1995, eq. 14) on the counts, each cell with the cells that
  share a side; p from the normal distribution, two-sided, then Benjamini-Hochberg over all cells,
  because with a thousand cells ten would be "significant at 1 %" by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from topics.grid.hexagons import BadArea, Floats, Hexagons, Integers, Plane, cover

_REACH = 4.0  # bandwidths after which a Gaussian is nothing (3e-4 of its peak)
_LEVELS = ((0.01, "99%"), (0.05, "95%"), (0.10, "90%"))
_ROWS = 512  # cells at once, so that memory stays small


@dataclass(frozen=True)
class Density:
    """What was found per cell, and the events that could not be placed.

    `per_km2` is events per km²; `z` NaN and `label` "" where nothing can be said; `missing` events
    had no position, `outside` lay outside the area.
    """

    cells: Hexagons
    counts: Integers
    per_km2: Floats
    z: Floats
    label: Sequence[str]
    bandwidth: float
    missing: int
    outside: int


def measure(
    lon: Floats, lat: Floats, area: BaseGeometry, *, side: float, bandwidth: float
) -> tuple[Density, Plane]:
    """Density and hot spots of events (degrees) in `area` (degrees), and the plane of its cells.

    `side` is a hexagon's side and `bandwidth` the kernel's deviation, both in metres; a bandwidth
    below the side would leave out events between the centres (BadArea).
    """
    if not bandwidth >= side:
        raise BadArea(f"核密度带宽 {bandwidth:g} 米应不小于六边形边长 {side:g} 米")
    plane = Plane.around(area.centroid.x)
    cells = cover(plane.shape_in_metres(area), side)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    x, y = plane.metres(lon[known], lat[known])
    places = cells.locate(x, y)
    here = places >= 0
    counts = np.bincount(places[here], minlength=len(cells)).astype(np.int64)
    z = hot_spots(cells, counts)
    found = Density(
        cells,
        counts,
        kernel_density(cells, np.column_stack([x[here], y[here]]), bandwidth) * 1e6,
        z,
        labels(z),
        bandwidth,
        missing=int(np.sum(~known)),
        outside=int(np.sum(~here)),
    )
    return found, plane


def kernel_density(cells: Hexagons, points: Floats, bandwidth: float) -> Floats:
    """Events per m² at each cell's centre, corrected for the edge of the area."""
    raw = _smooth(cells.centres, points, np.ones(len(points)), bandwidth)
    held = _smooth(cells.centres, cells.centres, cells.inside, bandwidth)
    # A lattice sum over the whole plane is 1 within 1e-9 when bandwidth ≥ side.
    return raw / np.minimum(held, 1.0)


def hot_spots(cells: Hexagons, counts: Integers) -> Floats:
    """Gi* of every cell (a z value); NaN everywhere when all counts are alike."""
    values, total = counts.astype(float), len(cells)
    own, other = cells.neighbours()
    sums = values + np.bincount(own, weights=values[other], minlength=total)
    held = 1.0 + np.bincount(own, minlength=total)  # binary weights: Σw = Σw²
    deviation = values.std()
    if total < 3 or deviation == 0:
        return np.full(total, np.nan)
    below = deviation * np.sqrt(np.maximum(total * held - held**2, 0) / (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (sums - values.mean() * held) / below
    found[below == 0] = np.nan
    return found


def labels(z: Floats) -> list[str]:
    """热点 or 冷点 with the confidence that stands after Benjamini-Hochberg; "" elsewhere."""
    adjusted = _adjusted(np.array([math.erfc(abs(one) / 2**0.5) for one in z]))
    found = [""] * len(z)
    for n, (score, p) in enumerate(zip(z, adjusted, strict=True)):
        level = next((name for most, name in _LEVELS if p <= most), "")
        if level:
            found[n] = f"{'热点' if score > 0 else '冷点'} {level}"
    return found


def _adjusted(p: Floats) -> Floats:
    """Benjamini-Hochberg adjusted p values; NaN stays NaN."""
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if not len(known):
        return found
    order = known[np.argsort(p[known])]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def _smooth(at: Floats, points: Floats, weights: Floats, bandwidth: float) -> Floats:
    """Σ weight · Gaussian(distance) at each place, per m²; points are taken in blocks of places."""
    scale = 1.0 / (2 * np.pi * bandwidth**2)
    found = np.zeros(len(at))
    order = np.argsort(points[:, 1])
    points, weights = points[order], weights[order]
    rows: NDArray[np.int64] = np.argsort(at[:, 1])
    for begin in range(0, len(at), _ROWS):
        block = rows[begin : begin + _ROWS]
        low = np.searchsorted(points[:, 1], at[block[0], 1] - _REACH * bandwidth)
        high = np.searchsorted(points[:, 1], at[block[-1], 1] + _REACH * bandwidth, side="right")
        near, weighing = points[low:high], weights[low:high]
        squares = (at[block, None, 0] - near[None, :, 0]) ** 2
        squares += (at[block, None, 1] - near[None, :, 1]) ** 2
        found[block] = np.exp(squares / (-2 * bandwidth**2)) @ weighing * scale
    return found
