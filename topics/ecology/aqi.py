"""The air quality index of HJ 633: breakpoints are data, chosen by the day of observation."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topics.kit.errors import RefreshFailed

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
HOURLY, DAILY = "1h", "24h"
# HJ 633-2026 4.2.3: the real-time report rates hourly particles by the daily column.
_BY_DAILY_COLUMN = frozenset({"PM2.5", "PM10"})
_EIGHT_HOURS = {"O3": "8h"}  # the daily report takes ozone's largest 8-hour mean
_CEILING_GUARD = 1e-9  # 100.00000000000001 is 100, not 101

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """One column of the table: rising concentrations and their IAQI."""

    concentrations: Floats
    indices: Floats
    decimals: int

    def iaqi(self, concentration: ArrayLike) -> Floats:
        """IAQI, rounded up; above the last breakpoint it stays at the last index."""
        rounded = np.round(np.asarray(concentration, dtype=float), self.decimals)
        exact = np.interp(rounded, self.concentrations, self.indices)
        return np.ceil(exact - _CEILING_GUARD)


@dataclass(frozen=True, slots=True)
class Aqi:
    """An index and its primary pollutants; none of them at 50 or below. None: not computable."""

    value: int | None
    primary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AqiRules:
    """One edition of HJ 633."""

    standard: str
    scales: Mapping[tuple[str, str], Scale]

    def scale(self, pollutant: str, averaging: str) -> Scale:
        """The column for a pollutant in a real-time ("1h") or daily ("24h") report."""
        if averaging == HOURLY and pollutant in _BY_DAILY_COLUMN:
            averaging = DAILY
        if averaging == DAILY:
            averaging = _EIGHT_HOURS.get(pollutant, DAILY)
        found = self.scales.get((pollutant, averaging))
        if found is None:
            raise RefreshFailed(
                f"{self.standard} 没有 {pollutant} 的 {averaging} 断点;请核对来源的污染物名称"
            )
        return found

    def aqi(self, concentrations: Mapping[str, float | None], averaging: str) -> Aqi:
        """The index of one place.

        A pollutant with None is missing: the index then counts only above 100 (HJ 633-2026 5.3);
        a pollutant left out is not monitored by plan.
        """
        indices = {
            name: int(self.scale(name, averaging).iaqi(value))
            for name, value in concentrations.items()
            if value is not None
        }
        largest = max(indices.values(), default=None)
        complete = all(value is not None for value in concentrations.values())
        if largest is None or (not complete and largest <= 100):
            return Aqi(None)
        leading = tuple(name for name, index in indices.items() if index == largest)
        return Aqi(largest, leading if largest > 50 else ())


def rules_on(day: date) -> AqiRules:
    """The edition in force on `day`; the oldest known one before that."""
    editions = _editions()
    due = [rules for start, rules in editions if start <= day]
    return due[-1] if due else editions[0][1]


@cache
def _editions() -> tuple[tuple[date, AqiRules], ...]:
    decimals = {
        (row["standard"], row["pollutant"]): int(row["decimals"])
        for row in _rows("aqi_rounding.csv")
    }
    columns: defaultdict[str, defaultdict[tuple[str, str], list[tuple[float, float]]]]
    columns = defaultdict(lambda: defaultdict(list))
    starts: dict[str, date] = {}
    for row in _rows("aqi_breakpoints.csv"):
        starts[row["standard"]] = date.fromisoformat(row["valid_from"])
        if row["concentration"]:
            pair = (float(row["concentration"]), float(row["iaqi"]))
            columns[row["standard"]][row["pollutant"], row["averaging"]].append(pair)
    return tuple(
        (starts[name], AqiRules(name, {key: _scale(pairs, decimals[name, key[0]])
                                       for key, pairs in columns[name].items()}))
        for name in sorted(starts, key=lambda one: starts[one])
    )  # fmt: skip


def _scale(pairs: list[tuple[float, float]], decimals: int) -> Scale:
    concentrations, indices = zip(*sorted(pairs), strict=True)
    return Scale(np.array(concentrations), np.array(indices), decimals)


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
