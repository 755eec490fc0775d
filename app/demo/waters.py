"""The stylised rivers: smooth lines with a little meandering, inside the city's outline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from app.demo import borders, fractal, tables

STEP = 0.004


@dataclass(frozen=True, slots=True)
class River:
    """A river inside the city; grade 1 is the widest. `line` runs downstream."""

    name: str
    grade: int
    line: BaseGeometry


@cache
def rivers() -> tuple[River, ...]:
    """All rivers, main stems first."""
    grades = {row["river"]: int(row["grade"]) for row in tables.rows("demo/rivers.csv")}
    outline = borders.shapes().outline
    controls = tables.polylines("demo/rivers.csv", "river")
    return tuple(
        River(name, grades[name], _longest(_course(name, points).intersection(outline)))
        for name, points in sorted(controls.items(), key=lambda item: grades[item[0]])
    )


def point_on(river: str, fraction: float) -> Point:
    """The place at `fraction` of a river's length, counted from its upper end."""
    line = next(one.line for one in rivers() if one.name == river)
    return shapely.line_interpolate_point(line, fraction, normalized=True)


def _course(name: str, points: list[tuple[float, float]]) -> LineString:
    rng = fractal.generator("river", name)
    bends = fractal.roughen(np.array(points), rng, step=0.035, roughness=0.16)
    return LineString(fractal.smooth(bends, STEP))


def _longest(shape: BaseGeometry) -> BaseGeometry:
    return max(shapely.get_parts(shape), key=lambda part: part.length)
