"""Points counted in cells, for tiles that hold too many of them.

A tile has 64 × 64 cells. A cell's id comes from its place and lies in 2**52 … 2**53, apart from
the ids of features that count from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.strips import DEEPER, ranges
from layers.tiles import values
from layers.tiles.commands import dots
from layers.tiles.framing import POINT, Batch, Tags
from layers.tiles.grid import TileAddress
from layers.tiles.morton import Codes
from layers.tiles.ragged import runs

POINT_BITS = 31  # bits of a point's column and row: 2 cm
MOST_POINTS = 5_000  # of a tile; more become cells
DEEPEST = 26  # so that ids stay below 2**53
_FIRST_ID = 1 << 52


@dataclass(frozen=True, slots=True)
class Cells:
    """Counted cells in Morton order: their codes, mean point (31-bit columns and rows), counts."""

    codes: Codes
    grid: NDArray[np.int32]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CellSelection:
    """The cells of a tile."""

    cells: Cells
    address: TileAddress

    def __len__(self) -> int:
        """The number of cells."""
        return len(self.cells.codes)

    def bare(self) -> int:
        """Cells always start within the budget."""
        return 0

    def weights(self, attributes: Sequence[str] | None) -> dict[str, int]:
        """Their count is no burden."""
        return {}

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """Cells as points with one attribute, `n`; an unwanted `n` is there all the same."""
        count = self.cells.count
        tags = Tags("n", count, int(count.max()) + 1, _numbers)
        ids = self.cells.codes.astype(np.int64) + _FIRST_ID
        return Batch(POINT, ids, dots(placed(self.cells.grid, self.address)), [tags])

    def thinned(self, ratio: float) -> CellSelection:
        """The fullest cells."""
        keep = min(int(len(self) * ratio), len(self) - 1)
        fullest = np.sort(np.argsort(-self.cells.count, kind="stable")[:keep])
        cells = self.cells
        return replace(
            self, cells=Cells(cells.codes[fullest], cells.grid[fullest], cells.count[fullest])
        )


def placed(grid: NDArray[np.int32], address: TileAddress) -> NDArray[np.int64]:
    """31-bit columns and rows as coordinates of a tile."""
    shift = POINT_BITS - 12 - address.zoom
    wide = grid.astype(np.int64)
    wide = wide >> shift if shift >= 0 else wide << -shift
    return wide - np.array(address.origin, np.int64)


def level_of(address: TileAddress) -> int:
    """The level of a tile's cells."""
    return min(address.zoom + DEEPER, DEEPEST)


def group(morton: Codes, grid: NDArray[np.int32], level: int) -> Cells:
    """Cells of points in Morton order."""
    codes = morton >> np.uint64(2 * (POINT_BITS - level))
    start = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    count = np.diff(np.append(start, len(codes)))
    sums = np.add.reduceat(grid.astype(np.int64), start, axis=0)
    return Cells(codes[start], (sums // count[:, None]).astype(np.int32), count)


def write_cells(writer: ArrayWriter, morton: Codes, grid: NDArray[np.int32]) -> None:
    """Count in advance every level that some tile needs."""
    for zoom in range(DEEPEST - DEEPER + 1):
        tiles = morton >> np.uint64(2 * (POINT_BITS - zoom))
        edges = np.flatnonzero(tiles[1:] != tiles[:-1]) + 1
        fullest = np.diff(np.concatenate(([0], edges, [len(tiles)]))).max(initial=0)
        if fullest <= MOST_POINTS:
            return
        cells = group(morton, grid, zoom + DEEPER)
        for name, array in (("codes", cells.codes), ("grid", cells.grid), ("count", cells.count)):
            writer.add(f"point/cells/{zoom + DEEPER}/{name}", array)


def read_cells(arrays: ArrayFile, address: TileAddress) -> Cells | None:
    """The cells of a tile and its buffer, or None when they were not counted in advance."""
    level = address.zoom + DEEPER
    prefix = f"point/cells/{level}"
    if f"{prefix}/codes" not in arrays:
        return None
    codes = arrays.get(f"{prefix}/codes")
    first, last = ranges(address, level)
    start = np.searchsorted(codes, first)
    chosen = runs(start, np.searchsorted(codes, last) - start)
    return Cells(
        codes[chosen],
        arrays.get(f"{prefix}/grid")[chosen],
        arrays.get(f"{prefix}/count")[chosen].astype(np.int64),
    )


def _numbers(codes: NDArray[Any]) -> bytes:
    return values.encode_unsigned(codes.astype(np.uint64))[0].tobytes()
