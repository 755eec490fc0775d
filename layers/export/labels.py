"""How a file says which coordinate system it is in; GCJ-02 and BD-09 never pass for WGS-84."""

from __future__ import annotations

import re

import pyproj

from layers.crs.names import LONLAT, is_projected
from layers.crs.system import BD09, GCJ02

_ENDINGS = {"shp": "zip"}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*!\u202a-\u202e\u2066-\u2069]')
_LONGEST = 120  # bytes; with the ending and an operating system's own additions below 255
_SHORT = {GCJ02: "GCJ-02", BD09: "BD-09"}
# The Krasovsky ellipsoid that both offsets are computed on. No authority, no code: a program that
# does not know these names has to ask instead of placing the features half a kilometre off.
_WKT = (
    'GEOGCS["{name}",DATUM["{name}",SPHEROID["Krasovsky_1940",6378245,298.3]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)


def system(crs: str) -> pyproj.CRS:
    """The label of a coordinate system for formats that take a definition."""
    if crs in _SHORT:
        return pyproj.CRS.from_wkt(_WKT.format(name=_SHORT[crs]))
    return pyproj.CRS.from_user_input(crs)


def short(crs: str) -> str:
    """The label in a file name: GCJ-02, EPSG4547; empty for longitude and latitude."""
    if crs in LONLAT:
        return ""
    return _SHORT.get(crs, crs.replace(":", ""))


def coordinate_columns(crs: str) -> tuple[str, str]:
    """The names of the two columns of a table of points; an offset stands in the name."""
    if crs in _SHORT:
        return f"lon_{crs}", f"lat_{crs}"
    return ("x", "y") if is_projected(crs) else ("lon", "lat")


def file_name(title: str, crs: str, kind: str, version: int | None = None) -> str:
    """A name for the download: what it is, which version, and the coordinate system if unusual."""
    label = "" if title.endswith(short(crs)) else short(crs)
    parts = [title, f"v{version}" if version is not None else "", label]
    plain = _NOT_IN_NAMES.sub("_", "_".join(one for one in parts if one)).strip(" .")
    whole = plain.encode()[:_LONGEST].decode(errors="ignore") or "layer"
    return f"{whole}.{_ENDINGS.get(kind, kind)}"
