"""The demo city's inputs in data/, read as plain rows."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from layers.crs.offset import wgs84_from_gcj02

DATA = Path(__file__).resolve().parents[2] / "data"
CITY = "440200"


@dataclass(frozen=True, slots=True)
class CountyFacts:
    """One county: seat (WGS-84) and the weights that city-wide figures are made of."""

    code: str
    name: str
    longitude: float
    latitude: float
    area_km2: float
    population: float
    economy: float


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A region code with its name and parent, as in regions.csv."""

    code: str
    name: str
    parent: str


def rows(name: str) -> list[dict[str, str]]:
    """Rows of `data/<name>`, e.g. "demo/rivers.csv"."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def counties() -> tuple[CountyFacts, ...]:
    """The ten counties in statutory (code) order."""
    return tuple(
        CountyFacts(
            code=row["code"],
            name=row["name"],
            **_seat(row),
            area_km2=float(row["area_km2"]),
            population=float(row["population_10k"]),
            economy=float(row["economy_weight"]),
        )
        for row in sorted(rows("demo/counties.csv"), key=lambda row: row["code"])
    )


def _seat(row: dict[str, str]) -> dict[str, float]:
    # The table keeps the published GCJ-02 point; reversed coordinates are not written down.
    lon, lat = np.array([float(row["longitude_gcj02"])]), np.array([float(row["latitude_gcj02"])])
    (x,), (y,) = wgs84_from_gcj02(lon, lat)
    return {"longitude": float(x), "latitude": float(y)}


@cache
def towns() -> tuple[PlaceName, ...]:
    """The towns in code order."""
    return tuple(
        PlaceName(row["code"], row["name"], row["parent"])
        for row in rows("reference/regions.csv")
        if row["level"] == "town"
    )


def polylines(name: str, key: str) -> dict[str, list[tuple[float, float]]]:
    """Control points of a table of lines, by the column `key`, in drawing order."""
    lines: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows(name):
        lines[row[key]].append((float(row["longitude"]), float(row["latitude"])))
    return dict(lines)
