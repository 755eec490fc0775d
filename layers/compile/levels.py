"""Copies of lines and polygons for each zoom, simplified from one zoom to the next and settled.

A polygon smaller than half a screen pixel is not simply left out: along the spatial order areas are
added up, and each time a small square is full the shape that filled it stands for those before it,
so that a town of small houses stays visible from afar.
"""

from __future__ import annotations

import numpy as np
import shapely

from layers.compile.arrays import ArrayFile, ArrayWriter
from layers.compile.boxes import BoxTree, pack
from layers.tiles.commands import Commands, draw
from layers.tiles.ragged import Indices, Offsets, Ragged, from_shapes, joined
from layers.tiles.settle import ring_areas, settle

DETAIL = 15  # the last zoom with a copy; beyond it tiles are cut from the original
_TOLERANCE = 2.0  # units: a quarter of a screen pixel
_TINY = 4  # units


def write_levels(writer: ArrayWriter, kind: str, shapes: Ragged) -> None:
    """Write the copies for zoom 15 to 0; `shapes` are in units of zoom 15, in row order."""
    areal = kind == "polygon"
    rows = np.arange(len(shapes), dtype=np.int64)
    for zoom in range(DETAIL, -1, -1):
        shapes, kept = _coarser(shapes, areal=areal)
        rows = rows[kept]
        _write(writer, f"{kind}/{zoom}", shapes, rows, areal=areal)
        shapes = shapes.replaced(shapes.xy / 2.0)


class Level:
    """The copy for one zoom."""

    def __init__(self, arrays: ArrayFile, kind: str, zoom: int) -> None:
        """Wrap mapped arrays."""
        prefix = f"{kind}/{zoom}"
        self.rows = arrays.get(f"{prefix}/rows")
        self.tree = BoxTree(arrays.get(f"{prefix}/boxes"), len(self.rows))
        self.shapes = read_ragged(arrays, prefix)
        self.first = arrays.get(f"{prefix}/first")
        self.blob = arrays.get(f"{prefix}/tails")
        self.tails = arrays.get(f"{prefix}/tail_offsets")

    def commands(self, chosen: Indices) -> Commands:
        """Ready geometry of features that need no cutting, in units of the zoom."""
        start = self.tails[chosen].astype(np.int64)
        count = self.tails[chosen + 1] - start
        return Commands(np.full(len(chosen), 9), self.first[chosen], self.blob, start, count)


def write_ragged(writer: ArrayWriter, prefix: str, shapes: Ragged) -> None:
    """Write shapes, offsets as narrow as they can be."""
    writer.add(f"{prefix}/xy", shapes.xy)
    for name, offsets in (
        ("rings", shapes.rings),
        ("parts", shapes.parts),
        ("features", shapes.features),
    ):
        writer.add(f"{prefix}/{name}", _narrow(offsets))


def read_ragged(arrays: ArrayFile, prefix: str) -> Ragged:
    """The shapes that `write_ragged` wrote."""
    return Ragged(
        *(arrays.get(f"{prefix}/{name}") for name in ("xy", "rings", "parts", "features"))
    )


def _write(writer: ArrayWriter, prefix: str, shapes: Ragged, rows: Indices, *, areal: bool) -> None:
    commands = draw(shapes, areal=areal)
    writer.add(f"{prefix}/rows", rows.astype(np.int32))
    writer.add(f"{prefix}/boxes", pack(shapes.bounds().astype(np.int32)))
    write_ragged(writer, prefix, shapes.replaced(shapes.xy.astype(np.int32)))
    writer.add(f"{prefix}/first", commands.xy.astype(np.int32))
    writer.add(f"{prefix}/tails", commands.blob)
    writer.add(f"{prefix}/tail_offsets", _narrow(np.append(commands.start, len(commands.blob))))


def _narrow(offsets: Offsets) -> Offsets:
    return offsets.astype(np.int32) if offsets[-1] < 2**31 else offsets


def _coarser(shapes: Ragged, *, areal: bool) -> tuple[Ragged, Indices]:
    """Shapes for one zoom and the positions of those that are left, ascending."""
    bounds = shapes.bounds()
    tiny = (bounds[:, 2:] - bounds[:, :2]).max(axis=1, initial=0) < _TINY
    larger = np.flatnonzero(~tiny)
    simple = shapely.simplify(
        shapes.take(larger).shapes(areal=areal), _TOLERANCE, preserve_topology=False
    )
    pieces, owner = from_shapes(simple, areal=areal)
    settled, kept = settle(pieces, areal=areal)
    position = larger[owner[kept]]
    if not areal or not tiny.any():
        return settled, position
    standing, squares = _squares(shapes, np.flatnonzero(tiny))
    position = np.concatenate((position, standing))
    order = np.argsort(position, kind="stable")
    return joined([settled, squares]).take(order), position[order]


def _squares(shapes: Ragged, tiny: Indices) -> tuple[Indices, Ragged]:
    """The tiny shapes that fill up a square, and those squares."""
    of_tiny = shapes.take(tiny)
    scaled = of_tiny.replaced(np.rint(of_tiny.xy * 1024))
    per_feature = of_tiny.parts[of_tiny.features[:-1]]
    area = np.add.reduceat(ring_areas(scaled), per_feature) / (2 * 1024 * 1024)
    filled = np.floor(np.cumsum(np.abs(area)) / _TINY**2)
    standing = np.flatnonzero(np.diff(filled, prepend=0))
    bounds = of_tiny.bounds()[standing]
    centre = np.rint((bounds[:, :2] + bounds[:, 2:]) / 2).astype(np.int32)
    half = _TINY // 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], np.int32) * half
    count = np.arange(len(standing) + 1)
    xy = (centre[:, None, :] + corners).reshape(-1, 2)
    return tiny[standing], Ragged(xy, count * len(corners), count, count)
