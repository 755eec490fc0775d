"""Unit grids: what their shapes must satisfy, their areas, and who borders on whom.

Rules (GB/T 30428.1, now GB/T 47678.3; from general knowledge, unverified):
grids of a community leave no gap and do not overlap, each lies within one community, and a grid's
code begins with its community's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from topics.grid.codes import BadCode, read_grid

_ELLIPSOID = Geod(ellps="GRS80")
GAP = 1e-6  # of a community's area: what may differ by rounding of coordinates
_CROSSING = 1e-4  # of a grid's area outside its community


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a set of grids: which code, what is wrong, what to do."""

    code: str
    problem: str
    remedy: str


def area_km2(shape: BaseGeometry) -> float:
    """The ellipsoid's area of a shape in degrees (GRS80, as CGCS2000)."""
    square_metres, _ = _ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(square_metres)) / 1e6


def check_grids(
    grids: Mapping[str, BaseGeometry], communities: Mapping[str, BaseGeometry]
) -> list[Finding]:
    """Every fault of the grids against the communities they divide; none when all is well."""
    found: list[Finding] = []
    of_community: dict[str, list[str]] = {code: [] for code in communities}
    for code, shape in grids.items():
        wrong = _alone(code, shape, communities)
        if wrong:
            found.append(wrong)
        else:
            of_community[code[:12]].append(code)
    found += _overlaps(grids)
    for code, members in of_community.items():
        whole = communities[code]
        covered = shapely.union_all([grids[one] for one in members])
        gap = whole.difference(covered).area / whole.area
        if gap > GAP:
            found.append(
                Finding(code, f"有 {gap:.2%} 的面积不属于任何网格", "补画网格,或核对社区界线")
            )
    return found


def neighbours(shapes: Mapping[str, BaseGeometry]) -> dict[str, tuple[str, ...]]:
    """The codes that share a piece of border (not just a corner) with each one, in code order."""
    codes = sorted(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    own, other = tree.query([shapes[code] for code in codes], predicate="intersects")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(codes, ())
    for n, m in sorted(zip(own.tolist(), other.tolist(), strict=True)):
        shared = n != m and shapes[codes[n]].intersection(shapes[codes[m]])
        if shared and shapely.get_dimensions(shared) >= 1 and shared.length > 0:
            found[codes[n]] += (codes[m],)
    return found


def _alone(
    code: str, shape: BaseGeometry, communities: Mapping[str, BaseGeometry]
) -> Finding | None:
    try:
        read_grid(code)
    except BadCode as wrong:
        return Finding(code, str(wrong), "改正网格标识码")
    if not shape.is_valid or shape.is_empty:
        return Finding(code, "几何不正确或是空的", "修复自相交,或重画这个网格")
    community = communities.get(code[:12])
    if community is None:
        return Finding(code, f"前 12 位 {code[:12]} 不是本区的社区(村)", "改正代码,或补上社区界线")
    crossing = shape.difference(community).area / shape.area
    if crossing > _CROSSING:
        return Finding(code, f"有 {crossing:.1%} 的面积在所属社区之外", "把网格裁到社区界线以内")
    return None


def _overlaps(grids: Mapping[str, BaseGeometry]) -> list[Finding]:
    codes = [code for code in sorted(grids) if grids[code].is_valid]
    shapes = np.array([grids[code] for code in codes], dtype=object)
    own, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = own < other
    own, other = own[once], other[once]
    shared = shapely.area(shapely.intersection(shapes[own], shapes[other]))
    smaller = np.minimum(shapely.area(shapes[own]), shapely.area(shapes[other]))
    return [
        Finding(codes[n], f"与网格 {codes[m]} 重叠 {part:.2%}", "沿道路、河流重画两格之间的界线")
        for n, m, part in zip(own, other, shared / smaller, strict=True)
        if part > GAP
    ]
