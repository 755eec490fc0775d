"""The Morton cells of a tile and of the buffer around it.

The buffer is a 64th of a tile, so it is exactly one row of the cells six zooms further down: a
point is in the tile or its buffer if, and only if, it lies in one of these cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.tiles.grid import BUFFER, EXTENT, TileAddress
from layers.tiles.morton import Codes, interleave

DEEPER = 6
_ACROSS = 1 << DEEPER
assert EXTENT == BUFFER * _ACROSS


def ranges(address: TileAddress, level: int) -> tuple[Codes, Codes]:
    """First and past-the-last Morton code of tile and buffer cells, at `level` ≥ zoom + 6."""
    columns, rows = _ring(address)
    fine = np.uint64(2 * (level - address.zoom - DEEPER))
    cells = interleave(columns, rows) << fine
    tile = interleave(np.array([address.column]), np.array([address.row]))
    coarse = np.uint64(2 * (level - address.zoom))
    one = np.uint64(1)
    first = np.concatenate((tile << coarse, cells))
    last = np.concatenate(((tile + one) << coarse, cells + (one << fine)))
    order = np.argsort(first)
    return first[order], last[order]


def _ring(address: TileAddress) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of the cells around the tile that lie in the world."""
    x, y = address.column * _ACROSS, address.row * _ACROSS
    along = np.arange(-1, _ACROSS + 1)
    inner = np.arange(_ACROSS)
    columns = np.concatenate(
        (x + along, x + along, np.full(_ACROSS, x - 1), np.full(_ACROSS, x + _ACROSS))
    )
    rows = np.concatenate(
        (np.full(len(along), y - 1), np.full(len(along), y + _ACROSS), y + inner, y + inner)
    )
    last = (1 << (address.zoom + DEEPER)) - 1
    inside = (columns >= 0) & (rows >= 0) & (columns <= last) & (rows <= last)
    return columns[inside], rows[inside]
