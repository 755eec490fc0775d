"""Geometries from GeoJSON: what is written wrongly but plainly meant is repaired and named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely

_KINDS = {
    one.lower(): one
    for one in (
        "Feature",
        "FeatureCollection",
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    )
}
# How deep the positions lie in `coordinates`.
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_RINGS = {"Polygon", "MultiPolygon"}
_MOST_NESTED = 20
_CASE = "类型的大小写不合规范,已按规范读取"
_TEXT = "坐标写成了文本,已转成数"
_OPEN = "环没有闭合,已闭合"
_SUSPICIOUS = (b'"', b"null", b"true", b"false")
_INTEGERS = 2**63


@dataclass(frozen=True, slots=True)
class Made:
    """Geometries (None where missing or broken), which are broken, and which were repaired how."""

    geometries: np.ndarray
    broken: np.ndarray
    repaired: dict[str, list[int]] = field(default_factory=dict)


class _NotMeant(Exception):
    """The object is no geometry, not even a wrongly written one."""


def kind_of(one: Any) -> str:
    """The GeoJSON type of an object as the standard spells it; "" for any other object."""
    kind = one.get("type") if isinstance(one, dict) else None
    return _KINDS.get(kind.lower(), "") if isinstance(kind, str) else ""


def geometries_of(members: list[Any]) -> Made:
    """A geometry for every member that has one; an object with NaN stays as it is."""
    if all(_is_point(one) for one in members):
        pairs = np.array([one["coordinates"][:2] for one in members], dtype=float)
        return Made(shapely.points(pairs), np.zeros(len(members), dtype=bool))
    texts = np.array([_text(one) for one in members], dtype=object)
    geometries = shapely.from_geojson(texts, on_invalid="ignore")
    broken = np.zeros(len(members), dtype=bool)
    repaired: dict[str, list[int]] = {}
    for at in np.flatnonzero(shapely.is_missing(geometries)).tolist():
        if members[at] is None:
            continue
        try:
            words: set[str] = set()
            with np.errstate(invalid="ignore"):  # NaN is for `assemble` to report
                geometries[at] = _built(members[at], words, 0)
        except (_NotMeant, ValueError, TypeError, OverflowError, shapely.errors.GEOSException):
            broken[at] = True
        else:
            for one in sorted(words):
                repaired.setdefault(one, []).append(at)
    return Made(geometries, broken, repaired)


def _text(one: Any) -> bytes | None:
    """The object as text for GEOS; None where GEOS would make up coordinates or reads none.

    GEOS takes text and null among coordinates for numbers of its own making, and a null NaN is.
    """
    if not isinstance(one, dict):
        return None
    try:
        coordinates = orjson.dumps(one.get("coordinates", one.get("geometries")))
        if "coordinates" in one and any(word in coordinates for word in _SUSPICIOUS):
            return None
        if "geometries" in one:
            return None  # members are looked at one by one
        return orjson.dumps({"type": one.get("type"), "coordinates": one.get("coordinates")})
    except (TypeError, ValueError):
        return None


def _is_point(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("type") != "Point":
        return False
    pair = one.get("coordinates")
    return isinstance(pair, list) and len(pair) >= 2 and all(_is_number(one) for one in pair[:2])


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return True
    return isinstance(value, int) and value is not True and abs(value) < _INTEGERS


def _built(one: Any, words: set[str], depth: int) -> shapely.Geometry:
    """The geometry that is meant, with what was repaired added to `words`."""
    kind = kind_of(one)
    if depth > _MOST_NESTED or kind in {"", "Feature", "FeatureCollection"}:
        raise _NotMeant
    if one["type"] != kind:
        words.add(_CASE)
    if kind == "GeometryCollection":
        members = one.get("geometries")
        if not isinstance(members, list):
            raise _NotMeant
        return shapely.GeometryCollection([_built(each, words, depth + 1) for each in members])
    coordinates = _numbers(one.get("coordinates"), _DEPTH[kind], words)
    if kind in _RINGS:
        polygons = [coordinates] if kind == "Polygon" else coordinates
        polygons = [[_closed(ring, words) for ring in polygon] for polygon in polygons]
        coordinates = polygons[0] if kind == "Polygon" else polygons
    return _MAKERS[kind](coordinates)


def _numbers(value: Any, depth: int, words: set[str]) -> Any:
    """Positions of two numbers, at the depth where they belong."""
    if not isinstance(value, list):
        raise _NotMeant
    if depth:
        return [_numbers(one, depth - 1, words) for one in value]
    if len(value) < 2:
        raise _NotMeant
    return [_number(one, words) for one in value[:2]]


def _number(value: Any, words: set[str]) -> float:
    if isinstance(value, str):
        number = float(value)  # ValueError: a word, no number
        words.add(_TEXT)
        return number
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _NotMeant
    return float(value)


def _closed(ring: list[list[float]], words: set[str]) -> list[list[float]]:
    if len(ring) >= 3 and ring[0] != ring[-1]:
        words.add(_OPEN)
        ring = [*ring, ring[0]]
    if len(ring) < 4:
        raise _NotMeant
    return ring


def _polygon(rings: list[Any]) -> shapely.Polygon:
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


_MAKERS: dict[str, Any] = {
    "Point": shapely.Point,
    "MultiPoint": shapely.MultiPoint,
    "LineString": shapely.LineString,
    "MultiLineString": shapely.MultiLineString,
    "Polygon": _polygon,
    "MultiPolygon": lambda polygons: shapely.MultiPolygon([_polygon(one) for one in polygons]),
}
