"""The area somebody drew: a polygon, or what lies within some metres of what was drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError

from layers.analysis.local import LocalMetres
from layers.errors import BadFilter

MOST_VERTICES = 20_000
MOST_BUFFER_M = 200_000.0
_WIDEST_DEGREES = 30.0
_TYPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_QUARTER = 32  # segments of a quarter circle: a buffer's edge is true to 0.03 %


@dataclass(frozen=True, slots=True)
class Area:
    """A valid polygon in degrees, and the local projection in which its metres are true."""

    polygon: Any
    metres: LocalMetres

    @property
    def area_m2(self) -> float:
        """Its size in square metres."""
        return float(shapely.area(self.metres.project(self.polygon)))


def area_of(geometry: Any, buffer_m: float | None = None) -> Area:
    """The area of a GeoJSON geometry (or Feature), widened by `buffer_m` metres.

    Points and lines need a buffer. Raises BadFilter for what cannot be read, is too large, has too
    many vertices, or reaches beyond the earth.
    """
    shape = _read(geometry)
    width = _buffer(buffer_m)
    west, south, east, north = shape.bounds
    metres = LocalMetres((west + east) / 2, (south + north) / 2)
    areal = shape.geom_type in {"Polygon", "MultiPolygon"}
    if not areal and not width:
        raise BadFilter("点和线要写明缓冲距离 buffer_m(米)")
    if areal and not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if width:
        near = shapely.buffer(metres.project(shape), width, quad_segs=_QUARTER)
        shape = metres.degrees(near)
    if shape.is_empty or not shapely.area(shape):
        raise BadFilter("画的范围没有面积;请至少画三个不在一条线上的点")
    return Area(shape, metres)


def _read(geometry: Any) -> Any:
    if isinstance(geometry, Mapping) and geometry.get("type") == "Feature":
        geometry = geometry.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in _TYPES:
        raise BadFilter("geometry 应是 GeoJSON 的点、线或面")
    if _numbers(geometry.get("coordinates")) > 2 * MOST_VERTICES:
        raise BadFilter(f"画的范围顶点太多,最多 {MOST_VERTICES} 个")
    try:
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except (ShapelyError, ValueError, TypeError, AttributeError, IndexError, KeyError) as wrong:
        raise BadFilter("geometry 读不懂;坐标应是 [经度, 纬度]") from wrong
    _check(shape)
    return shape


def _numbers(coordinates: Any) -> int:
    """How many numbers there are, at whatever depth; counts without trusting any of them."""
    waiting, total = [coordinates], 0
    while waiting and total <= 2 * MOST_VERTICES:
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting.extend(one)
        else:
            total += 1
    return total


def _check(shape: Any) -> None:
    if shape.is_empty or not all(map(math.isfinite, shape.bounds)):
        raise BadFilter("geometry 没有可用的坐标")
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -85 or north > 85:
        raise BadFilter("范围超出地球;坐标应是 [经度, 纬度],纬度在 ±85 之内")
    if east - west > _WIDEST_DEGREES or north - south > _WIDEST_DEGREES:
        raise BadFilter(f"范围太大,东西、南北各不超过 {_WIDEST_DEGREES:g} 度")


def _buffer(buffer_m: float | None) -> float:
    if buffer_m is None:
        return 0.0
    if not math.isfinite(buffer_m) or not 0 <= buffer_m <= MOST_BUFFER_M:
        raise BadFilter(f"buffer_m 须在 0 到 {MOST_BUFFER_M:,.0f} 米之间")
    return float(buffer_m)
