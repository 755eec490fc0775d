"""Shapes of the demo's unit grids: every town divided around the middles in grids.csv."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from app.demo import borders
from topics.kit.catalogue import SHIPPED
from topics.kit.reference_rows import read_rows

TABLE = SHIPPED / "grid" / "grids.csv"
_FACTS = ("code", "name", "community", "beidou")


@cache
def shapes() -> dict[str, BaseGeometry]:
    """Every grid's shape by its 15-digit code; those of a town divide it without a gap."""
    of_town: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows():
        of_town[row["region"]].append(row)
    return {
        row["code"]: shape
        for town, rows in of_town.items()
        for row, shape in zip(rows, _divided(borders.shapes().towns[town], rows), strict=True)
    }


@cache
def communities() -> dict[str, BaseGeometry]:
    """The communities by their twelve digits, as their grids make them up."""
    parts: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in shapes().items():
        parts[code[:12]].append(shape)
    return {code: shapely.union_all(found) for code, found in parts.items()}


def frame() -> gpd.GeoDataFrame:
    """Grids: code, name, community, beidou, region (county), town, area_km2."""
    rows = _rows()
    values: dict[str, list[object]] = {name: [row[name] for row in rows] for name in _FACTS}
    values["region"] = [row["code"][:6] for row in rows]
    values["town"] = [row["region"] for row in rows]
    values["area_km2"] = [float(row["area_km2"]) for row in rows]
    found = shapes()
    return gpd.GeoDataFrame(values, geometry=[found[row["code"]] for row in rows], crs="EPSG:4326")


def grid_of(point: shapely.Point) -> str:
    """The code of the grid that holds a point; "" where no grid is drawn."""
    found = _tree().query(point, predicate="within")
    return list(shapes())[found[0]] if len(found) else ""


@cache
def _tree() -> shapely.STRtree:
    return shapely.STRtree(list(shapes().values()))


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(read_rows(TABLE, ("code", "name", "region", "lon", "lat", "area_km2")))


def _divided(town: BaseGeometry, rows: list[dict[str, str]]) -> list[BaseGeometry]:
    """Voronoi cells around the rows' middles, cut to the town."""
    middles = shapely.multipoints([(float(row["lon"]), float(row["lat"])) for row in rows])
    cells = shapely.voronoi_polygons(middles, extend_to=town, ordered=True)
    return list(shapely.intersection(shapely.get_parts(cells), town))
