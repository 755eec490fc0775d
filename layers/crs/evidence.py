"""What the numbers themselves say about their coordinate system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from layers.crs.names import GCJ02, shown
from layers.crs.outline import Outline
from layers.crs.transform import to_lonlat

_SAMPLE = 1500
_MOST = 0.5
_AREA_MARGIN = 1.0  # degrees around a system's area of use
_THREE_DEGREE, _SIX_DEGREE = range(25, 46), range(13, 24)
_PREFIXED = {zone: 4513 + zone - 25 for zone in _THREE_DEGREE} | {
    zone: 4491 + zone - 13 for zone in _SIX_DEGREE
}
_PLAIN = [f"EPSG:{code}" for code in (*range(4534, 4555), *range(4502, 4513))]
_BALLPARK = ("Xian 1980", "Beijing 1954", "New Beijing")


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one coordinate system explains the numbers; shares are None without an outline."""

    crs: str
    inside: float | None
    near: float | None


def sample(geometries: np.ndarray) -> np.ndarray:
    """Some vertices, evenly taken, in the file's own numbers; never infinite."""
    pairs = shapely.get_coordinates(geometries)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    some: np.ndarray = pairs[:: max(1, len(pairs) // _SAMPLE)]
    return some


def looks_like_degrees(pairs: np.ndarray) -> bool:
    """Whether most numbers can be longitude and latitude."""
    inside = (np.abs(pairs[:, 0]) <= 180.0) & (np.abs(pairs[:, 1]) <= 90.0)
    return bool(len(pairs)) and float(inside.mean()) > _MOST


def looks_like_metres(pairs: np.ndarray) -> bool:
    """Whether most numbers can be a projection's metres."""
    x, y = np.abs(pairs[:, 0]), np.abs(pairs[:, 1])
    inside = (x < 5e7) & (y < 2.1e7) & (np.maximum(x, y) > 1e4)
    return bool(len(pairs)) and float(inside.mean()) > _MOST


def metre_candidates(pairs: np.ndarray) -> tuple[list[str], str]:
    """The CGCS2000 systems whose false easting explains the numbers, and the reason."""
    easting = float(np.median(pairs[:, 0]))
    zone = int(easting // 1_000_000)
    if zone in _PREFIXED:
        system = f"EPSG:{_PREFIXED[zone]}"
        kind = "3 度" if zone in _THREE_DEGREE else "6 度"
        others = ["EPSG:3857"] if zone < 20 else []
        return [system, *others], f"横坐标带 {zone} 带号({kind}带),对应 {shown(system)}"
    if 1e5 <= easting <= 9e5:
        return _PLAIN, "横坐标不带带号,单凭数值分不清中央经线"
    return ["EPSG:3857"], "横坐标像 Web 墨卡托"


def fits_area(crs: str, pairs: np.ndarray) -> bool:
    """Whether the positions fall where the system is made for."""
    area = pyproj.CRS.from_user_input(crs).area_of_use
    lon, lat = to_lonlat(crs)(pairs[:, 0], pairs[:, 1])
    if area is None:
        return bool(np.isfinite(lon).mean() > _MOST)
    inside = (lon >= area.west - _AREA_MARGIN) & (lon <= area.east + _AREA_MARGIN)
    inside &= (lat >= area.south - _AREA_MARGIN) & (lat <= area.north + _AREA_MARGIN)
    return bool(inside.mean() > _MOST)


def fit(crs: str, pairs: np.ndarray, outline: Outline | None) -> Fit:
    """How well the positions agree with the outline when read as `crs`."""
    if outline is None:
        return Fit(crs, None, None)
    there = np.column_stack(to_lonlat(crs)(pairs[:, 0], pairs[:, 1]))
    return Fit(crs, round(outline.inside(there), 4), round(outline.near(there), 4))


def caution(crs: str) -> str | None:
    """A warning for systems that PROJ knows only roughly."""
    if crs == GCJ02 or not crs.startswith("EPSG:"):
        return None
    name = pyproj.CRS.from_user_input(crs).name
    if name.startswith(_BALLPARK):
        return f"{name} 到 CGCS2000 没有公开的精确参数,位置可能差到百米;请向测绘部门索取转换参数"
    return None
