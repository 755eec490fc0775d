"""A small picture of a layer as SVG: its features over an outline, below 15 kB."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile import CompiledLayer
from layers.compile.cells import POINT_BITS
from layers.compile.levels import DETAIL
from layers.compile.points import StoredPoints
from layers.compile.shapes import StoredShapes
from layers.contracts import Bounds
from layers.tiles.grid import EXTENT, units_at, world
from layers.tiles.ragged import Ragged

WIDTH, HEIGHT = 640, 400  # of the picture's own grid; shown at a quarter of that
_MARGIN = 16
_SHAPES_BYTES, _OUTLINE_BYTES = 9_000, 4_000
_MOST_SHAPES = 2_000
_MOST_DOTS = 700
_DOT = 8  # across which points are one dot
_SMALLEST = 1e-6  # of the world: 40 m, so that a single point does not fill the picture
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of one theme."""

    ground: str
    outline: str
    feature: str


@dataclass(frozen=True, slots=True)
class _View:
    """From world coordinates to the picture."""

    scale: float
    shift: Floats

    def place(self, world_xy: NDArray[Any]) -> NDArray[np.int64]:
        placed: NDArray[np.int64] = np.rint(world_xy * self.scale + self.shift).astype(np.int64)
        return placed


def thumbnail(compiled: CompiledLayer, outline: CompiledLayer | None, inks: Inks) -> str:
    """The picture: the layer over the outline's borders, on the outline's window if they meet."""
    view = _view(_window(compiled.info.bounds, outline.info.bounds if outline else None))
    borders = _outlined(outline, view) if outline else ""
    drawn = "".join(_part(part, view, inks.feature) for part in compiled.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{inks.ground}"/>'
        f'<path d="{borders}" fill="none" stroke="{inks.outline}" stroke-width="3"/>'
        f"{drawn}</svg>"
    )


def _window(bounds: Bounds | None, outline: Bounds | None) -> Bounds:
    if bounds is None:
        return outline or Bounds(-180.0, -80.0, 180.0, 80.0)
    if outline is None or not _meet(bounds, outline):
        return bounds
    return outline


def _meet(one: Bounds, other: Bounds) -> bool:
    return (
        one.west <= other.east
        and other.west <= one.east
        and one.south <= other.north
        and other.south <= one.north
    )


def _view(bounds: Bounds) -> _View:
    corners = world(np.array([[bounds.west, bounds.north], [bounds.east, bounds.south]]))
    size = np.maximum(corners[1] - corners[0], _SMALLEST)
    room = np.array([WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN])
    scale = float((room / size).min())
    return _View(scale, np.array([WIDTH, HEIGHT]) / 2 - corners.mean(axis=0) * scale)


def _part(part: StoredPoints | StoredShapes, view: _View, ink: str) -> str:
    if isinstance(part, StoredPoints):
        dots = _dots(part, view)
        return f'<path d="{dots}" stroke="{ink}" stroke-width="9" stroke-linecap="round"/>'
    path = _paths(part, view, _SHAPES_BYTES)
    if part.areal:
        return f'<path d="{path}" fill="{ink}" fill-opacity=".45" stroke="{ink}"/>'
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="4"/>'


def _outlined(outline: CompiledLayer, view: _View) -> str:
    areas = [part for part in outline.parts if isinstance(part, StoredShapes)]
    return "".join(_paths(part, view, _OUTLINE_BYTES) for part in areas)


def _dots(points: StoredPoints, view: _View) -> str:
    # Neighbours in Morton order are neighbours on the ground: of very many, a look at some will do.
    step = max(1, len(points.grid) // 200_000)
    spots = view.place(points.grid[::step] / (1 << POINT_BITS))
    inside = ((spots >= 0) & (spots <= (WIDTH, HEIGHT))).all(axis=1)
    dots = np.unique(spots[inside] // _DOT, axis=0)
    dots = dots[:: -(-len(dots) // _MOST_DOTS) or 1] * _DOT + _DOT // 2
    return "".join(f"M{x} {y}h0" for x, y in dots.tolist())


def _paths(stored: StoredShapes, view: _View, most: int) -> str:
    """The largest shapes first, as many as the bytes allow."""
    zoom = math.ceil(math.log2(max(view.scale / EXTENT, 1.0)))
    zoom = min(zoom, DETAIL)
    level = stored.level(zoom)
    assert level is not None  # there is a copy for each zoom down to DETAIL
    boxes = level.tree.leaves.astype(np.int64)
    size = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
    largest = np.argsort(-size, kind="stable")[:_MOST_SHAPES]
    shapes = level.shapes.take(np.sort(largest))
    placed = shapes.replaced(view.place(shapes.xy / units_at(zoom)))
    return "".join(_within(_rings(placed, closed=stored.areal), most))


def _within(texts: Iterator[str], most: int) -> Iterator[str]:
    for text in texts:
        most -= len(text)
        if most < 0:
            return
        yield text


def _rings(shapes: Ragged, *, closed: bool) -> Iterator[str]:
    """Rings as paths, the longest first; those that shrank to a spot are dots."""
    order = np.argsort(-np.diff(shapes.rings), kind="stable")
    for ring in order.tolist():
        xy = shapes.xy[shapes.rings[ring] : shapes.rings[ring + 1]]
        moved = np.flatnonzero(np.abs(np.diff(xy, axis=0)).sum(axis=1) >= 1) + 1
        spots = xy[np.concatenate(([0], moved))]
        if len(spots) > 150:
            spots = spots[np.linspace(0, len(spots) - 1, 150).astype(np.int64)]
        steps: Sequence[Any] = np.diff(spots, axis=0).tolist()
        line = "".join(f"l{dx} {dy}" for dx, dy in steps) or "h1"
        yield f"M{spots[0][0]} {spots[0][1]}{line}{'z' if closed else ''}"
