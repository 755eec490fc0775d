"""The tile pyramid: its numbers, its addresses and the way from degrees to tile units.

World coordinates run from 0 to 1, east and south, over the square of web mercator. Units at a zoom
are world coordinates times `EXTENT * 2**zoom`, so that a tile's own coordinates differ by a
constant only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import BadTileAddress

EXTENT = 4096
BUFFER = 64  # tile units beyond each edge: an eighth of a label, 8 px of a 512 px tile
MAX_ZOOM = 22
MAX_LATITUDE = 85.0511287798066  # where web mercator's square ends
DEGREE = 10_000_000  # stored degrees are integers of 1e-7, about 1 cm

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile of the pyramid; refuses zoom, column or row outside of it."""

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        """Refuse an address that no tile can have."""
        if not 0 <= self.zoom <= MAX_ZOOM:
            raise BadTileAddress(f"瓦片级别 {self.zoom} 不存在,请用 0–{MAX_ZOOM}")
        last = (1 << self.zoom) - 1
        if not (0 <= self.column <= last and 0 <= self.row <= last):
            raise BadTileAddress(
                f"瓦片 {self.zoom}/{self.column}/{self.row} 不存在,该级别行列号为 0–{last}"
            )

    @property
    def origin(self) -> tuple[int, int]:
        """The upper left corner in units of its zoom."""
        return self.column * EXTENT, self.row * EXTENT

    @property
    def window(self) -> tuple[int, int, int, int]:
        """The tile with its buffer, (x0, y0, x1, y1) in units of its zoom."""
        x, y = self.origin
        return x - BUFFER, y - BUFFER, x + EXTENT + BUFFER, y + EXTENT + BUFFER


def world(degrees: NDArray[Any]) -> Floats:
    """World coordinates of (longitude, latitude) rows; beyond the square they lie on its edge."""
    longitude = np.clip(degrees[:, 0].astype(np.float64), -180.0, 180.0)
    latitude = np.clip(degrees[:, 1].astype(np.float64), -MAX_LATITUDE, MAX_LATITUDE)
    placed = np.empty((len(degrees), 2))
    placed[:, 0] = longitude / 360.0 + 0.5
    placed[:, 1] = 0.5 - np.arctanh(np.sin(np.radians(latitude))) / (2.0 * np.pi)
    return np.clip(placed, 0.0, 1.0)


def units_at(zoom: int) -> int:
    """Units across the whole world at a zoom."""
    return EXTENT << zoom


def degrees_window(address: TileAddress) -> tuple[int, int, int, int]:
    """The buffered tile as (west, south, east, north) in stored degrees, rounded outwards."""
    x0, y0, x1, y1 = (edge / units_at(address.zoom) for edge in address.window)
    south, north = (np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * y)))) for y in (y1, y0))
    return (
        int(np.floor((x0 - 0.5) * 360.0 * DEGREE)) - 1,
        int(np.floor(south * DEGREE)) - 1,
        int(np.ceil((x1 - 0.5) * 360.0 * DEGREE)) + 1,
        int(np.ceil(north * DEGREE)) + 1,
    )
