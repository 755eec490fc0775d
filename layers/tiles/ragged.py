"""Lines and polygons as flat arrays: features of parts of rings of vertices.

A line has one "ring" a part; a polygon's first ring is its exterior, and every ring repeats its
first vertex at the end. The same shape serves on disk (mapped) and in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Offsets = NDArray[np.signedinteger[Any]]
Indices = NDArray[np.int64]
Geometries = NDArray[np.object_]


def expand(offsets: Offsets, chosen: NDArray[Any]) -> tuple[Indices, Indices]:
    """Positions of all items of the chosen runs, and the offsets of the runs among them."""
    start = offsets[chosen].astype(np.int64)
    count = offsets[chosen + 1].astype(np.int64) - start
    return runs(start, count), offsets_of(count)


def runs(start: NDArray[Any], count: NDArray[Any]) -> Indices:
    """The integers of [start, start + count) for each run, one after the other."""
    total = int(count.sum())
    shift: Indices = start - (np.cumsum(count) - count)
    return np.arange(total, dtype=np.int64) + np.repeat(shift, count)


def offsets_of(count: NDArray[Any]) -> Indices:
    """Offsets of runs of these lengths, one more than there are runs."""
    offsets = np.zeros(len(count) + 1, np.int64)
    np.cumsum(count, out=offsets[1:])
    return offsets


@dataclass(frozen=True, slots=True)
class Ragged:
    """Features made of parts made of rings made of vertices; `xy` has one row a vertex."""

    xy: NDArray[Any]
    rings: Offsets
    parts: Offsets
    features: Offsets

    def __len__(self) -> int:
        """The number of features."""
        return len(self.features) - 1

    def take(self, chosen: NDArray[Any]) -> Ragged:
        """The chosen features, in the order given."""
        parts, features = expand(self.features, chosen)
        rings, part_offsets = expand(self.parts, parts)
        vertices, ring_offsets = expand(self.rings, rings)
        return Ragged(self.xy[vertices], ring_offsets, part_offsets, features)

    def replaced(self, xy: NDArray[Any]) -> Ragged:
        """The same shapes with other coordinates."""
        return Ragged(xy, self.rings, self.parts, self.features)

    def bounds(self) -> NDArray[Any]:
        """(x0, y0, x1, y1) of each feature."""
        start = self.rings[self.parts[self.features[:-1]]]
        if not len(start):
            return np.empty((0, 4), self.xy.dtype)
        low = np.minimum.reduceat(self.xy, start, axis=0)
        return np.hstack((low, np.maximum.reduceat(self.xy, start, axis=0)))

    def shapes(self, *, areal: bool) -> Geometries:
        """The features as shapely multi-polygons or multi-lines."""
        kind = shapely.GeometryType.MULTIPOLYGON if areal else shapely.GeometryType.MULTILINESTRING
        inner = (self.rings, self.parts, self.features) if areal else (self.rings, self.features)
        shapes: Geometries = shapely.from_ragged_array(kind, self.xy.astype(np.float64), inner)
        return shapes


def joined(pieces: list[Ragged]) -> Ragged:
    """All features of the pieces, one after the other."""
    return Ragged(
        np.concatenate([piece.xy for piece in pieces]),
        _joined_offsets([piece.rings for piece in pieces]),
        _joined_offsets([piece.parts for piece in pieces]),
        _joined_offsets([piece.features for piece in pieces]),
    )


def from_shapes(shapes: Geometries, *, areal: bool) -> tuple[Ragged, Indices]:
    """The lines or polygons in these shapes, and the position of the shape each feature came from.

    Parts of another kind are left out; so are shapes without any part.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kinds = shapely.get_type_id(parts)
    fits = (kinds == 3) if areal else (kinds == 1) | (kinds == 2)
    fits &= ~shapely.is_empty(parts)
    return from_parts(parts[fits], owner[fits], areal=areal)


def from_parts(parts: Geometries, owner: Indices, *, areal: bool) -> tuple[Ragged, Indices]:
    """Simple lines or polygons grouped by ascending owner, and the owner of each feature."""
    if areal:
        rings, part_of = shapely.get_rings(parts, return_index=True)
    else:
        rings, part_of = parts, np.arange(len(parts))
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    owners, count = np.unique(owner, return_counts=True)
    return Ragged(
        xy,
        offsets_of(np.bincount(ring_of, minlength=len(rings))),
        offsets_of(np.bincount(part_of, minlength=len(parts))),
        offsets_of(count),
    ), owners.astype(np.int64)


def _joined_offsets(offsets: list[Offsets]) -> Indices:
    return offsets_of(np.concatenate([np.diff(each) for each in offsets]))
