"""Concentrations of the six pollutants and the indices that follow from them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from app.demo import models, stations
from app.demo.noise import Floats
from topics.kit.catalogue import SHIPPED
from topics.kit.functions import load_function

# Column of the station platform -> pollutant of HJ 633; the models are named air.<column>.
POLLUTANTS = {
    "so2": "SO2",
    "no2": "NO2",
    "co": "CO",
    "o3": "O3",
    "pm10": "PM10",
    "pm25": "PM2.5",
}
HOURLY, DAILY = "1h", "24h"
# The topic's own rules, found through its folder: the program imports no topic by name.
rules_on = load_function("ecology", SHIPPED / "ecology", "aqi:rules_on")


def hourly(seconds: Floats) -> dict[str, dict[str, Floats]]:
    """Running hourly means by pollutant column and region."""
    return stations.of_regions(stations.hourly(seconds))


def daily(midnights: Floats) -> dict[str, dict[str, Floats]]:
    """Daily means (ozone: the largest 8-hour mean) of the days that start at `midnights`."""
    return stations.of_regions(stations.daily(midnights))


def index(
    concentrations: dict[str, dict[str, Floats]], seconds: Floats, averaging: str
) -> dict[str, Floats]:
    """The AQI of every region, by the edition of HJ 633 in force at each moment."""
    days = [datetime.fromtimestamp(float(one) + models.CHINA_OFFSET, UTC).date() for one in seconds]
    editions = [rules_on(day) for day in days]
    result: dict[str, Floats] = {}
    for code in next(iter(concentrations.values())):
        values = np.zeros(len(seconds))
        for rules in {edition.standard: edition for edition in editions}.values():
            where = np.array([edition is rules for edition in editions], dtype=bool)
            indices = [
                rules.scale(name, averaging).iaqi(concentrations[column][code][where])
                for column, name in POLLUTANTS.items()
            ]
            values[where] = np.max(indices, axis=0)
        result[code] = values
    return result
