"""Concentrations at the air stations; counties and the city are means of their stations.

This is how HJ 663 makes them (concentrations of the points first), so that what a county shows is
what its stations show.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from app.demo import models, sites, tables
from app.demo.noise import Floats

KIND = "空气站"
COLUMNS = ("so2", "no2", "co", "o3", "pm10", "pm25")
Series = dict[str, dict[str, Floats]]
"""Values by column and place."""


def hourly(seconds: Floats, columns: Sequence[str] = COLUMNS) -> Series:
    """Running hourly means of the pollutants by station."""
    return {column: _at_stations(column, seconds) for column in columns}


def daily(midnights: Floats, columns: Sequence[str] = COLUMNS) -> Series:
    """Daily means (ozone: the largest 8-hour mean) of the days that start at `midnights`."""
    found: Series = {}
    for column in columns:
        hours = np.arange(11, 19) if column == "o3" else np.arange(0, 24, 2)
        moments = (midnights[:, None] + hours * models.HOUR).ravel()
        found[column] = {
            code: value.reshape(len(midnights), len(hours)).mean(axis=1)
            for code, value in _at_stations(column, moments).items()
        }
    return found


def of_regions(series: Series) -> Series:
    """The city and its counties, city first: the means of the stations in them."""
    members = counties()
    return {
        column: {tables.CITY: np.mean(list(values.values()), axis=0)}
        | {
            code: np.mean([values[station] for station in held], axis=0)
            for code, held in members.items()
        }
        for column, values in series.items()
    }


def indicator(column: str, *, daily: bool) -> str:
    """The indicator that carries a column's 1-hour or daily means."""
    if not daily:
        return f"ecology.{column}_hour"
    return "ecology.o3_8h_day" if column == "o3" else f"ecology.{column}_day"


@cache
def counties() -> dict[str, tuple[str, ...]]:
    """The stations of each county, in the order of the counties."""
    places = {one.code: one.parent for one in sites.of_kind(KIND)}
    found = {
        county.code: tuple(code for code, parent in places.items() if parent == county.code)
        for county in tables.counties()
    }
    return {code: held for code, held in found.items() if held}


def _at_stations(column: str, seconds: Floats) -> dict[str, Floats]:
    model = models.model(f"air.{column}")
    parents = {code: county for county, held in counties().items() for code in held}
    values = models.by_site(model.name, parents, seconds)
    found = {}
    for code, value in values.items():
        special = sites.exception(indicator(column, daily=False), code)
        found[code] = np.clip(value * special.factor + special.shift, model.low, model.high)
    return found
