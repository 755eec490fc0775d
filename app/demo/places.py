"""Points of the demo city: air stations, kitchens and open grid events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import Point

from app.demo import borders, fractal, sites, tables, unit_grids
from topics.kit.catalogue import SHIPPED
from topics.kit.periods import ZONE
from topics.kit.reference_rows import read_rows

CRS = "EPSG:4326"
KITCHENS = 40
_ONLINE = 0.93
EVENTS = 480
MATTERS = "GB/T 47678.5-2026"
# Stages a case is in while it is open; shares of a usual working day.
OPEN_STATES = (("待派遣", 0.15), ("处置中", 0.55), ("待核查", 0.20), ("超期", 0.10))


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


def events(now: datetime) -> gpd.GeoDataFrame:
    """Open grid events: id, kind, code, major, state, region (county), town, grid, reported."""
    rng, here = fractal.generator("events"), now.astimezone(ZONE)
    matters = [one for one in _categories() if len(one["code"]) == len("06010")]
    majors = {one["code"]: one["name"] for one in _categories()}
    kinds = rng.choice(len(matters), EVENTS, p=_declining(len(matters), rng))
    names = [name for name, _ in OPEN_STATES]
    shares = [share for _, share in OPEN_STATES]
    states = rng.choice(names, EVENTS, p=shares)
    hours = rng.exponential(20.0, EVENTS)
    chosen = towns_by_weight(rng, EVENTS)
    found = [
        {
            "id": f"SJ{n + 1:05d}",
            "kind": matters[kinds[n]]["name"],
            "code": matters[kinds[n]]["code"],
            "major": majors[matters[kinds[n]]["major"]],
            "state": str(states[n]),
            "region": town.parent,
            "town": town.code,
            "reported": f"{(here - timedelta(hours=float(hours[n]))):%Y-%m-%d %H:%M}",
        }
        for n, town in enumerate(chosen)
    ]
    points = near(chosen, rng)
    for one, point in zip(found, points, strict=True):
        one["grid"] = unit_grids.grid_of(point)
    columns = ["id", "kind", "code", "major", "state", "region", "town", "grid", "reported"]
    return framed(found, columns, points)


def _categories() -> list[dict[str, str]]:
    """The matters of GB/T 47678.5-2026, 大类 and 小类."""
    rows = read_rows(SHIPPED / "grid" / "city_management.csv", ("code", "name", "kind"))
    return [one for one in rows if one["kind"] == "事项" and one["standard"] == MATTERS]


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


def _declining(count: int, rng: np.random.Generator) -> fractal.Points:
    """Shares that fall off quickly: a few kinds of event make up most of them."""
    shares = 1.0 / np.arange(1, count + 1) ** 0.9
    rng.shuffle(shares)
    normalised: fractal.Points = shares / shares.sum()
    return normalised


def framed(
    found: Sequence[dict[str, Any]], columns: list[str], points: Sequence[Point]
) -> gpd.GeoDataFrame:
    """The rows' columns with their points, on the grid that all demo geometry keeps."""
    values = {column: [row[column] for row in found] for column in columns}
    rounded = shapely.set_precision(np.array(points, dtype=object), borders.GRID)
    return gpd.GeoDataFrame(values, geometry=list(rounded), crs=CRS)
