"""The geometry of a KML placemark, its namespace stripped; heights are left out."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import numpy as np
import shapely

GEOMETRIES = frozenset(
    {
        "Point",
        "LineString",
        "LinearRing",
        "Polygon",
        "MultiGeometry",
        "Track",
        "MultiTrack",
        "Model",
    }
)
_MOST_NESTED = 20
_COMMA = re.compile(r"\s*,\s*")

Position = tuple[float, float]


class BadGeometry(Exception):
    """The placemark's geometry cannot be made."""


def local(tag: str) -> str:
    """A tag without its namespace: every version of KML has another one."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def made_from(placemark: Element) -> shapely.Geometry | None:
    """The placemark's geometry; None without any. Raises BadGeometry for a broken one."""
    found = [child for child in placemark if local(child.tag) in GEOMETRIES]
    if not found:
        return None
    try:
        with np.errstate(invalid="ignore"):  # NaN is for `assemble` to report
            parts = [part for one in found for part in _parts(one, 0)]
    except (ValueError, IndexError, shapely.errors.GEOSException) as wrong:
        raise BadGeometry from wrong
    return _joined(parts)


def _parts(one: Element, depth: int) -> list[shapely.Geometry]:
    kind = local(one.tag)
    if kind in {"MultiGeometry", "MultiTrack"}:
        if depth > _MOST_NESTED:
            raise BadGeometry
        inner = [child for child in one if local(child.tag) in GEOMETRIES]
        return [part for child in inner for part in _parts(child, depth + 1)]
    if kind == "Polygon":
        return [_polygon(one)]
    if kind == "Track":
        return [_line([_pair(child.text or "", None) for child in _named(one, "coord")])]
    if kind == "Model":
        place = next(iter(_named(one, "Location")))
        return [shapely.Point(_number(place, "longitude"), _number(place, "latitude"))]
    positions = _positions(one)
    if kind == "Point":
        return [shapely.Point(positions[0])]
    return [_line(positions)]


def _polygon(one: Element) -> shapely.Polygon:
    outer = [_positions(child) for child in _named(one, "outerBoundaryIs")]
    inner = [_positions(ring) for child in _named(one, "innerBoundaryIs") for ring in child]
    return shapely.Polygon(outer[0], [ring for ring in inner if len(ring) >= 3])


def _line(positions: list[Position]) -> shapely.Geometry:
    """A line, or the point that a track of one position is."""
    return shapely.Point(positions[0]) if len(positions) == 1 else shapely.LineString(positions)


def _positions(one: Element) -> list[Position]:
    texts = [child.text or "" for child in one.iter() if local(child.tag) == "coordinates"]
    tuples = _COMMA.sub(",", texts[0]).split()
    return [_pair(each, ",") for each in tuples]


def _pair(text: str, between: str | None) -> Position:
    x, y, *_ = text.split(between)
    return float(x), float(y)


def _number(one: Element, name: str) -> float:
    return float(next(iter(_named(one, name))).text or "")


def _named(one: Element, name: str) -> list[Element]:
    return [child for child in one if local(child.tag) == name]


def _joined(parts: list[shapely.Geometry]) -> shapely.Geometry | None:
    """One geometry of all parts; parts of one kind become its multi-geometry."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    kinds = {part.geom_type for part in parts}
    if kinds == {"Point"}:
        return shapely.MultiPoint(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    return shapely.GeometryCollection(parts)
