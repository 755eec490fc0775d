"""Label points: one for each line or polygon, in the tile that holds it and in no other.

They lie in Morton order. For each zoom those are chosen in advance that a screen has room for: the
largest of each tile, and none of shapes too small to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile.anchors import anchors
from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.cells import POINT_BITS, placed
from layers.compile.columns import Columns
from layers.compile.where import Filter
from layers.tiles.commands import dots
from layers.tiles.framing import POINT, Batch
from layers.tiles.grid import EXTENT, TileAddress, units_at, world
from layers.tiles.morton import Codes, interleave
from layers.tiles.ragged import Indices, Ragged

MOST = 256  # of a tile: more no screen can show
_CHOSEN = 15  # the last zoom with a choice of its own
_SEEN = 32  # units: four screen pixels, below which a shape is not named


def write_labels(writer: ArrayWriter, kind: str, degrees: Ragged) -> None:
    """Write the label points of shapes in degrees, in row order."""
    shapes = degrees.replaced(world(degrees.xy))
    spots = anchors(shapes, areal=kind == "polygon")
    last = (1 << POINT_BITS) - 1
    grid = np.clip(np.floor(spots * (1 << POINT_BITS)), 0, last).astype(np.int32)
    morton = interleave(grid[:, 0], grid[:, 1])
    order = np.argsort(morton, kind="stable")
    bounds = shapes.bounds()[order]
    size = (bounds[:, 2:] - bounds[:, :2]).max(axis=1, initial=0)
    place = np.empty(len(order), np.int32)
    place[np.argsort(-size, kind="stable")] = np.arange(len(order), dtype=np.int32)
    writer.add(f"{kind}/labels/morton", morton[order])
    writer.add(f"{kind}/labels/grid", grid[order])
    writer.add(f"{kind}/labels/row", order.astype(np.int32))
    writer.add(f"{kind}/labels/place", place)
    for zoom in range(_CHOSEN + 1):
        chosen = _chosen(morton[order], place, size * units_at(zoom) >= _SEEN, zoom)
        writer.add(f"{kind}/labels/at/{zoom}", chosen.astype(np.int32))


def _chosen(morton: Codes, place: NDArray[Any], seen: NDArray[np.bool_], zoom: int) -> Indices:
    """Ascending positions of the `MOST` largest in each tile of the zoom."""
    candidates = np.flatnonzero(seen)
    tiles = morton[candidates] >> np.uint64(2 * (POINT_BITS - zoom))
    order = np.lexsort((place[candidates], tiles))
    start = np.flatnonzero(np.diff(tiles[order], prepend=np.uint64(2**63)))
    count = np.diff(np.append(start, len(order)))
    turn = np.arange(len(order)) - np.repeat(start, count)
    return np.sort(candidates[order[turn < MOST]])


class StoredLabels:
    """The label points of one kind of shapes."""

    def __init__(
        self, arrays: ArrayFile, kind: str, columns: Columns, ids: NDArray[np.int64]
    ) -> None:
        """Wrap mapped arrays."""
        self.columns, self.ids = columns, ids
        self._arrays, self._prefix = arrays, f"{kind}/labels"
        self.morton = arrays.get(f"{self._prefix}/morton")
        self.grid = arrays.get(f"{self._prefix}/grid")
        self.row = arrays.get(f"{self._prefix}/row")
        self.place = arrays.get(f"{self._prefix}/place")

    def select(self, address: TileAddress, where: Filter) -> LabelSelection:
        """The label points that the tile itself holds, the largest shapes' if they are many."""
        first = interleave(np.array([address.column]), np.array([address.row]))
        shift = np.uint64(2 * (POINT_BITS - address.zoom))
        edges = np.concatenate((first, first + np.uint64(1))) << shift
        start, end = np.searchsorted(self.morton, edges).tolist()
        entries = self._entries(address.zoom, start, end, chosen=not where.conditions)
        if where.conditions:
            entries = entries[where.passes(self.columns, self.row[entries])]
        return LabelSelection(self, entries, address).largest(MOST)

    def _entries(self, zoom: int, start: int, end: int, *, chosen: bool) -> Indices:
        if zoom > _CHOSEN or not chosen:
            return np.arange(start, end)
        listed = self._arrays.get(f"{self._prefix}/at/{zoom}")
        low, high = np.searchsorted(listed, (start, end))
        return listed[low:high].astype(np.int64)


@dataclass(frozen=True, slots=True)
class LabelSelection:
    """The label points of a tile."""

    labels: StoredLabels
    entries: Indices
    address: TileAddress

    def __len__(self) -> int:
        """The number of label points."""
        return len(self.entries)

    def bare(self) -> int:
        """A few hundred points always fit."""
        return 0

    def weights(self, attributes: Sequence[str] | None) -> dict[str, int]:
        """About the bytes of each wanted attribute."""
        return self.labels.columns.weights(self.labels.row[self.entries], attributes)

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """Points with the id and the wanted attributes of the shapes that they name."""
        rows = self.labels.row[self.entries]
        xy = np.minimum(placed(self.labels.grid[self.entries], self.address), EXTENT - 1)
        tags = self.labels.columns.tags(rows, attributes)
        return Batch(POINT, self.labels.ids[rows], dots(xy), tags)

    def largest(self, count: int) -> LabelSelection:
        """At most that many, those of the largest shapes."""
        if len(self) <= count:
            return self
        by_size = np.argsort(self.labels.place[self.entries], kind="stable")
        return replace(self, entries=np.sort(self.entries[by_size[:count]]))

    def thinned(self, ratio: float) -> LabelSelection:
        """About that share, those of the largest shapes."""
        return self.largest(min(int(len(self) * ratio), len(self) - 1))
