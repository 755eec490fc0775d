"""Features without a usable position, of another kind than the rest, or with X and Y swapped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from layers.checks.contracts import Issue
from layers.checks.repairs import Place
from layers.checks.subject import Subject, on_earth
from layers.crs.transform import apply, to_lonlat

_KINDS = ("点", "线", "面")
_CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north, the sea included
_FEW = 0.5  # more swapped than this is a question of the coordinate system


def look_swapped(subject: Subject) -> Iterator[Issue]:
    """Single features that lie right once their two columns change places."""
    at = np.flatnonzero(~_well_placed(subject, subject.shapes, subject.bounds))
    if not len(at):
        return
    swapped = _swapped(subject, at)
    fits = _well_placed(subject, swapped, shapely.bounds(swapped))
    at, swapped = at[fits], swapped[fits]
    if not len(at) or len(at) > _FEW * len(subject.rows):
        return
    original = subject.rules.original
    shown = subject.shapes if original is None else original.geometries
    before = [_text(shown[one]) for one in at[:5]]
    yield subject.issue(
        "swapped",
        None,
        at,
        item="坐标",
        problem=f"X、Y 互换({before[0]})",
        remedy="交换两列",
        severity="error",
        fix="交换两列",
        repair=Place(dict(zip(subject.rows[at].tolist(), swapped.tolist(), strict=True))),
        before=before,
        after=[_text(one) for one in swapped[:5]],
    )


def look_missing(subject: Subject) -> Iterator[Issue]:
    """Features without a geometry, and with coordinates that are no place on the earth."""
    shapes = subject.shapes
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    at = np.flatnonzero(nothing)
    if len(at):
        yield subject.issue(
            "no_geometry", None, at, problem="空几何,无坐标",
            remedy="补上经度、纬度后重新检查", severity="error",
        )  # fmt: skip
    at = np.flatnonzero(~nothing & ~subject.on_earth)
    if len(at):
        yield subject.issue(
            "off_earth", None, at, item="坐标",
            problem="坐标是 NaN、无穷大或在地球之外", remedy="请改正经度、纬度", severity="error",
            before=[_text(one) for one in shapes[at[:5]]],
        )  # fmt: skip


def look_kinds(subject: Subject) -> Iterator[Issue]:
    """Features of another kind than most; a layer holds points, lines or polygons."""
    dimensions = shapely.get_dimensions(subject.shapes)
    known = dimensions[dimensions >= 0]
    if not len(known):
        return
    usual = int(np.bincount(known).argmax())
    mixed = shapely.get_type_id(subject.shapes) == 7
    at = np.flatnonzero((dimensions >= 0) & ((dimensions != usual) | mixed))
    if len(at):
        yield subject.issue(
            "kind", None, at, problem=f"与多数要素({_KINDS[usual]})的几何类型不同",
            remedy="请按点、线、面分成多个文件上传", severity="error",
            before=[one.geom_type for one in subject.shapes[at[:5]]],
        )  # fmt: skip


def _well_placed(subject: Subject, shapes: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """In the city if its outline is known, else anywhere in China; nothing is well placed too."""
    west, south, east, north = _around(subject)
    with np.errstate(invalid="ignore"):
        inside: np.ndarray = (
            (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
            & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
        )  # fmt: skip
    inside |= shapely.is_missing(shapes)
    return inside


def _around(subject: Subject) -> tuple[float, float, float, float]:
    outline = subject.rules.outline
    if outline is None:
        return _CHINA
    west, south, east, north = shapely.total_bounds(outline.geometries).tolist()
    return west, south, east, north


def _swapped(subject: Subject, at: np.ndarray) -> np.ndarray:
    """The features with X and Y changed, in degrees; None where that is no place either."""
    original = subject.rules.original
    if original is None or len(original.geometries) != len(subject.rows):
        shapes, step = subject.shapes[at], to_lonlat("EPSG:4326")
    else:
        shapes, step = original.geometries[at], to_lonlat(original.crs)
    turned = shapely.transform(shapes, lambda pairs: pairs[:, ::-1])
    with np.errstate(all="ignore"):
        placed = apply(step, turned)
    placed = placed.copy()
    placed[~on_earth(placed) | shapely.is_missing(placed)] = shapely.Point()
    return placed


def _text(shape: shapely.Geometry | None) -> str:
    if shape is None or shape.is_empty:
        return "无"
    x, y = shapely.get_coordinates(shape)[0]
    more = " …" if shape.geom_type != "Point" else ""
    return f"{x:.10g}, {y:.10g}{more}"
