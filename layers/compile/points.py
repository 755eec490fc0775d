"""Points of a compiled layer in Morton order: a tile is one run of them and its buffer's cells."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile import cells, strips
from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.columns import Columns
from layers.compile.passing import CROWD, KeptPassing, Passing
from layers.compile.selection import Selection
from layers.compile.where import Filter
from layers.tiles.commands import dots, grouped_dots
from layers.tiles.framing import POINT, Batch
from layers.tiles.grid import DEGREE, TileAddress, world
from layers.tiles.morton import interleave
from layers.tiles.ragged import Indices, offsets_of, runs

_SPAN = 16  # cells across which a window is searched
_KEPT = KeptPassing()
_MARKS = itertools.count()  # an id of an object may come again, these never


def write_points(
    writer: ArrayWriter, lonlat: NDArray[np.float64], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Write points and return the owners (positions in the frame) of the rows, in row order.

    Without multi-points a row is a point and rows are in Morton order.
    """
    grid = _grid(lonlat)
    morton = interleave(grid[:, 0], grid[:, 1])
    order = np.argsort(morton, kind="stable")
    morton, grid = morton[order], grid[order]
    rows, first_seen = _rows(owner[order], single=bool((np.diff(owner) > 0).all()))
    writer.add("point/morton", morton)
    writer.add("point/grid", grid)
    writer.add("point/lonlat", np.rint(lonlat[order] * DEGREE).astype(np.int32))
    if len(rows) < len(owner):
        writer.add("point/row", first_seen.astype(np.int32))
        writer.add("point/by_row", np.argsort(first_seen, kind="stable").astype(np.int32))
        writer.add("point/row_offsets", offsets_of(np.bincount(first_seen, minlength=len(rows))))
    cells.write_cells(writer, morton, grid)
    return rows


class StoredPoints:
    """The points of a compiled layer."""

    def __init__(self, arrays: ArrayFile, columns: Columns, ids: NDArray[np.int64]) -> None:
        """Wrap mapped arrays."""
        self.columns, self.ids = columns, ids
        self._arrays = arrays
        self.morton = arrays.get("point/morton")
        self.grid = arrays.get("point/grid")
        self._lonlat = arrays.get("point/lonlat")
        self._row = arrays.get("point/row") if "point/row" in arrays else None
        self._mark, self._making = next(_MARKS), threading.Lock()

    def rows(self, entries: Indices) -> Indices:
        """The row of each point."""
        return entries if self._row is None else self._row[entries].astype(np.int64)

    def select(self, address: TileAddress, where: Filter) -> Selection:
        """The points of a tile and its buffer, counted in cells when they are too many."""
        first, last = strips.ranges(address, cells.POINT_BITS)
        start = np.searchsorted(self.morton, first)
        count = np.searchsorted(self.morton, last) - start
        if not where.conditions and int(count.sum()) > cells.MOST_POINTS:
            counted = cells.read_cells(self._arrays, address)
            if counted is not None:
                return cells.CellSelection(counted, address)
        if where.conditions and int(count.sum()) > CROWD:
            return self._among_many(address, where, start, count)
        entries = runs(start, count)
        if where.conditions:
            entries = entries[where.passes(self.columns, self.rows(entries))]
        chosen = PointSelection(self, entries, address)
        return chosen if len(entries) <= cells.MOST_POINTS else chosen.counted()

    def _among_many(
        self, address: TileAddress, where: Filter, start: Indices, count: Indices
    ) -> Selection:
        passing = self._passing(where)
        if passing.how_many(start, count) > cells.MOST_POINTS:
            known = cells.read_cells(self._arrays, address)
            if known is not None:
                level = cells.level_of(address)
                return cells.CellSelection(
                    passing.counted(known.codes, level, self.morton), address
                )
        chosen = PointSelection(self, passing.within(start, count), address)
        return chosen if len(chosen) <= cells.MOST_POINTS else chosen.counted()

    def _passing(self, where: Filter) -> Passing:
        def make() -> Passing:
            everything = np.arange(len(self.morton))
            passes = where.passes(self.columns, self.rows(everything))
            return Passing.of(np.flatnonzero(passes), self.grid)

        with self._making:  # many tiles ask for the same filter at once
            return _KEPT.get((self._mark, repr(where)), make)

    def within(self, window: tuple[int, int, int, int]) -> Indices:
        """Ascending rows with a point in (west, south, east, north), in stored degrees."""
        return np.unique(self.rows(self.entries_within(window)[0]))

    def entries_within(self, window: tuple[int, int, int, int]) -> tuple[Indices, NDArray[Any]]:
        """Points in the window, and their stored degrees."""
        west, south, east, north = window
        corners = _grid(np.array([[west, north], [east, south]]) / DEGREE)
        low, high = np.clip(corners[0] - 2, 0, None), np.minimum(corners[1].astype(int) + 2, _LAST)
        shift = max(int((high - low).max()).bit_length() - _SPAN.bit_length() + 1, 0)
        columns, rows = (
            np.arange(a >> shift, (b >> shift) + 1) for a, b in zip(low, high, strict=True)
        )
        codes = interleave(np.tile(columns, len(rows)), np.repeat(rows, len(columns)))
        step = np.uint64(2 * shift)
        start = np.searchsorted(self.morton, codes << step)
        entries = runs(start, np.searchsorted(self.morton, (codes + np.uint64(1)) << step) - start)
        lonlat = self._lonlat[entries]
        x, y = lonlat.T
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        return entries[inside], lonlat[inside]

    def cells_within(
        self, window: tuple[int, int, int, int], span: int
    ) -> tuple[Indices, Indices, NDArray[np.float64]]:
        """First entry, number of entries and box in degrees of each cell that has points.

        About `span` × `span` cells cover the window. A box is a hand's breadth wider than its
        cell, so that it holds the stored places of all its points.
        """
        west, south, east, north = window
        corners = _grid(np.array([[west, north], [east, south]]) / DEGREE)
        low, high = np.clip(corners[0] - 2, 0, None), np.minimum(corners[1].astype(int) + 2, _LAST)
        shift = max(int((high - low).max()).bit_length() - span.bit_length() + 1, 0)
        columns, rows = (
            np.arange(a >> shift, (b >> shift) + 1) for a, b in zip(low, high, strict=True)
        )
        column, row = np.tile(columns, len(rows)), np.repeat(rows, len(columns))
        codes, step = interleave(column, row), np.uint64(2 * shift)
        start = np.searchsorted(self.morton, codes << step)
        count = np.searchsorted(self.morton, (codes + np.uint64(1)) << step) - start
        filled = np.flatnonzero(count)
        edges = np.column_stack((column[filled], row[filled], column[filled] + 1, row[filled] + 1))
        return start[filled], count[filled], _degrees((edges << shift) / (1 << cells.POINT_BITS))

    def places(self, entries: Indices) -> NDArray[np.float64]:
        """Longitude and latitude of points."""
        places: NDArray[np.float64] = self._lonlat[entries] / DEGREE
        return places

    def rows_of(self, entries: Indices) -> Indices:
        """The rows of points, ascending and each once."""
        return np.sort(entries) if self._row is None else np.unique(self.rows(entries))

    def geometries(self, rows: Indices) -> list[dict[str, Any]]:
        """GeoJSON geometries of rows."""
        if self._row is None:
            degrees = (self._lonlat[rows] / DEGREE).tolist()
            return [{"type": "Point", "coordinates": each} for each in degrees]
        by_row, offsets = self._arrays.get("point/by_row"), self._arrays.get("point/row_offsets")
        found = []
        for row in rows.tolist():
            entries = by_row[offsets[row] : offsets[row + 1]]
            degrees = (self._lonlat[entries] / DEGREE).tolist()
            found.append(
                {"type": "Point", "coordinates": degrees[0]}
                if len(degrees) == 1
                else {"type": "MultiPoint", "coordinates": degrees}
            )
        return found

    def drawn(
        self, entries: Indices, address: TileAddress, attributes: Sequence[str] | None
    ) -> Batch:
        """A batch of these points; points of one row are one feature."""
        rows = self.rows(entries)
        xy = cells.placed(self.grid[entries], address)
        if self._row is None:
            commands = dots(xy)
        else:
            order = np.argsort(rows, kind="stable")
            rows, count = np.unique(rows, return_counts=True)
            commands = grouped_dots(xy[order], offsets_of(count))
        return Batch(POINT, self.ids[rows], commands, self.columns.tags(rows, attributes))


