"""Features put on the earth: transformed, of one kind, valid; what cannot be is left out, named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from layers.crs.transform import apply, to_lonlat
from layers.errors import BadCoordinates
from layers.readers.tally import Tally

Test = Callable[[np.ndarray], np.ndarray]

_COLLECTION = 7
_KINDS = ("point", "line", "polygon")
_NOT_FINITE = "是 NaN 或无穷大"
_OFF_EARTH = "在地球之外(经度 ±180、纬度 ±90)"
_LEFT_OUT = "请改正后重新导入;其余要素已读取"


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometries in EPSG:4326, which of the input rows they are, and their common kind."""

    geometries: np.ndarray
    kept: np.ndarray
    kind: str


def common_kind(geometries: np.ndarray) -> str:
    """The kind of most of the geometries: point, line or polygon."""
    dimensions = shapely.get_dimensions(geometries)
    return _KINDS[int(np.bincount(dimensions[dimensions >= 0], minlength=3).argmax())]


def place(
    geometries: np.ndarray,
    rows: np.ndarray,
    crs: str,
    tally: Tally,
    name: str,
    *,
    repair: bool = True,
) -> Placed:
    """The features that have a place on the earth; raises BadCoordinates when none has.

    With `repair` broken polygons are put right and reported; without, they stay as they are.
    """
    finite = ~_any_vertex(geometries, _not_finite)
    tally.add(rows[~finite], "坐标", _NOT_FINITE, _LEFT_OUT)
    kept = np.flatnonzero(finite)
    with np.errstate(all="ignore"):  # what a projection cannot place comes out infinite
        moved = apply(to_lonlat(crs), geometries[kept])
    outside = _any_vertex(moved, _off_earth)
    tally.add(rows[kept[outside]], "坐标", _OFF_EARTH, _LEFT_OUT)
    kept, moved = kept[~outside], moved[~outside]
    if not len(kept):
        raise BadCoordinates(f"{name}:没有一个要素的坐标可用;{tally.first()}")
    moved, kind = _one_kind(moved, rows[kept], tally)
    if kind == _KINDS[2] and repair:
        moved = _valid(moved, rows[kept], tally)
    there = ~(shapely.is_missing(moved) | shapely.is_empty(moved))
    return Placed(moved[there], kept[there], kind)


def _any_vertex(geometries: np.ndarray, bad: Test) -> np.ndarray:
    pairs, owner = shapely.get_coordinates(geometries, return_index=True)
    found = np.zeros(len(geometries), dtype=bool)
    found[owner[bad(pairs)]] = True
    return found


def _not_finite(pairs: np.ndarray) -> np.ndarray:
    wrong: np.ndarray = ~np.isfinite(pairs).all(axis=1)
    return wrong


def _off_earth(pairs: np.ndarray) -> np.ndarray:
    inside = (np.abs(pairs[:, 0]) <= 180.0) & (np.abs(pairs[:, 1]) <= 90.0)
    off: np.ndarray = ~inside
    return off


def _one_kind(geometries: np.ndarray, rows: np.ndarray, tally: Tally) -> tuple[np.ndarray, str]:
    """All geometries of the most frequent kind; the others become None."""
    geometries = _without_collections(geometries)
    dimensions = shapely.get_dimensions(geometries)
    wanted = int(np.bincount(dimensions[dimensions >= 0], minlength=3).argmax())
    other = dimensions != wanted
    tally.add(
        rows[other], "几何", f"类型与多数要素({_KINDS[wanted]})不同", "请按几何类型分成多个文件"
    )
    geometries = geometries.copy()
    geometries[other] = None
    return geometries, _KINDS[wanted]


def _without_collections(geometries: np.ndarray) -> np.ndarray:
    """Geometry collections reduced to their parts of the highest dimension."""
    mixed = np.flatnonzero(shapely.get_type_id(geometries) == _COLLECTION)
    if not len(mixed):
        return geometries
    geometries = geometries.copy()
    for at in mixed:
        geometries[at] = _highest(geometries[at])
    return geometries


def _highest(geometry: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) == _COLLECTION).any():
        parts = shapely.get_parts(parts)
    parts = shapely.get_parts(parts[~shapely.is_empty(parts)])
    dimensions = shapely.get_dimensions(parts)
    best = parts[dimensions == dimensions.max(initial=-1)]
    makers = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
    return makers[int(dimensions.max())](best) if len(best) else None


def _valid(geometries: np.ndarray, rows: np.ndarray, tally: Tally) -> np.ndarray:
    broken = ~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)
    if not broken.any():
        return geometries
    tally.add(rows[broken], "几何", "自相交或环有误,已自动修复", "请在源数据中核对这些面")
    repaired = shapely.make_valid(geometries[broken], method="structure", keep_collapsed=False)
    geometries = geometries.copy()
    geometries[broken] = [
        _highest(one) if one.geom_type.endswith("Collection") else one for one in repaired
    ]
    return geometries
