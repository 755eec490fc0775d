"""The names of coordinate systems, as people and files write them."""

from __future__ import annotations

import re

import pyproj
from pyproj.exceptions import CRSError

from layers.errors import UnknownCRS

GCJ02 = "gcj02"
BD09 = "bd09"
LONLAT = frozenset({"EPSG:4326", "EPSG:4490"})  # treated as equal: they differ by centimetres
_WAYS = "可写 auto、EPSG:编号(如 EPSG:4490、EPSG:4547)、gcj02 或 bd09"
_OFFSETS = {"gcj02": GCJ02, "gcj-02": GCJ02, "gcj": GCJ02, "bd09": BD09, "bd-09": BD09}
_OFFSETS |= {"bd09ll": BD09}
_COMMON = {"wgs84": "EPSG:4326", "wgs-84": "EPSG:4326", "cgcs2000": "EPSG:4490"}


def named(text: str) -> str:
    """The normal form of what a person wrote: EPSG:n, gcj02 or bd09; raises UnknownCRS."""
    plain = text.strip().lower()
    if plain in _OFFSETS:
        return _OFFSETS[plain]
    plain = _COMMON.get(plain, plain)
    match = re.fullmatch(r"(?:epsg\s*[::]\s*)?(\d{1,6})", plain, flags=re.IGNORECASE)
    if match is None:
        raise UnknownCRS(f"不认识的坐标系 {text};{_WAYS}")
    name = f"EPSG:{int(match[1])}"
    crs = _system(name, text)
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) > 2:
        raise UnknownCRS(f"{name}({crs.name})不是平面或经纬度坐标系,用不了;{_WAYS}")
    return name


def declared(text: str | None) -> str | None:
    """The normal form of what a file says of itself: EPSG:n, gcj02, bd09, or its own name.

    None when the file says nothing, or nothing that is understood.
    """
    if not text:
        return None
    if text.strip().lower() in _OFFSETS:
        return _OFFSETS[text.strip().lower()]
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError:
        return None
    crs = _flat(crs)
    if crs.name.startswith(("Undefined", "unknown")):
        return None
    code = crs.to_epsg(min_confidence=70)
    if code is not None:
        return f"EPSG:{code}"
    if "CRS84" in text or crs.name.startswith("WGS 84 (CRS84"):
        return "EPSG:4326"
    return str(crs.to_wkt()) if crs.is_geographic or crs.is_projected else None


def shown(name: str | None) -> str:
    """The name with its title, for people."""
    if name is None:
        return "未声明"
    if name in {GCJ02, BD09}:
        return {GCJ02: "GCJ-02(火星坐标)", BD09: "BD-09(百度坐标)"}[name]
    title = _flat(pyproj.CRS.from_user_input(name)).name
    return f"{name}({title})" if name.startswith("EPSG:") else title


def is_projected(name: str) -> bool:
    """Whether coordinates of this system are metres, not degrees."""
    return name not in {GCJ02, BD09} and bool(pyproj.CRS.from_user_input(name).is_projected)


def _flat(crs: pyproj.CRS) -> pyproj.CRS:
    return crs.sub_crs_list[0] if crs.is_compound and crs.sub_crs_list else crs


def _system(name: str, text: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError as wrong:
        raise UnknownCRS(f"没有坐标系 {text};{_WAYS}") from wrong
