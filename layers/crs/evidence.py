"""What the numbers themselves say about their coordinate system."""

from __future__ import annotations

import re

import numpy as np
import pyproj
import shapely

from layers.crs import zones
from layers.crs.names import shown
from layers.crs.system import NAMED, System, split
from layers.crs.transform import to_lonlat

_SAMPLE = 1500
_FEATURES = 5000
_MOST = 0.5
_BOTH = 0.1  # share of a second zone's prefix from which a file is of two zones
_AREA_MARGIN = 1.0  # degrees around a system's area of use
_PLAIN = [f"EPSG:{code}" for code in (*range(4534, 4555), *range(4502, 4513))]
_BALLPARK = ("Xian 1980", "Beijing 1954", "New Beijing")
_CHINA = (73.0, 136.0, 3.0, 54.0)  # west, east, south, north
_NORTHING = (3.3e5, 6.1e6)  # of China, metres from the equator
_PLAIN_EASTING = (1e5, 9e5)
_MERCATOR = (8.1e6, 15.2e6)  # Web Mercator's x in China
_OLD_DATUMS = ((2349, 2370, 2327), (2401, 2422, 21413))  # first 3° zone, first 3° CM, first 6° zone


def sample(geometries: np.ndarray) -> np.ndarray:
    """Some vertices, evenly taken, in the file's own numbers; never infinite."""
    pairs = shapely.get_coordinates(geometries)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    some: np.ndarray = pairs[:: max(1, len(pairs) // _SAMPLE)]
    return some


def features(geometries: np.ndarray) -> np.ndarray:
    """One position within each feature (of evenly taken ones where there are very many)."""
    some = geometries[:: max(1, len(geometries) // _FEATURES)]
    bounds = shapely.bounds(some)
    some = some[np.isfinite(bounds).all(axis=1)]
    within = np.where(
        shapely.get_dimensions(some) == 2, shapely.point_on_surface(some), shapely.centroid(some)
    )
    pairs = shapely.get_coordinates(within)
    kept: np.ndarray = pairs[np.isfinite(pairs).all(axis=1)]
    return kept


def looks_like_degrees(pairs: np.ndarray) -> bool:
    """Whether most numbers can be longitude and latitude, in either order."""
    x, y = np.abs(pairs[:, 0]), np.abs(pairs[:, 1])
    inside = (np.minimum(x, y) <= 90.0) & (np.maximum(x, y) <= 180.0)
    return _mostly(inside)


def latitude_first(pairs: np.ndarray) -> bool:
    """Whether degrees make sense only with the latitude in front."""
    x, y = pairs[:, 0], pairs[:, 1]
    if _mostly((np.abs(y) > 90.0) & (np.abs(x) <= 90.0)):
        return True
    west, east, south, north = _CHINA
    straight = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    turned = (y >= west) & (y <= east) & (x >= south) & (x <= north)
    return _mostly(turned & ~straight)


def looks_like_metres(pairs: np.ndarray) -> bool:
    """Whether most numbers can be a projection's metres."""
    x, y = np.abs(pairs[:, 0]), np.abs(pairs[:, 1])
    inside = (x < 5e7) & (y < 5e7) & (np.minimum(x, y) < 2.1e7) & (np.maximum(x, y) > 1e4)
    return _mostly(inside)


def north_first(pairs: np.ndarray) -> bool:
    """Whether metres look like a survey's list: X north, Y east."""
    x, y = (float(np.median(pairs[:, at])) for at in (0, 1))
    east = _easting(y) or _MERCATOR[0] <= y <= _MERCATOR[1]
    return _NORTHING[0] <= x <= _NORTHING[1] and east and not _northing_and_easting(x, y)


def metre_candidates(pairs: np.ndarray) -> tuple[list[str], str]:
    """The systems whose false easting explains the numbers, most likely first, and the reason."""
    easting = float(np.median(pairs[:, 0]))
    zone = int(easting // 1_000_000)
    if zone in zones.PREFIXED:
        return _of_zone(pairs, zone)
    if _PLAIN_EASTING[0] <= easting <= _PLAIN_EASTING[1]:
        return _PLAIN, "横坐标不带带号,单凭数值分不清中央经线"
    return ["EPSG:3857"], "横坐标像 Web 墨卡托"


def other_makes(crs: str) -> list[str]:
    """The same zone made from GCJ-02 positions, and in the older datums Xian80 and Beijing54."""
    match = re.fullmatch(r"EPSG:(\d+)", crs)
    if match is None or not 4491 <= int(match[1]) <= 4554:
        return []
    code = int(match[1])
    found = [System(crs, offset=True).name]
    for three, meridian, six in _OLD_DATUMS:
        if code >= 4534:
            found.append(f"EPSG:{meridian + code - 4534}")
        elif code >= 4513:
            found.append(f"EPSG:{three + code - 4513}")
        elif code <= 4501:
            found.append(f"EPSG:{six + code - 4491}")
    return [one for one in found if one.endswith("gcj02") or _same_zone(one, crs)]


def fits_area(crs: str, pairs: np.ndarray) -> bool:
    """Whether the positions fall where the system is made for."""
    base = split(crs).base
    area = None if base in NAMED else pyproj.CRS.from_user_input(base).area_of_use
    lon, lat = to_lonlat(crs)(pairs[:, 0], pairs[:, 1])
    if area is None:
        return _mostly(np.isfinite(lon))
    inside = (lon >= area.west - _AREA_MARGIN) & (lon <= area.east + _AREA_MARGIN)
    inside &= (lat >= area.south - _AREA_MARGIN) & (lat <= area.north + _AREA_MARGIN)
    return _mostly(inside)


def caution(crs: str) -> str | None:
    """A warning for systems that PROJ knows only roughly."""
    system = split(crs)
    if not system.base.startswith("EPSG:") or system.seven:
        return None
    name = pyproj.CRS.from_user_input(system.base).name
    if name.startswith(_BALLPARK):
        return (
            f"{name} 到 CGCS2000 没有公开的精确参数,位置可能差到百米;"
            "请向测绘部门索取七参数并用 --parameters 给出"
        )
    return None


def _of_zone(pairs: np.ndarray, zone: int) -> tuple[list[str], str]:
    system = zones.PREFIXED[zone]
    width = 3 if zone in zones.THREE_DEGREE else 6
    found = zones.zones(pairs[:, 0])
    present = [int(one) for one in np.unique(found) if (found == one).mean() >= _BOTH]
    if len(present) > 1 and all(one in zones.PREFIXED for one in present):
        listed = "、".join(str(one) for one in present)
        both = f"cgcs2000-gk{width}"
        return [both], f"横坐标带 {listed} 几个带号({width} 度带),各点按自己的带号换算"
    others = ["EPSG:3857"] if zone < 20 else []
    return [system, *others], f"横坐标带 {zone} 带号({width} 度带),对应 {shown(system)}"


def _easting(value: float) -> bool:
    plain = _PLAIN_EASTING[0] <= value <= _PLAIN_EASTING[1]
    return plain or int(value // 1_000_000) in zones.PREFIXED


def _northing_and_easting(x: float, y: float) -> bool:
    """Whether the numbers also make sense in their order: easting first."""
    return _easting(x) and _NORTHING[0] <= y <= _NORTHING[1]


def _same_zone(one: str, other: str) -> bool:
    tails = [pyproj.CRS.from_user_input(crs).name.split(" / ")[-1] for crs in (one, other)]
    return tails[0] == tails[1]


def _mostly(condition: np.ndarray) -> bool:
    return bool(len(condition)) and float(condition.mean()) > _MOST
