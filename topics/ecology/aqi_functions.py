"""What formulas ask of HJ 633: the index and the primary pollutants, over whole arrays.

County and city values are means of the concentrations of their stations, rated afterwards
(HJ 663: 点位平均 first, verified-secondary), so one function serves every level.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from topics.ecology import aqi
from topics.ecology.aqi import Floats
from topics.ecology.stations import exempted
from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Frame, as_arrays

ORDER = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")  # as HJ 633 lists them
# Number of a primary pollutant: 0 none, one digit each, two digits for a pair, 99 for more.
NAMED = ("PM2.5", "PM10", "O3", "NO2", "SO2", "CO")
SHOWN = ("PM2.5", "PM10", "臭氧", "二氧化氮", "二氧化硫", "一氧化碳")
MORE = 99.0


def aqi_hour(
    frame: Frame, so2: Floats, no2: Floats, co: Floats, o3: Floats, pm10: Floats, pm25: Floats
) -> Derived:
    """AQI of a real-time report from six 1-hour means (HJ 633 4.2.3, 4.2.4)."""
    return _index(frame, (so2, no2, co, o3, pm10, pm25), aqi.HOURLY)


def aqi_day(
    frame: Frame, so2: Floats, no2: Floats, co: Floats, o3: Floats, pm10: Floats, pm25: Floats
) -> Derived:
    """AQI of a daily report from five 24-hour means and ozone's largest 8-hour mean (4.2.2)."""
    return _index(frame, (so2, no2, co, o3, pm10, pm25), aqi.DAILY)


def primary_hour(
    frame: Frame, so2: Floats, no2: Floats, co: Floats, o3: Floats, pm10: Floats, pm25: Floats
) -> Derived:
    """Primary pollutants of a real-time report by number; 0 up to AQI 50 (3.3, 4.3.1)."""
    return _primary(frame, (so2, no2, co, o3, pm10, pm25), aqi.HOURLY)


def primary_day(
    frame: Frame, so2: Floats, no2: Floats, co: Floats, o3: Floats, pm10: Floats, pm25: Floats
) -> Derived:
    """Primary pollutants of a daily report by number; 0 up to AQI 50 (3.3, 4.3.1)."""
    return _primary(frame, (so2, no2, co, o3, pm10, pm25), aqi.DAILY)


def primary_labels() -> dict[int, str]:
    """Every number of a primary pollutant with what a reader sees; ties are named together."""
    single = dict(enumerate(SHOWN, 1))
    pairs = {10 * a + b: f"{single[a]}、{single[b]}" for a, b in combinations(single, 2)}
    return {0: "无"} | single | pairs | {int(MORE): "三项以上并列"}


def _index(frame: Frame, given: tuple[Floats, ...], averaging: str) -> Derived:
    concentrations = dict(zip(ORDER, as_arrays(given), strict=True))
    rated = rated_by_day(frame, concentrations, averaging)
    return _published(frame, concentrations, rated, averaging)


def _primary(frame: Frame, given: tuple[Floats, ...], averaging: str) -> Derived:
    concentrations = dict(zip(ORDER, as_arrays(given), strict=True))
    rated = rated_by_day(frame, concentrations, averaging)
    largest = _largest(rated)
    leading = {name: rated[name] == largest for name in NAMED}
    number = np.zeros(largest.shape)
    for digit, name in enumerate(NAMED, 1):
        number = np.where(leading[name], number * 10 + digit, number)
    number = np.where(sum(one.astype(int) for one in leading.values()) > 2, MORE, number)
    number = np.where(largest <= aqi.NO_PRIMARY, 0.0, number)
    known = _published(frame, concentrations, rated, averaging)
    return Derived(np.where(np.isnan(known.value), np.nan, number), why=known.why)


def rated_by_day(
    frame: Frame, concentrations: Mapping[str, Floats], averaging: str
) -> dict[str, Floats]:
    """IAQI of each pollutant, every column by the edition in force on its day."""
    editions = [aqi.rules_on(one) for one in frame.days]
    result = {name: np.full(one.shape, np.nan) for name, one in concentrations.items()}
    for rules in {one.standard: one for one in editions}.values():
        where = np.array([one is rules for one in editions], dtype=bool)
        for name, values in concentrations.items():
            result[name][..., where] = rules.scale(name, averaging).iaqi(values[..., where])
    return result


def _largest(rated: Mapping[str, Floats]) -> Floats:
    found: Floats = np.fmax.reduce(list(rated.values()))
    return found


def _published(
    frame: Frame, given: Mapping[str, Floats], rated: Mapping[str, Floats], averaging: str
) -> Derived:
    """The index where it may be published: all planned pollutants known, or above 100 (5.3)."""
    largest = _largest(rated)
    missing = {name: np.isnan(one) & _planned(frame, name) for name, one in rated.items()}
    incomplete = np.logical_or.reduce(list(missing.values()))
    withheld = incomplete & ~(largest > aqi.PUBLISHED_ABOVE)
    said: dict[str, None] = {}
    for column in np.flatnonzero(withheld.any(axis=0)).tolist():
        lost = [name for name, one in missing.items() if (one & withheld)[:, column].any()]
        beyond = [name for name in lost if (given[name][:, column] >= 0).any()]
        absent = [name for name in lost if name not in beyond]
        rules = aqi.rules_on(frame.days[column])
        said[rules.withholding(absent, beyond, averaging)] = None
    why = f"{';'.join(said)};其余不超过 100,不公布 AQI(NA)" if said else ""
    return Derived(np.where(withheld, np.nan, largest), why=why)


def _planned(frame: Frame, pollutant: str) -> NDArray[np.bool_]:
    """Which rows need the pollutant for their index.

    Not needed is one that a station does not measure by plan (column `items`) and that was never
    primary on a polluted day of three years (column `exempt`): 5.3.2 asks for both. A region is
    spared what all of its stations are spared.
    """
    found = np.array([not _spared(one, pollutant) for one in frame.regions], dtype=bool)
    return found[:, None]


def _spared(place: Region, pollutant: str) -> bool:
    if place.level != "site":
        return pollutant in exempted(place.code)
    plan = place.fact("items").split()
    return bool(plan) and pollutant not in plan and pollutant in place.fact("exempt").split()
