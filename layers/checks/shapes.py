"""Shapes as they should be: valid, no vertex twice, rings turning one way, no needles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import shapely

from layers.checks.contracts import Issue
from layers.checks.needles import has_needle, without_needles
from layers.checks.repairs import Reshape
from layers.checks.subject import Subject

_REASONS = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "洞在面外",
    "Holes are nested": "洞套着洞",
    "Nested shells": "面套着面",
    "Duplicate Rings": "环重复",
    "Interior is disconnected": "内部被隔断",
    "Too few points in geometry component": "顶点太少",
    "Ring is not closed": "环未闭合",
}
_PLACE = re.compile(r"\[([-\d.e+]+) ([-\d.e+]+)\]")


def look_repeated(subject: Subject) -> Iterator[Issue]:
    """Lines and polygons with a vertex that stands twice in a row."""
    shapes = subject.shapes
    some = np.flatnonzero(shapely.get_dimensions(shapes) > 0)
    if not len(some):
        return
    before = shapely.get_num_coordinates(shapes[some])
    fewer = shapely.get_num_coordinates(without_repeated(shapes[some]))
    at = some[fewer < before]
    if len(at):
        dropped = (before - fewer)[fewer < before]
        yield subject.issue(
            "repeated_vertex", None, at, problem=f"有重复顶点(共 {int(dropped.sum()):,} 个)",
            remedy="删去重复顶点,形状不变", severity="notice", fix="删去重复顶点",
            repair=Reshape(without_repeated),
            before=[f"{n} 个顶点" for n in before[fewer < before][:5]],
            after=[f"{n} 个顶点" for n in fewer[fewer < before][:5]],
        )  # fmt: skip


def look_validity(subject: Subject) -> Iterator[Issue]:
    """Lines and polygons that no calculation can use: repaired, or without any extent left."""
    shapes = subject.shapes
    some = np.flatnonzero((shapely.get_dimensions(shapes) > 0) & subject.on_earth)
    broken = some[~shapely.is_valid(shapes[some])]
    if not len(broken):
        return
    mended = made_valid(shapes[broken])
    gone = shapely.is_missing(mended)
    at = broken[~gone]
    if len(at):
        reasons = shapely.is_valid_reason(shapes[at[:5]])
        yield subject.issue(
            "invalid", None, at, problem=_reason(str(reasons[0])),
            remedy="自动修复,修复前后可对比", severity="error", fix="修复几何",
            repair=Reshape(made_valid),
            before=[_reason(str(one)) for one in reasons],
            after=[_size(new) for new in mended[~gone][:5]],
        )  # fmt: skip
    at = broken[gone]
    if len(at):
        yield subject.issue(
            "no_extent", None, at, problem="没有面积或长度(顶点重合或成一条线)",
            remedy="请在源数据中重画", severity="error",
            before=[_reason(str(one)) for one in shapely.is_valid_reason(shapes[at[:5]])],
        )  # fmt: skip


def look_turns(subject: Subject) -> Iterator[Issue]:
    """Polygons whose outer ring turns another way than that of most."""
    shapes = subject.shapes
    some = np.flatnonzero(shapely.get_type_id(shapes) == 3)
    some = some[subject.on_earth[some]]
    if len(some) < 2:
        return
    left = shapely.is_ccw(shapely.get_exterior_ring(shapes[some]))
    fewer = left if left.mean() < 0.5 else ~left
    at = some[fewer]
    if len(at):
        clockwise = bool(left.mean() < 0.5)
        yield subject.issue(
            "turn", None, at, problem="外环方向与多数面相反",
            remedy="统一环的方向,形状不变", severity="notice", fix="统一环的方向",
            repair=Reshape(_Turned(clockwise)),
        )  # fmt: skip


def look_needles(subject: Subject) -> Iterator[Issue]:
    """Polygons with needles: the border runs out to a vertex and straight back."""
    shapes = subject.shapes
    some = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & subject.on_earth)
    at = some[has_needle(shapes[some])]
    if len(at):
        yield subject.issue(
            "needle", None, at, problem="边界有尖刺(出去又折回的顶点)",
            remedy="删去尖刺顶点", severity="notice", fix="删去尖刺",
            repair=Reshape(without_needles),
            before=[_size(one) for one in shapes[at[:5]]],
            after=[_size(one) for one in without_needles(shapes[at[:5]])],
        )  # fmt: skip


def made_valid(shapes: np.ndarray) -> np.ndarray:
    """Shapes made valid, of the same dimension as before; None where nothing is left."""
    wanted = shapely.get_dimensions(shapes)
    good = shapely.is_valid(shapes)
    mended: np.ndarray = shapes.copy()
    mended[~good] = shapely.make_valid(shapes[~good], method="structure", keep_collapsed=False)
    mixed = np.flatnonzero(shapely.get_type_id(mended) == 7)
    for one in mixed:
        mended[one] = _highest(mended[one])
    lost = shapely.is_empty(mended) | (shapely.get_dimensions(mended) != wanted)
    mended[lost] = None
    return mended


def without_repeated(shapes: np.ndarray) -> np.ndarray:
    """Shapes without a vertex twice in a row; what would collapse is left as it is."""
    fewer: np.ndarray = shapely.remove_repeated_points(shapes, 0.0)
    collapsed = shapely.is_empty(fewer) | (
        shapely.get_dimensions(fewer) != shapely.get_dimensions(shapes)
    )
    fewer[collapsed] = shapes[collapsed]
    return fewer


class _Turned:
    """Outer rings turned clockwise or the other way."""

    def __init__(self, clockwise: bool) -> None:
        self._clockwise = clockwise

    def __call__(self, shapes: np.ndarray) -> np.ndarray:
        turned: np.ndarray = shapely.orient_polygons(shapes, exterior_cw=self._clockwise)
        return turned


def _highest(mixed: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(mixed)
    dimensions = shapely.get_dimensions(parts)
    best = parts[dimensions == dimensions.max(initial=-1)]
    return shapely.union_all(best) if len(best) else None


def _reason(told: str) -> str:
    words = _REASONS.get(_PLACE.sub("", told).strip(), "几何无效")
    place = _PLACE.search(told)
    return f"{words}({float(place[1]):.6f}, {float(place[2]):.6f})" if place else words


def _size(shape: shapely.Geometry) -> str:
    parts = shapely.get_num_geometries(shape)
    vertices = shapely.get_num_coordinates(shape)
    return f"{vertices} 个顶点" + (f",{parts} 个部分" if parts > 1 else "")
