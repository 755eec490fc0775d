"""Shapes brought onto the integer grid of a tile so that what is decoded is sound.

Vertices are rounded, repeated ones removed, collapsed rings and lines dropped, rings turned the
way MVT asks for (exterior area positive with y down), and polygons that rounding broke are
repaired on the grid.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.tiles.ragged import Indices, Ragged, from_shapes, joined, offsets_of

Flags = NDArray[np.bool_]

_FEW_VERTICES = 2_000  # of a feature, mended whatever they do
_MOST_MEETINGS = 2_000_000  # pairs of edges: a second or so
_SAMPLE = 64


def settle(shapes: Ragged, *, areal: bool) -> tuple[Ragged, Indices]:
    """The shapes on the integer grid, and which features are left; polygons are valid."""
    tidy, kept = _tidy(shapes.replaced(np.rint(shapes.xy).astype(np.int32)), areal=areal)
    if not areal or not len(tidy):
        return tidy, kept
    sound = shapely.is_valid(tidy.shapes(areal=True))
    if sound.all():
        return tidy, kept
    broken = np.flatnonzero(~sound)
    mended, owner = _mend(tidy.take(broken))
    good = np.flatnonzero(sound)
    origin = np.concatenate((good, broken[owner]))
    order = np.argsort(origin, kind="stable")
    return joined([tidy.take(good), mended]).take(order), kept[origin[order]]


def ring_areas(shapes: Ragged) -> NDArray[np.int64]:
    """Twice the signed area of each ring; positive is an MVT exterior (y down)."""
    xy = shapes.xy.astype(np.int64)
    start = shapes.rings[:-1]
    # Relative to each ring's first vertex, so that products stay far from overflow.
    x, y = (xy - np.repeat(xy[start], np.diff(shapes.rings), axis=0)).T
    cross = np.zeros(len(x), np.int64)
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[shapes.rings[1:] - 1] = 0
    return np.add.reduceat(cross, start) if len(start) else np.empty(0, np.int64)


def _mend(shapes: Ragged) -> tuple[Ragged, Indices]:
    coarse = _bounded(shapes).shapes(areal=True)
    valid = shapely.make_valid(coarse, method="structure", keep_collapsed=False)
    on_grid = shapely.set_precision(valid, 1.0)
    mended, owner = from_shapes(on_grid, areal=True)
    tidy, kept = _tidy(mended.replaced(np.rint(mended.xy).astype(np.int32)), areal=True)
    return tidy, owner[kept]


def _bounded(shapes: Ragged) -> Ragged:
    """The shapes; a scribble keeps only every second, third … vertex.

    Repair looks at every crossing of edges: 400,000 that cross everywhere would take minutes and
    gigabytes, and simplifying such a thing takes as long. A long coastline crosses itself rarely.
    """
    first = shapes.rings[shapes.parts[shapes.features]]
    stride = np.ones(len(shapes), np.int64)
    for feature in np.flatnonzero(np.diff(first) > _FEW_VERTICES):
        meetings = _meetings(shapes.xy[first[feature] : first[feature + 1]].astype(np.int64))
        stride[feature] = max(1, np.ceil(np.sqrt(meetings / _MOST_MEETINGS)))
    if (stride == 1).all():
        return shapes
    count = np.diff(shapes.rings)
    position = np.arange(len(shapes.xy)) - np.repeat(shapes.rings[:-1], count)
    kept = position % np.repeat(stride, np.diff(first)) == 0
    kept |= np.repeat(count < _FEW_VERTICES // 10, count)
    kept[shapes.rings[:-1]] = kept[shapes.rings[1:] - 1] = True
    rings = offsets_of(np.add.reduceat(kept.astype(np.int64), shapes.rings[:-1]))
    return Ragged(shapes.xy[kept], rings, shapes.parts, shapes.features)


def _meetings(xy: NDArray[np.int64]) -> float:
    """About how many pairs of edges have boxes that meet, from a sample of the edges."""
    low, high = np.minimum(xy[1:], xy[:-1]), np.maximum(xy[1:], xy[:-1])
    sample = np.linspace(0, len(low) - 1, _SAMPLE).astype(np.int64)
    met = sum(int(((low <= high[edge]) & (high >= low[edge])).all(axis=1).sum()) for edge in sample)
    return met / _SAMPLE * len(low)


def _tidy(shapes: Ragged, *, areal: bool) -> tuple[Ragged, Indices]:
    if not len(shapes.xy):
        return shapes, np.empty(0, np.int64)
    shapes = _without_repeats(shapes)
    keep = np.diff(shapes.rings) >= (4 if areal else 2)
    if areal:
        shapes, areas = _wound(shapes)
        keep &= areas != 0
    return _kept(shapes, keep)


def _without_repeats(shapes: Ragged) -> Ragged:
    fresh = np.ones(len(shapes.xy), np.bool_)
    fresh[1:] = (shapes.xy[1:] != shapes.xy[:-1]).any(axis=1)
    fresh[shapes.rings[:-1]] = True
    if fresh.all():
        return shapes
    count = np.add.reduceat(fresh.astype(np.int64), shapes.rings[:-1])
    return Ragged(shapes.xy[fresh], offsets_of(count), shapes.parts, shapes.features)


def _wound(shapes: Ragged) -> tuple[Ragged, NDArray[np.int64]]:
    areas = ring_areas(shapes)
    exterior = np.zeros(len(areas), np.bool_)
    exterior[shapes.parts[:-1]] = True
    wrong = (areas > 0) != exterior
    if not wrong.any():
        return shapes, areas
    count = np.diff(shapes.rings)
    position = np.arange(len(shapes.xy))
    mirrored = np.repeat(shapes.rings[:-1] + shapes.rings[1:] - 1, count) - position
    return shapes.replaced(shapes.xy[np.where(np.repeat(wrong, count), mirrored, position)]), areas


def _kept(shapes: Ragged, keep: Flags) -> tuple[Ragged, Indices]:
    """Only the rings to keep; a part goes with its first ring, a feature with its last part."""
    first = keep[shapes.parts[:-1]]
    keep = keep & np.repeat(first, np.diff(shapes.parts))
    if keep.all():
        return shapes, np.arange(len(shapes), dtype=np.int64)
    ring_count = np.add.reduceat(keep.astype(np.int64), shapes.parts[:-1])
    part_count = np.add.reduceat(first.astype(np.int64), shapes.features[:-1])
    kept = np.flatnonzero(part_count)
    vertices = np.repeat(keep, np.diff(shapes.rings))
    return Ragged(
        shapes.xy[vertices],
        offsets_of(np.diff(shapes.rings)[keep]),
        offsets_of(ring_count[first]),
        offsets_of(part_count[kept]),
    ), kept
