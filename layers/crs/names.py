"""The names of coordinate systems, as people and files write them."""

from __future__ import annotations

import re

import pyproj
from pyproj.exceptions import CRSError

from layers.crs import seven
from layers.crs.system import BD09, GCJ02, NAMED, System, split
from layers.errors import UnknownCRS

LONLAT = frozenset({"EPSG:4326", "EPSG:4490"})  # treated as equal: they differ by centimetres
_WAYS = "可写 auto、EPSG:编号(如 EPSG:4490、EPSG:4547)、gcj02 或 bd09"
_OFFSETS = {"gcj02": GCJ02, "gcj-02": GCJ02, "gcj": GCJ02, "bd09": BD09, "bd-09": BD09}
_OFFSETS |= {"bd09ll": BD09}
_TITLES = {
    GCJ02: "GCJ-02(火星坐标)",
    BD09: "BD-09(百度坐标)",
    "cgcs2000-gk3": "CGCS2000 3°带(各点按自己的带号)",
    "cgcs2000-gk6": "CGCS2000 6°带(各点按自己的带号)",
}
_GAUSS = re.compile(
    r"(?P<datum>CGCS2000|Xian 1980|Beijing 1954|New Beijing) / (?P<three>3-degree )?"
    r"Gauss-Kruger (?:zone (?P<zone>\d+)|CM (?P<meridian>\d+)E)"
)
_DATUMS = {"Xian 1980": "西安80", "Beijing 1954": "北京54", "New Beijing": "新北京54"}
_OFFSET_NAMES = re.compile(r"(gcj[-_ ]?02)|bd[-_ ]?09", re.IGNORECASE)
_COMMON = {"wgs84": "EPSG:4326", "wgs-84": "EPSG:4326", "cgcs2000": "EPSG:4490"}


def named(text: str) -> str:
    """The full name of what a person wrote: EPSG:n, gcj02, bd09 and so on; raises UnknownCRS."""
    system = split(re.sub(r"\s*[:\uff1a]\s*", ":", text.strip().lower()))
    shift = seven.parameters(system.seven).text if system.seven else None
    return System(_base(system.base, text), system.offset, system.swapped, shift).name


def _base(plain: str, text: str) -> str:
    if plain in _OFFSETS or plain in NAMED:
        return _OFFSETS.get(plain, plain)
    plain = _COMMON.get(plain, plain)
    match = re.fullmatch(r"(?:epsg\s*:\s*)?(\d{1,6})", plain, flags=re.ASCII | re.IGNORECASE)
    if match is None:
        raise UnknownCRS(f"不认识的坐标系 {text};{_WAYS}")
    name = f"EPSG:{int(match[1])}"
    crs = _system(name, text)
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) > 2:
        raise UnknownCRS(f"{name}({crs.name})不是平面或经纬度坐标系,用不了;{_WAYS}")
    return name


def with_parameters(name: str, given: seven.Given) -> str:
    """The full name with a supplied datum shift; raises UnknownCRS where there is none to make."""
    system = split(name)
    if system.base in NAMED or name in LONLAT:
        raise UnknownCRS(f"{shown(name)} 不需要七参数;七参数只用于西安80、北京54 等旧坐标系")
    shift = seven.parameters(given).text
    return System(system.base, system.offset, system.swapped, shift).name


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
    offset = _OFFSET_NAMES.search(crs.name)  # as our own exports call them
    if offset is not None:
        return GCJ02 if offset[1] else BD09
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
    system = split(name)
    text = _titled(system.base)
    if system.offset:
        text = f"GCJ-02 → {text}"
    if system.swapped:
        text += ",北(纬度)在前"
    if system.seven is None:
        return text
    model = "布尔沙" if system.seven.endswith("position_vector") else "坐标框架旋转"
    return f"{text},用给定的七参数({model})"


def _titled(base: str) -> str:
    if base in _TITLES:
        return _TITLES[base]
    title = _flat(pyproj.CRS.from_user_input(base)).name
    match = _GAUSS.fullmatch(title)
    if match is not None:
        datum = _DATUMS.get(match["datum"], match["datum"])
        width = "3°带" if match["three"] else "6°带"
        where = f" {match['zone']}" if match["zone"] else f",中央经线 {match['meridian']}°"
        title = f"{datum} {width}{where}"
    return f"{base}({title})" if base.startswith("EPSG:") else title


def is_projected(name: str) -> bool:
    """Whether coordinates of this system are metres, not degrees."""
    base = split(name).base
    if base in NAMED:
        return base not in {GCJ02, BD09}
    return bool(pyproj.CRS.from_user_input(base).is_projected)


def _flat(crs: pyproj.CRS) -> pyproj.CRS:
    return crs.sub_crs_list[0] if crs.is_compound and crs.sub_crs_list else crs


def _system(name: str, text: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError as wrong:
        raise UnknownCRS(f"没有坐标系 {text};{_WAYS}") from wrong
