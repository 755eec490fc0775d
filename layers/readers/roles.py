"""What the names of columns say they hold: longitude, latitude, a pair, WKT, a grid code."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LON = {"lon", "lng", "long", "longitude", "x", "经度", "东经", "jd", "xcoord", "pointx", "横坐标"}
_LAT = {"lat", "latitude", "y", "纬度", "北纬", "wd", "ycoord", "pointy", "纵坐标"}
_LON |= {"xcoordinate", "经度坐标", "gpslng", "gpslon", "lngx", "lond", "x坐标", "东坐标", "东经e"}
_LAT |= {"ycoordinate", "纬度坐标", "gpslat", "laty", "latd", "y坐标", "北坐标", "北纬n"}
_LON |= {"经度e", "中心经度", "东经度", "easting", "坐标x", "lonx", "经"}
_LAT |= {"纬度n", "中心纬度", "北纬度", "northing", "坐标y", "纬"}
_WKT = {"wkt", "geom", "geometry", "thegeom", "几何", "空间坐标", "wktgeom", "shape"}
_PAIR = {"坐标", "经纬度", "location", "lnglat", "lonlat", "coordinates", "位置坐标", "latlon"}
_PAIR |= {"latlng", "经纬度坐标", "地理坐标", "坐标点", "gps", "gps坐标", "位置"}
_GRID = {
    "北斗网格码",
    "北斗网格位置码",
    "网格位置码",
    "北斗码",
    "网格码",
    "beidou",
    "bdgrid",
    "gridcode",
}
ROLES = {"lon": _LON, "lat": _LAT, "pair": _PAIR, "wkt": _WKT, "grid": _GRID}
# A word in the column's name that says which offset its coordinates carry.
_HINTS = (
    (re.compile(r"gcj(02)?|火星|高德|amap|gaode|腾讯"), "gcj02"),
    (re.compile(r"bd(09)?(ll)?(?!grid)|百度|baidu"), "bd09"),
    (re.compile(r"wgs(84)?"), "EPSG:4326"),
    (re.compile(r"cgcs(2000)?|国家2000"), "EPSG:4490"),
)
_DECORATION = re.compile(r"[\s_\-.°/]|[((\[].*?[))\]]")


def offset_of(column: object) -> str | None:
    """The offset that the column's name mentions."""
    return _plain(str(column))[1]


def bearing(columns: Iterable[object], role: str) -> list[str]:
    """The columns whose name says they play the role; a joined name counts by its last part."""
    return [str(column) for column in columns if role in _roles(str(column))]


def _roles(column: str) -> set[str]:
    spelled = {_plain(column)[0], _plain(column.rsplit("/", 1)[-1])[0]}
    return {role for role, names in ROLES.items() if spelled & names}


def _plain(column: str) -> tuple[str, str | None]:
    """A column's name without decoration, and the offset that its name mentions."""
    text = column.strip().lower()
    hint = None
    for pattern, declared in _HINTS:
        if pattern.search(text) and text not in _GRID:
            hint = declared
            text = pattern.sub("", text)
            break
    return _DECORATION.sub("", text), hint
