"""The air stations: where each lies, which make the city's mean, what they need not measure.

Which controls count for the city (国控, 省控) is data: air_city_mean.csv, unverified and open to
change. A pollutant that a station neither measures by plan nor needs for its index stands in the
column `exempt`: HJ 633-2026 5.3.2 asks for both, that it is not in the plan and that it was no
primary pollutant of a day of 轻度污染 or worse within three years; the city's bureau says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np

from topics.ecology.rounding import Floats
from topics.ecology.rule_rows import rows_on
from topics.kit.formula.domain import Derived, Frame, as_arrays
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table

_FOLDER = Path(__file__).parent
_CITY = 4  # a county's code begins with the four digits of its city


@read_once
def counties() -> Mapping[str, str]:
    """The county of each station."""
    return MappingProxyType({code: row["region"] for code, row in _rows().items()})


def city_of(county: str) -> str:
    """The code of the city a county lies in."""
    return county[:_CITY] + "00"


def in_city_mean(control: str, moment: date) -> bool:
    """Whether a station of that control counts for the city; all do where the table is silent."""
    rows = rows_on("air_city_mean.csv", ("level", "controls"), moment)
    named = [row["controls"].split() for row in rows if row["level"] == "city"]
    return not named or not named[0] or control in named[0]


def counts_for_city(code: str, moment: date) -> bool:
    """Whether the station with that code counts for the city."""
    return in_city_mean(_rows()[code].get("control", ""), moment)


@read_once
def exempted(code: str) -> frozenset[str]:
    """Pollutants without which the place's index is published (5.3.2).

    Those of a station, and of a region those of all of its stations.
    """
    rows = _rows()
    if code in rows:
        return frozenset(rows[code].get("exempt", "").split())
    held = [one for one, county in counties().items() if code in (county, city_of(county))]
    return frozenset.intersection(*map(exempted, held)) if held else frozenset()


def city_point(frame: Frame, concentration: Floats) -> Derived:
    """The values of the stations that count for the city; nothing of the others."""
    (values,) = as_arrays((concentration,))
    kept = np.array([
        [one.level != "site" or in_city_mean(one.fact("control"), day) for day in frame.days]
        for one in frame.regions
    ])  # fmt: skip
    return Derived(np.where(kept, values, np.nan), why="没有计入全市平均的站点")


def place_mean(frame: Frame, every: Floats, counted: Floats) -> Derived:
    """The mean of all stations for a county, of those that count for the city."""
    whole, city = as_arrays((every, counted))
    is_city = np.array([one.level == "city" for one in frame.regions], dtype=bool)[:, None]
    return Derived(np.where(is_city, city, whole), why="没有一个站点有数")


@read_once
def _rows() -> Mapping[str, Mapping[str, str]]:
    return {
        row["code"]: row
        for row in read_rows(topic_table(_FOLDER, "stations.csv"), ("code", "region"))
    }