@dataclass(frozen=True, slots=True)
class PointSelection:
    """Single points of a tile."""

    points: StoredPoints
    entries: Indices
    address: TileAddress

    def __len__(self) -> int:
        """The number of points."""
        return len(self.entries)

    def bare(self) -> int:
        """Up to 5,000 points always fit."""
        return 0

    def weights(self, attributes: Sequence[str] | None) -> dict[str, int]:
        """About the bytes of each wanted attribute."""
        return self.points.columns.weights(self.points.rows(self.entries), attributes)

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """The points encoded."""
        return self.points.drawn(self.entries, self.address, attributes)

    def counted(self) -> cells.CellSelection:
        """The points counted in cells."""
        morton, grid = self.points.morton[self.entries], self.points.grid[self.entries]
        counted = cells.group(morton, grid, cells.level_of(self.address))
        return cells.CellSelection(counted, self.address)

    def thinned(self, ratio: float) -> cells.CellSelection:
        """Points whose attributes are too much for a tile are counted as well."""
        return self.counted()


_LAST = (1 << cells.POINT_BITS) - 1


_WIDER = 1e-6  # degrees, a decimetre


def _degrees(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes of world coordinates as (west, south, east, north), a little wider."""
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * edges[:, (3, 1)]))))
    longitude = (edges[:, (0, 2)] - 0.5) * 360.0
    boxes = np.column_stack((longitude[:, 0], latitude[:, 0], longitude[:, 1], latitude[:, 1]))
    widened: NDArray[np.float64] = boxes + np.array([-1, -1, 1, 1]) * _WIDER
    return widened


def _grid(lonlat: NDArray[np.float64]) -> NDArray[np.int32]:
    placed = np.floor(world(lonlat) * (1 << cells.POINT_BITS))
    return np.clip(placed, 0, _LAST).astype(np.int32)


def _rows(owner: NDArray[np.int64], *, single: bool) -> tuple[NDArray[np.int64], Indices]:
    """Owners in order of their first point, and the row of each point."""
    if single:
        return owner, np.arange(len(owner))
    distinct, first, inverse = np.unique(owner, return_index=True, return_inverse=True)
    order = np.argsort(first)
    row = np.empty(len(order), np.int64)
    row[order] = np.arange(len(order))
    return distinct[order], row[inverse.reshape(-1)]
