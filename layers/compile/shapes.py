"""Lines or polygons of a compiled layer: originals in degrees, and a copy for each zoom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.boxes import BoxTree, pack
from layers.compile.columns import Columns
from layers.compile.labels import StoredLabels, write_labels
from layers.compile.levels import DETAIL, Level, read_ragged, write_levels, write_ragged
from layers.compile.where import Filter
from layers.tiles.clip import clip
from layers.tiles.commands import Commands, draw
from layers.tiles.framing import LINE, POLYGON, Batch
from layers.tiles.grid import DEGREE, TileAddress, degrees_window, units_at, world
from layers.tiles.morton import interleave
from layers.tiles.ragged import Indices, Ragged, from_parts, runs

_FEW = 8  # features from which on a tile that is too big is simplified rather than thinned
_COARSEST = 512.0
_WINDOW = TileAddress(0, 0, 0).window  # of any tile, seen from its corner
_CUT_BYTES = 2_000  # what a cut feature is taken to need at most, before it is known


def write_shapes(
    writer: ArrayWriter, kind: str, parts: NDArray[np.object_], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Write lines or polygons; returns the owners (positions in the frame) of the rows in order."""
    shapes, owners = from_parts(parts, owner, areal=kind == "polygon")
    centre = shapes.bounds().reshape(-1, 2, 2).mean(axis=1)
    cell = np.clip(world(centre) * 65536, 0, 65535).astype(np.int64)
    order = np.argsort(interleave(cell[:, 0], cell[:, 1]), kind="stable")
    shapes = shapes.take(order)
    degrees = shapes.replaced(np.rint(shapes.xy * DEGREE).astype(np.int32))
    write_ragged(writer, f"{kind}/original", degrees)
    writer.add(f"{kind}/boxes", pack(degrees.bounds()))
    write_levels(writer, kind, shapes.replaced(world(shapes.xy) * units_at(DETAIL)))
    write_labels(writer, kind, shapes)
    return owners[order]


class StoredShapes:
    """The lines or the polygons of a compiled layer."""

    def __init__(
        self, arrays: ArrayFile, kind: str, columns: Columns, ids: NDArray[np.int64]
    ) -> None:
        """Wrap mapped arrays."""
        self.kind, self.columns, self.ids = kind, columns, ids
        self.areal = kind == "polygon"
        self.original = read_ragged(arrays, f"{kind}/original")
        self.tree = BoxTree(arrays.get(f"{kind}/boxes"), len(self.original))
        self._arrays = arrays
        self._levels: dict[int, Level] = {}
        named = f"{kind}/labels/row" in arrays  # compiled before there were labels: without
        self.labels = StoredLabels(arrays, kind, columns, ids) if named else None

    def level(self, zoom: int) -> Level | None:
        """The copy for a zoom, None beyond the last one."""
        if zoom > DETAIL:
            return None
        if zoom not in self._levels:  # two threads may both build it: they build the same
            self._levels[zoom] = Level(self._arrays, self.kind, zoom)
        return self._levels[zoom]

    def select(self, address: TileAddress, where: Filter) -> ShapeSelection:
        """The shapes that meet a tile or its buffer."""
        level = self.level(address.zoom)
        if level is None:
            rows = hits = self.tree.query(degrees_window(address))
        else:
            hits = level.tree.query(address.window)
            rows = level.rows[hits]
        if where.conditions:
            hits = hits[where.passes(self.columns, rows)]
        return ShapeSelection(self, level, hits, address)

    def within(self, window: tuple[int, int, int, int]) -> Indices:
        """Ascending rows whose bounds meet (west, south, east, north), in stored degrees."""
        return self.tree.query(window)

    def degrees(self, rows: Indices) -> NDArray[np.object_]:
        """Rows as multi-lines or multi-polygons in degrees."""
        chosen = self.original.take(rows)
        return chosen.replaced(chosen.xy / DEGREE).shapes(areal=self.areal)

    def geometries(self, rows: Indices) -> list[dict[str, Any]]:
        """GeoJSON geometries of rows; a single part is not written as a multi-geometry."""
        shapes = self.degrees(rows)
        single = shapely.get_num_geometries(shapes) == 1
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        return [orjson.loads(text) for text in shapely.to_geojson(shapes)]


