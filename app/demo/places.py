"""Points of the demo city: air stations, kitchens, and places for whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import Point

from app.demo import borders, fractal, sites, tables

CRS = "EPSG:4326"
KITCHENS = 40
_ONLINE = 0.93


def air_stations() -> gpd.GeoDataFrame:
    """Air stations near the county seats: code, name, region."""
    seats = {county.code: county for county in tables.counties()}
    found = tables.rows("demo/air_stations.csv")
    points = [
        Point(
            seats[row["region"]].longitude + float(row["east"]),
            seats[row["region"]].latitude + float(row["north"]),
        )
        for row in found
    ]
    return framed(found, ["code", "name", "region"], points)


def at_sites(kind: str, *facts: str) -> gpd.GeoDataFrame:
    """The sites of a kind where their table puts them: code, name, region and those facts."""
    held = [one for one in sites.of_kind(kind) if one.longitude is not None]
    found = [
        {"code": one.code, "name": one.name, "region": one.parent}
        | {fact: one.fact(fact) for fact in facts}
        for one in held
    ]
    points = [Point(one.longitude, one.latitude) for one in held]
    return framed(found, ["code", "name", "region", *facts], points)


def kitchens(now: datetime) -> gpd.GeoDataFrame:
    """School kitchens under video supervision: code, name, region (county), state, seen."""
    rng = fractal.generator("kitchens")
    chosen = towns_by_weight(rng, KITCHENS)
    found = [
        {"code": f"SGCF{n:03d}", "name": f"{town.name}示例学校食堂", "region": town.parent}
        for n, town in enumerate(chosen, 1)
    ]
    points = near(chosen, rng)
    for row, luck in zip(found, rng.random(KITCHENS), strict=True):
        seen = now - timedelta(hours=float(4 + 60 * luck) if luck > _ONLINE else 0.05)
        row |= {
            "state": "离线" if luck > _ONLINE else "在线",
            "seen": seen.isoformat(timespec="minutes"),
        }
    return framed(found, ["code", "name", "region", "state", "seen"], points)


def towns_by_weight(rng: np.random.Generator, count: int) -> list[tables.PlaceName]:
    """Towns drawn by their county's population; the seat towns hold most of the people."""
    people = {county.code: county.population for county in tables.counties()}
    towns = tables.towns()
    first = {town.parent: town.code for town in reversed(towns)}
    weights = np.array(
        [people[t.parent] * (6.0 if first[t.parent] == t.code else 1.0) for t in towns]
    )
    return [towns[i] for i in rng.choice(len(towns), count, p=weights / weights.sum())]


def near(towns: Sequence[tables.PlaceName], rng: np.random.Generator) -> list[Point]:
    """A point for each town, gathered around its middle and inside it."""
    shapes = borders.shapes().towns
    points: list[Point] = []
    for town in towns:
        shape = shapes[town.code]
        middle = shape.representative_point()
        spread = np.sqrt(shape.area) / 7
        point = Point(middle.x + rng.normal(0, spread), middle.y + rng.normal(0, spread))
        points.append(point if shape.contains(point) else middle)
    return points


def framed(
    found: Sequence[dict[str, Any]], columns: list[str], points: Sequence[Point]
) -> gpd.GeoDataFrame:
    """The rows' columns with their points, on the grid that all demo geometry keeps."""
    values = {column: [row[column] for row in found] for column in columns}
    rounded = shapely.set_precision(np.array(points, dtype=object), borders.GRID)
    return gpd.GeoDataFrame(values, geometry=list(rounded), crs=CRS)
