"""The features of a layer inside an area, exactly: counts, sums and the features themselves.

Points are inside when the area covers them; lines and polygons when they meet it, measured by what
of them lies inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.analysis.area import Area
from layers.compile.columns import Columns
from layers.compile.layer import CompiledLayer, Part
from layers.compile.points import StoredPoints
from layers.compile.shapes import StoredShapes
from layers.compile.where import Filter
from layers.errors import BadFilter
from layers.tiles.grid import DEGREE
from layers.tiles.ragged import Indices, runs

_STRAIGHT = 0.05  # degrees, up to which an edge is as good as straight in metres
_DENSE = 16  # values a row up to which counting is faster than sorting
_CELLS = 64  # across the window
_AT_ONCE = 200_000  # shapes measured in one go, which bounds the memory


@dataclass(frozen=True, slots=True)
class Total:
    """Sum and mean of a numeric field over the features inside; `count` of them have a number."""

    sum: float
    mean: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies inside: rows of each part, how many, metres and square metres cut to the area."""

    rows: tuple[tuple[Part, Indices], ...]
    count: int
    length_m: float | None
    area_m2: float | None
    sums: dict[str, Total] = field(default_factory=dict)


def inside(
    compiled: CompiledLayer, area: Area, *, where: Filter | None = None, sums: Sequence[str] = ()
) -> Inside:
    """The features inside the area that pass the filter; raises BadFilter for an unknown field."""
    for name in sums:
        if name not in compiled.info.attributes:
            known = "、".join(compiled.info.attributes) or "无"
            raise BadFilter(f"图层没有属性 {name},可用的属性:{known}")
    rows = tuple((part, _rows(part, area, where)) for part in compiled.parts)
    shapes = [(part, found) for part, found in rows if isinstance(part, StoredShapes)]
    lines = [_measured(part, found, area) for part, found in shapes if not part.areal]
    areas = [_measured(part, found, area) for part, found in shapes if part.areal]
    # A feature of several kinds has a row in each part, but is one feature.
    ids = [part.ids[found] for part, found in rows]
    count = (
        len(ids[0])
        if len(ids) == 1
        else len(np.unique(np.concatenate(ids or [np.empty(0, np.int64)])))
    )
    return Inside(
        rows=rows,
        count=count,
        length_m=sum(lines) if lines else None,
        area_m2=sum(areas) if areas else None,
        sums={name: _total(name, rows) for name in sums},
    )


def _rows(part: Part, area: Area, where: Filter | None) -> Indices:
    window = _window(area.polygon)
    rows = (
        _points(part, area, window)
        if isinstance(part, StoredPoints)
        else _shapes(part, area, window)
    )
    return rows[where.passes(part.columns, rows)] if where and where.conditions else rows


def _window(polygon: Any) -> tuple[int, int, int, int]:
    west, south, east, north = (float(edge) * DEGREE for edge in polygon.bounds)
    outward = (np.floor(west), np.floor(south), np.ceil(east), np.ceil(north))
    return tuple(map(int, outward))  # type: ignore[return-value]


def _points(part: StoredPoints, area: Area, window: tuple[int, int, int, int]) -> Indices:
    start, count, boxes = part.cells_within(window, _CELLS)
    cells = shapely.box(*boxes.T)
    shapely.prepare(area.polygon)
    # Only the points of cells on the edge need to be looked at one by one.
    whole = shapely.contains_properly(area.polygon, cells)
    edge = ~whole & shapely.intersects(area.polygon, cells)
    near = runs(start[edge], count[edge])
    covered = shapely.intersects_xy(area.polygon, *part.places(near).T)
    return part.rows_of(np.concatenate((runs(start[whole], count[whole]), near[covered])))


def _shapes(part: StoredShapes, area: Area, window: tuple[int, int, int, int]) -> Indices:
    rows = part.within(window)
    shapely.prepare(area.polygon)
    found = [some[shapely.intersects(area.polygon, part.degrees(some))] for some in _slices(rows)]
    return np.concatenate(found) if found else rows


def _measured(part: StoredShapes, rows: Indices, area: Area) -> float:
    """Metres or square metres of the shapes inside the area."""
    total = 0.0
    for some in _slices(rows):
        cut = _cut(part.degrees(some), area)
        # An edge that is straight in degrees is not in metres: long ones are bent on the way.
        flat = area.metres.project(shapely.segmentize(cut, _STRAIGHT))
        total += float((shapely.area(flat) if part.areal else shapely.length(flat)).sum())
    return total


def _cut(shapes: NDArray[Any], area: Area) -> NDArray[Any]:
    """What of each shape lies inside; most lie inside as a whole and stay as they are."""
    crossing = ~shapely.contains_properly(area.polygon, shapes)
    cut = shapes.copy()
    broken = crossing & ~shapely.is_valid(shapes)
    if broken.any():
        cut[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    cut[crossing] = shapely.intersection(cut[crossing], area.polygon)
    return cut


def _slices(rows: Indices) -> Iterable[Indices]:
    return (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))


def _total(name: str, rows: Sequence[tuple[Part, Indices]]) -> Total:
    seen: NDArray[np.int64] = np.empty(0, np.int64)
    total, count = 0.0, 0
    for part, found in rows:
        fresh = ~np.isin(part.ids[found], seen) if len(seen) else np.ones(len(found), np.bool_)
        sum_of, count_of = _sum(part.columns, name, found[fresh])
        total, count = total + sum_of, count + count_of
        if len(rows) > 1:
            seen = np.concatenate((seen, part.ids[found]))
    return Total(total, total / count if count else None, count)


def _sum(columns: Columns, name: str, rows: Indices) -> tuple[float, int]:
    """Sum and number of the numeric values; each different value is read once."""
    codes = columns.codes[name][rows]
    if len(columns.tables[name]) <= _DENSE * len(rows):
        every = np.bincount(codes[codes >= 0], minlength=1)
        used = np.flatnonzero(every)
        counts = every[used]
    else:
        used, counts = np.unique(codes[codes >= 0], return_counts=True)
    numbers = columns.tables[name].numbers(used)
    known = np.isfinite(numbers)
    return float((numbers[known] * counts[known]).sum()), int(counts[known].sum())