@dataclass(frozen=True, slots=True)
class ShapeSelection:
    """Shapes of a tile: positions in the zoom's copy, beyond the last one rows of the originals."""

    stored: StoredShapes
    level: Level | None
    hits: Indices
    address: TileAddress
    tolerance: float = 0.0

    def __len__(self) -> int:
        """The number of shapes."""
        return len(self.hits)

    def bare(self) -> int:
        """About the bytes of the shapes; 0 where there are few."""
        if self.level is None or len(self) <= _FEW:
            return 0
        tails = self.level.tails[self.hits + 1] - self.level.tails[self.hits]
        cut = np.where(self._inside(), tails, np.minimum(tails, _CUT_BYTES))
        return int(cut.sum()) + 16 * len(self)

    def weights(self, attributes: Sequence[str] | None) -> dict[str, int]:
        """About the bytes of each wanted attribute."""
        rows = self.hits if self.level is None else self.level.rows[self.hits]
        return self.stored.columns.weights(rows, attributes)

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """The shapes cut to the tile's buffer and encoded, in the order of the layer."""
        rows, commands = self._commands()
        kind = POLYGON if self.stored.areal else LINE
        tags = self.stored.columns.tags(rows, attributes)
        return Batch(kind, self.stored.ids[rows], commands, tags)

    def thinned(self, ratio: float) -> ShapeSelection:
        """The largest shapes; when few are left they are simplified, and dropped at last."""
        if len(self) <= _FEW and self.tolerance < _COARSEST:
            return replace(self, tolerance=max(4.0, 2 * self.tolerance))
        least = 0 if len(self) <= _FEW else _FEW
        keep = max(least, min(int(len(self) * ratio), len(self) - 1))
        boxes = self._boxes().astype(np.int64)
        size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        largest = np.sort(np.argsort(-size, kind="stable")[:keep])
        return replace(self, hits=self.hits[largest])

    def _commands(self) -> tuple[Indices, Commands]:
        if self.level is None:
            shapes = self.stored.original.take(self.hits)
            placed = world(shapes.xy / DEGREE) * units_at(self.address.zoom)
            kept, commands = self._cut(shapes.replaced(placed))
            return self.hits[kept], commands
        inside = self._inside() if not self.tolerance else np.zeros(len(self), np.bool_)
        whole, edge = self.hits[inside], self.hits[~inside]
        ready = self.level.commands(whole)
        ready = replace(ready, xy=ready.xy - np.array(self.address.origin))
        if not len(edge):
            return self.level.rows[whole], ready
        kept, cut = self._cut(self.level.shapes.take(edge))
        hits = np.concatenate((whole, edge[kept]))
        order = np.argsort(hits, kind="stable")
        return self.level.rows[hits[order]], _ordered(ready, cut, order)

    def _cut(self, shapes: Ragged) -> tuple[Indices, Commands]:
        # Relative to the tile: from zoom 19 on, units of the whole world need more than 32 bits.
        near = shapes.replaced(shapes.xy - np.array(self.address.origin, np.int64))
        areal = self.stored.areal
        pieces, kept = clip(near, _WINDOW, areal=areal, tolerance=self.tolerance)
        return kept, draw(pieces, areal=areal)

    def _inside(self) -> NDArray[np.bool_]:
        x0, y0, x1, y1 = self.address.window
        boxes = self._boxes()
        inside: NDArray[np.bool_] = (
            (boxes[:, 0] >= x0) & (boxes[:, 1] >= y0) & (boxes[:, 2] <= x1) & (boxes[:, 3] <= y1)
        )
        return inside

    def _boxes(self) -> NDArray[Any]:
        tree = self.stored.tree if self.level is None else self.level.tree
        boxes: NDArray[Any] = tree.leaves[self.hits]
        return boxes


def _ordered(ready: Commands, cut: Commands, order: Indices) -> Commands:
    """Both sets of commands in one blob, features in the order given."""
    blob = np.concatenate((ready.blob[runs(ready.start, ready.count)], cut.blob))
    moved = np.cumsum(ready.count) - ready.count
    start = np.concatenate((moved, cut.start + int(ready.count.sum())))
    return Commands(
        np.concatenate((ready.first, cut.first))[order],
        np.concatenate((ready.xy, cut.xy))[order],
        blob,
        start[order],
        np.concatenate((ready.count, cut.count))[order],
    )
