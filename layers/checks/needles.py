"""Needles: a vertex where a polygon's border runs out and straight back."""

from __future__ import annotations

import numpy as np
import shapely

_ANGLE = np.radians(0.5)
_LEAST = 1e-4  # degrees, some ten metres: shorter ones are nobody's concern
_ROUNDS = 10


def has_needle(shapes: np.ndarray) -> np.ndarray:
    """Which polygons have a needle."""
    rings, owner = _rings(shapes)
    found = np.zeros(len(shapes), dtype=bool)
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    found[owner[ring[_needles(pairs, ring)]]] = True
    return found


def without_needles(shapes: np.ndarray) -> np.ndarray:
    """The polygons without their needles; what would lose its area is left as it is."""
    found = shapes.copy()
    for at in np.flatnonzero(has_needle(shapes)):
        found[at] = _smooth(shapes[at])
    return found


def _smooth(shape: shapely.Geometry) -> shapely.Geometry:
    made = []
    for part in shapely.get_parts(shape):
        outer = _ring(part.exterior)
        if outer is None:
            return shape
        holes = [_ring(one) for one in part.interiors]
        made.append(shapely.Polygon(outer, [one for one in holes if one is not None]))
    whole = made[0] if len(made) == 1 else shapely.MultiPolygon(made)
    return whole if whole.is_valid else shape


def _ring(ring: shapely.LinearRing) -> shapely.LinearRing | None:
    pairs = shapely.get_coordinates(ring)
    for _ in range(_ROUNDS):
        sharp = _needles(pairs, np.zeros(len(pairs), dtype=np.int64))
        if not sharp.any():
            break
        first = int(np.flatnonzero(sharp)[0])
        open_ring = np.delete(pairs[:-1], first, axis=0)
        if len(open_ring) < 3:
            return None
        pairs = np.vstack([open_ring, open_ring[:1]])
    return shapely.LinearRing(pairs)


def _needles(pairs: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Which vertices are the tip of a needle; the closing vertex of a ring never is."""
    count = len(pairs)
    found = np.zeros(count, dtype=bool)
    if count < 4:
        return found
    starts = np.flatnonzero(np.concatenate(([True], np.diff(ring) > 0)))
    ends = np.concatenate((starts[1:], [count])) - 1
    before = np.arange(count) - 1
    before[starts] = ends - 1
    after = np.minimum(np.arange(count) + 1, count - 1)
    back, on = pairs[before] - pairs, pairs[after] - pairs
    long_enough = np.minimum(np.hypot(*back.T), np.hypot(*on.T)) > _LEAST
    cross = np.abs(back[:, 0] * on[:, 1] - back[:, 1] * on[:, 0])
    dot = (back * on).sum(axis=1)
    found = long_enough & (dot > 0) & (cross < np.tan(_ANGLE) * dot)
    found[ends] = False
    tips: np.ndarray = found
    return tips


def _rings(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, owner[part]
