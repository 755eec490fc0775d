"""Shapes cut to a tile with its buffer, settled on the grid."""

from __future__ import annotations

import shapely

from layers.tiles.ragged import Indices, Ragged, from_shapes
from layers.tiles.settle import settle


def clip(
    shapes: Ragged, window: tuple[int, int, int, int], *, areal: bool, tolerance: float = 0.0
) -> tuple[Ragged, Indices]:
    """What of each shape lies in the window, on the integer grid, and which features are left.

    A tolerance above 0 simplifies first (units of the grid): the last resort of the byte budget.
    """
    whole = shapes.shapes(areal=areal)
    if tolerance:
        whole = shapely.simplify(whole, tolerance, preserve_topology=False)
    try:
        cut = shapely.clip_by_rect(whole, *window)
    except shapely.GEOSException:
        # A ring that crosses itself on the window's edge: exact, slower, needs sound input.
        cut = shapely.intersection(shapely.make_valid(whole), shapely.box(*window))
    pieces, owner = from_shapes(cut, areal=areal)
    settled, kept = settle(pieces, areal=areal)
    return settled, owner[kept]
