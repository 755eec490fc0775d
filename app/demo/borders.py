"""Counties and towns as one planar partition: shared borders are equal vertex by vertex."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.demo import fractal, tables

GRID = 1e-6  # about 0.1 m: every vertex lies on this grid, so that borders are exactly equal
STEP = 0.006
RELAXATIONS = 4


@dataclass(frozen=True, slots=True)
class Shapes:
    """Geometry by region code, in code order."""

    towns: dict[str, BaseGeometry]
    counties: dict[str, BaseGeometry]
    outline: BaseGeometry


@cache
def shapes() -> Shapes:
    """The whole partition; the same on every run."""
    drafts = _draft_counties()
    lines: list[BaseGeometry] = [LineString(arc) for arc in _arcs()]
    seeds = {code: _town_seeds(code, shape) for code, shape in drafts.items()}
    for code, shape in drafts.items():
        lines += _town_edges(code, shape, seeds[code])
    net = shapely.unary_union(lines, grid_size=GRID)
    faces = list(shapely.get_parts(shapely.polygonize([net])))
    towns = _name_faces(faces, drafts, seeds)
    counties = {
        county.code: _merged(
            [towns[town.code] for town in tables.towns() if town.parent == county.code]
        )
        for county in tables.counties()
    }
    return Shapes(
        towns=towns,
        counties=counties,
        outline=_merged(list(counties.values())),
    )


@cache
def _arcs() -> tuple[fractal.Points, ...]:
    controls = tables.polylines("demo/borders.csv", "arc")
    return tuple(
        fractal.roughen(
            fractal.smooth(np.array(points), 0.03),
            fractal.generator("arc", name),
            step=STEP,
            roughness=0.13,
        )
        for name, points in controls.items()
    )


def _draft_counties() -> dict[str, Polygon]:
    net = shapely.unary_union([LineString(arc) for arc in _arcs()], grid_size=GRID)
    faces = list(shapely.get_parts(shapely.polygonize([net])))
    return {
        county.code: next(
            face for face in faces if face.contains(Point(county.longitude, county.latitude))
        )
        for county in tables.counties()
    }


def _town_seeds(code: str, shape: Polygon) -> fractal.Points:
    """One point per town, the first at the county seat, the others spread evenly (Lloyd)."""
    facts = next(county for county in tables.counties() if county.code == code)
    count = sum(1 for town in tables.towns() if town.parent == code)
    rng = fractal.generator("towns", code)
    seat = np.array([[facts.longitude, facts.latitude]])
    points = np.vstack([seat, _scatter(shape, count - 1, rng)])
    for _ in range(RELAXATIONS):
        cells = [cell.intersection(shape) for cell in _cells(points, shape)]
        centres = np.array([[cell.centroid.x, cell.centroid.y] for cell in cells])
        points = np.vstack([seat, points[1:] + 0.8 * (centres[1:] - points[1:])])
    return points


def _scatter(shape: Polygon, count: int, rng: np.random.Generator) -> fractal.Points:
    west, south, east, north = shape.bounds
    inside: list[tuple[float, float]] = []
    while len(inside) < count:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shape.contains(Point(x, y)):
            inside.append((x, y))
    return np.array(inside).reshape(-1, 2)


def _cells(points: fractal.Points, shape: Polygon) -> list[Polygon]:
    """Voronoi cells in the order of the points."""
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=shape.buffer(0.3), ordered=True)
    return list(shapely.get_parts(cells))


def _town_edges(code: str, shape: Polygon, points: fractal.Points) -> list[BaseGeometry]:
    """The inner borders of a county's towns, roughened; each shared border drawn once."""
    net = shapely.unary_union([cell.boundary for cell in _cells(points, shape)])
    edges: list[BaseGeometry] = []
    for number, edge in enumerate(_segments(net)):
        rng = fractal.generator("town-edge", code, number)
        rough = fractal.roughen(shapely.get_coordinates(edge), rng, step=STEP, roughness=0.08)
        inner = LineString(rough).intersection(shape.buffer(2 * GRID))
        edges += [part for part in shapely.get_parts(inner) if part.length > 0]
    return edges


def _segments(net: BaseGeometry) -> list[LineString]:
    merged = shapely.get_parts(shapely.line_merge(net))
    segments = [
        LineString(pair)
        for line in merged
        for pair in zip(line.coords[:-1], line.coords[1:], strict=True)
    ]
    return sorted(segments, key=lambda line: tuple(np.round(line.centroid.coords[0], 6)))


def _name_faces(
    faces: Sequence[Polygon], drafts: dict[str, Polygon], seeds: dict[str, fractal.Points]
) -> dict[str, BaseGeometry]:
    """Give every face to a town: the largest to the cell it covers, slivers to a neighbour."""
    of_county: defaultdict[str, list[Polygon]] = defaultdict(list)
    for face in faces:
        of_county[_county_of(face, drafts)].append(face)
    named: dict[str, BaseGeometry] = {}
    for county, shape in drafts.items():
        codes = [town.code for town in tables.towns() if town.parent == county]
        cells = _cells(seeds[county], shape)
        named |= dict(zip(codes, _dealt(of_county[county], cells), strict=True))
    return named


def _dealt(faces: list[Polygon], cells: list[Polygon]) -> list[BaseGeometry]:
    """One merged shape per cell, together all the faces."""
    mains = [int(np.argmax(shapely.area(shapely.intersection(faces, cell)))) for cell in cells]
    held = [[faces[number]] for number in mains]
    for number, face in enumerate(faces):
        if number not in mains:
            touching = shapely.length(shapely.intersection([parts[0] for parts in held], face))
            held[int(np.argmax(touching))].append(face)
    return [_merged(parts) for parts in held]


def _county_of(face: Polygon, drafts: dict[str, Polygon]) -> str:
    inside = face.representative_point()
    return min(drafts, key=lambda code: drafts[code].distance(inside))


def _single(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def _merged(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """Union of faces that touch without overlapping, keeping every vertex."""
    polygons = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return _single(shapely.coverage_union_all(polygons))
