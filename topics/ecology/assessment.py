"""What a year of air data comes to: good days, annual means and percentiles, composite index.

HJ 663-2026 is known from secondary sources only; statistics, limits and weights are data
(air_annual_statistics.csv, air_composite.csv) and the composite index is marked unverified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from topics.ecology.rounding import Floats, half_even
from topics.ecology.rule_rows import Row, basis, rows_on
from topics.kit.formula.domain import Derived, Frame, as_arrays

GOOD = 100  # HJ 633-2026 table 1: levels 优 and 良
_STATISTICS = ("pollutant", "mean", "percentile", "of", "decimals", "unit")
_COMPOSITE = ("edition", "pollutant", "weight", "limit", "unit", "statistic")


@dataclass(frozen=True, slots=True)
class GoodDays:
    """Days with AQI ≤ 100 out of the valid days; `share` in per cent, None without a valid day."""

    good: int
    valid: int
    missing: int

    @property
    def share(self) -> float | None:
        """优良天数比例: good ÷ valid × 100 (general knowledge, unverified)."""
        return 100 * self.good / self.valid if self.valid else None

    @property
    def text(self) -> str:
        """As it is told: the missing days leave the denominator and are named."""
        missing = f",无效 {self.missing} 天" if self.missing else ""
        return f"{self.good}/{self.valid} 天{missing}"


@dataclass(frozen=True, slots=True)
class Composite:
    """综合指数 with what each pollutant adds; None with the reason when one is missing."""

    value: float | None
    parts: Mapping[str, float]
    edition: str
    basis: str
    why: str = ""


def good_days(indices: ArrayLike) -> GoodDays:
    """Good and valid days of a series of daily AQI; NaN and negatives are no valid days."""
    values = np.asarray(indices, dtype=float).ravel()
    valid = values >= 0
    return GoodDays(int((values[valid] <= GOOD).sum()), int(valid.sum()), int((~valid).sum()))


def percentile(values: ArrayLike, share: float) -> float | None:
    """The percentile of HJ 663: k = 1 + (n − 1)·p between the sorted neighbours (unverified).

    `share` in per cent; NaN and negatives are left out; None without a value.
    """
    if not 0 <= share <= 100:
        raise ValueError(f"百分位数要在 0 到 100 之间,给了 {share}")
    given = np.asarray(values, dtype=float).ravel()
    ordered = np.sort(given[given >= 0])
    if not len(ordered):
        return None
    position = (len(ordered) - 1) * share / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (position - below))


def annual_statistics(pollutant: str, days: ArrayLike, moment: date) -> dict[str, float | None]:
    """The annual mean and the percentile that HJ 663 judges a pollutant by, from daily values.

    CO and O3 are judged by their percentile only. Rounded half to even as the table says.
    """
    found = [one for one in rows_on("air_annual_statistics.csv", _STATISTICS, moment)
             if one["pollutant"] == pollutant]  # fmt: skip
    if not found:
        raise ValueError(f"HJ 663 没有 {pollutant} 的年评价项目")
    row = found[0]
    given = np.asarray(days, dtype=float).ravel()
    known = given[given >= 0]
    result: dict[str, float | None] = {}
    if row["mean"] == "yes":
        result["annual"] = _rounded(float(known.mean()) if len(known) else None, row)
    result[f"p{row['percentile']}"] = _rounded(percentile(known, float(row["percentile"])), row)
    return result


def composite(concentrations: Mapping[str, float | None], moment: date) -> Composite:
    """Σ weight × C ÷ limit over the six pollutants, by the edition of `moment`.

    One pollutant missing makes no index: a sum of fewer parts would look clean.
    """
    rows = rows_on("air_composite.csv", _COMPOSITE, moment)
    if not rows:
        raise ValueError(f"{moment} 没有综合指数的限值;请补 data/reference/air_composite.csv")
    parts: dict[str, float] = {}
    for row in rows:
        amount = concentrations.get(row["pollutant"])
        if amount is not None and amount >= 0:
            parts[row["pollutant"]] = float(row["weight"]) * amount / float(row["limit"])
    absent = [row["pollutant"] for row in rows if row["pollutant"] not in parts]
    why = f"{'、'.join(absent)} 缺测,不计综合指数" if absent else ""
    value = None if absent else sum(parts.values())
    return Composite(value, parts, rows[0]["edition"], basis(rows[0]), why)


def composite_index(
    frame: Frame, so2: Floats, no2: Floats, pm10: Floats, pm25: Floats, co: Floats, o3: Floats
) -> Derived:
    """综合指数 of each period from SO2, NO2, PM10, PM2.5 means, CO 95th and O3-8h 90th."""
    names = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")
    given = dict(zip(names, as_arrays((so2, no2, pm10, pm25, co, o3)), strict=True))
    value = np.full(given["SO2"].shape, np.nan)
    why = ""
    for column, moment in enumerate(frame.days):
        for row in range(len(value)):
            cells = {name: _cell(one[row, column]) for name, one in given.items()}
            found = composite(cells, moment)
            value[row, column] = np.nan if found.value is None else found.value
            why = found.why or why
    return Derived(value, why=why)


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _rounded(value: float | None, row: Row) -> float | None:
    return None if value is None else float(half_even(value, int(row["decimals"])))
