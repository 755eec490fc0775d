"""TopoJSON taken apart into the features of one of its objects.

Format: https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layers.readers.contracts import Part

_POINTS = {"Point": "point", "MultiPoint": "point"}
_ARCS = {
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "polygon",
    "MultiPolygon": "polygon",
}
_MOST_NESTED = 20

Position = Sequence[float]


class BadTopology(Exception):
    """The topology cannot be taken apart; the text says where, in Chinese."""


def parts_of(topology: dict[str, Any]) -> tuple[Part, ...]:
    """The objects of the topology, as parts to choose from."""
    return tuple(
        Part(name, name, _geometry(one), len(_members(one)))
        for name, one in _objects(topology).items()
    )


def features_of(topology: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The features of one object; a geometry that cannot be made comes with `broken` set."""
    arcs = _arcs(topology)
    transform = _transform(topology)
    return [_feature(one, arcs, transform) for one in _members(_objects(topology)[name])]


def _objects(topology: dict[str, Any]) -> dict[str, Any]:
    """The objects by name; some writers make a list of them."""
    objects = topology.get("objects")
    if isinstance(objects, list):
        objects = {f"对象{number}": one for number, one in enumerate(objects, start=1)}
    if not isinstance(objects, dict):
        raise BadTopology("没有 objects")
    return {str(name): one for name, one in objects.items() if isinstance(one, dict)}


def _members(one: dict[str, Any]) -> list[Any]:
    """The geometries of a collection, or the one that stands alone."""
    if one.get("type") != "GeometryCollection":
        return [one]
    geometries = one.get("geometries")
    return geometries if isinstance(geometries, list) else []


def _geometry(one: dict[str, Any]) -> str:
    kinds = {
        (_POINTS | _ARCS).get(str(member.get("type")), "mixed")
        for member in _members(one)
        if isinstance(member, dict)
    }
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "none"


def _transform(topology: dict[str, Any]) -> tuple[float, float, float, float] | None:
    transform = topology.get("transform")
    if not isinstance(transform, dict):
        return None
    try:
        (a, b), (c, d) = transform["scale"], transform["translate"]
        return float(a), float(b), float(c), float(d)
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadTopology("transform 写法不对") from wrong


def _arcs(topology: dict[str, Any]) -> list[list[Position] | None]:
    """Every arc as positions; None where it cannot be read."""
    arcs = topology.get("arcs", [])
    if not isinstance(arcs, list):
        raise BadTopology("arcs 不是数组")
    transform = _transform(topology)
    return [_arc(one, transform) for one in arcs]


def _arc(points: Any, transform: tuple[float, float, float, float] | None) -> list[Position] | None:
    """One arc; with a transform its points are steps on a grid."""
    if not isinstance(points, list) or not all(_is_position(point) for point in points):
        return None
    if transform is None:
        return [point[:2] for point in points]
    x = y = 0.0
    a, b, c, d = transform
    made: list[Position] = []
    for dx, dy, *_ in points:
        x, y = x + dx, y + dy
        made.append((x * a + c, y * b + d))
    return made


def _is_position(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in point[:2])
    )


def _feature(one: Any, arcs: list[list[Position] | None], transform: Any) -> dict[str, Any]:
    """A GeoJSON feature; geometry "broken" (a text) where the file's cannot be made."""
    if not isinstance(one, dict):
        return {"type": "Feature", "properties": {}, "geometry": "broken"}
    properties = one.get("properties")
    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": properties if isinstance(properties, dict) else {},
    }
    if "id" in one:
        feature["id"] = one["id"]
    try:
        feature["geometry"] = _shape(one, arcs, transform, 0)
    except (TypeError, ValueError, IndexError, KeyError):
        feature["geometry"] = "broken"
    return feature


def _shape(one: dict[str, Any], arcs: Any, transform: Any, depth: int) -> dict[str, Any] | None:
    """The GeoJSON geometry; None where the file has a null. Raises for what cannot be made."""
    kind = one.get("type")
    if kind is None:
        return None
    if kind in _POINTS:
        return {"type": kind, "coordinates": _placed(one["coordinates"], kind, transform)}
    if kind == "GeometryCollection":
        if depth > _MOST_NESTED:
            raise ValueError(kind)
        members = [_shape(member, arcs, transform, depth + 1) for member in one["geometries"]]
        return {"type": kind, "geometries": members}
    if kind not in _ARCS:
        raise ValueError(kind)
    return {"type": kind, "coordinates": _COORDINATES[kind](one["arcs"], arcs)}


def _placed(coordinates: Any, kind: str, transform: Any) -> Any:
    if kind == "MultiPoint":
        return [_placed(one, "Point", transform) for one in coordinates]
    if not _is_position(coordinates):
        raise ValueError("coordinates")
    x, y = coordinates[:2]
    if transform is None:
        return [x, y]
    a, b, c, d = transform
    return [x * a + c, y * b + d]


def _line(numbers: Any, arcs: list[list[Position] | None]) -> list[Position]:
    """Arcs joined end to end; ~n is arc n backwards, and shared ends are kept once."""
    made: list[Position] = []
    for number in numbers:
        arc = arcs[number if number >= 0 else ~number]
        if not arc:
            raise ValueError("arc")
        points = arc if number >= 0 else arc[::-1]
        made += points[1:] if made else points
    if len(made) < 2:
        raise ValueError("arcs")
    return made


def _lines(lists: Any, arcs: Any) -> list[list[Position]]:
    return [_line(one, arcs) for one in lists]


def _polygons(lists: Any, arcs: Any) -> list[list[list[Position]]]:
    return [_lines(one, arcs) for one in lists]


_COORDINATES: dict[str, Any] = {
    "LineString": _line,
    "MultiLineString": _lines,
    "Polygon": _lines,
    "MultiPolygon": _polygons,
}
