"""The air quality index of HJ 633: breakpoints are data, chosen by the day of observation."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topics.ecology.rounding import Floats, half_even
from topics.kit.errors import RefreshFailed
from topics.kit.tables_in_force import read_once, reference_table

HOURLY, DAILY = "1h", "24h"
# HJ 633-2026 4.2.3: the real-time report rates hourly particles by the daily column.
_BY_DAILY_COLUMN = frozenset({"PM2.5", "PM10"})
_EIGHT_HOURS = {"O3": "8h"}  # the daily report takes ozone's largest 8-hour mean
HIGHEST = 500  # HJ 633-2026 table 3: the index ends here
NO_PRIMARY = 50  # 3.3: no primary pollutant up to this index
PUBLISHED_ABOVE = 100  # 5.3.1: with a pollutant missing, only an index above this is published
_WITHHELD = "HJ 633-2026"  # the edition that says what is done with an incomplete index
AVERAGED = {"24h": "24 小时平均", "1h": "1 小时平均"}
_CEILING_GUARD = 1e-9  # 100.00000000000001 is 100, not 101

__all__ = ["Aqi", "AqiRules", "Floats", "Scale", "rules_on"]


@dataclass(frozen=True, slots=True)
class Scale:
    """One column of the table: rising concentrations and their IAQI.

    `instead` names the averaging time that takes over above the last breakpoint (SO2 1 h and O3
    8 h of HJ 633-2012); where it is empty the index stays at the last one of the column
    (HJ 633-2026 table 3 notes b, c: 200 and 300; the others: 500).
    """

    concentrations: Floats
    indices: Floats
    decimals: int
    instead: str = ""

    def rounded(self, concentration: ArrayLike) -> Floats:
        """The concentration as it is rated: GB/T 8170, half to even (HJ 633-2026 4.2.2)."""
        return half_even(concentration, self.decimals)

    def iaqi(self, concentration: ArrayLike) -> Floats:
        """IAQI, rounded up (4.2.6); NaN where nothing is known, for negatives, and see `instead`.

        Above the last breakpoint it stays at the last index.
        """
        rounded = self.rounded(concentration)
        exact = np.interp(rounded, self.concentrations, self.indices)
        unknown = ~(rounded >= 0)  # NaN too
        if self.instead:
            unknown = unknown | (rounded > self.concentrations[-1])
        return np.where(unknown, np.nan, np.ceil(exact - _CEILING_GUARD))

    def beyond(self, concentration: ArrayLike) -> NDArray[np.bool_]:
        """Where the concentration lies above the last breakpoint."""
        found: NDArray[np.bool_] = self.rounded(concentration) > self.concentrations[-1]
        return found


@dataclass(frozen=True, slots=True)
class Aqi:
    """An index and its primary pollutants; none of them at 50 or below. None: not published.

    `capped`: the index is 500 because it goes no higher. `indices` are the single IAQI that may
    be published even where the index may not; `unrated` the pollutants without one.
    """

    value: int | None
    primary: tuple[str, ...] = ()
    capped: bool = False
    indices: Mapping[str, int] = field(default_factory=dict, compare=False)
    unrated: tuple[str, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        """As it is published: NA without an index, 500 said to be the end of the scale."""
        if self.value is None:
            return "NA"
        return f"{self.value}(指数封顶)" if self.capped else str(self.value)


@dataclass(frozen=True, slots=True)
class AqiRules:
    """One edition of HJ 633."""

    standard: str
    scales: Mapping[tuple[str, str], Scale]

    def withholding(self, absent: Sequence[str], beyond: Sequence[str], averaging: str) -> str:
        """Why an index without these pollutants is not published, by this edition."""
        said = []
        for name in beyond:
            instead = AVERAGED.get(self.scale(name, averaging).instead, "")
            last = self.scale(name, averaging).concentrations[-1]
            said.append(f"{name} 超过 {last:g},按 {self.standard} 表 1 注不计分指数,改用{instead}")
        if absent:
            clause = (
                f"{_WITHHELD} 5.3.1"
                if self.standard == _WITHHELD
                else (f"{_WITHHELD} 5.3.1({self.standard} 的规定未核实)")
            )
            said.append(f"{'、'.join(absent)} 缺测,按 {clause}")
        return ";".join(said)

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
        known = {name: np.nan if one is None else one for name, one in concentrations.items()}
        rated = {name: float(self.scale(name, averaging).iaqi(one)) for name, one in known.items()}
        indices = {name: int(one) for name, one in rated.items() if not np.isnan(one)}
        unrated = tuple(name for name in rated if name not in indices)
        largest = max(indices.values(), default=None)
        if largest is None or (unrated and largest <= PUBLISHED_ABOVE):
            return Aqi(None, indices=indices, unrated=unrated)
        leading = tuple(name for name, index in indices.items() if index == largest)
        capped = largest == HIGHEST and any(
            bool(self.scale(name, averaging).beyond(known[name])) for name in leading
        )
        primary = leading if largest > NO_PRIMARY else ()
        return Aqi(largest, primary, capped, indices, unrated)


def rules_on(day: date) -> AqiRules:
    """The edition in force on `day`; the oldest known one before that."""
    editions = _editions()
    due = [rules for start, rules in editions if start <= day]
    return due[-1] if due else editions[0][1]


def read_tables() -> None:
    """Every edition is complete in the tables in force; KeyError names what one does not know."""
    _editions()


@read_once
def _editions() -> tuple[tuple[date, AqiRules], ...]:
    decimals = {
        (row["standard"], row["pollutant"]): int(row["decimals"])
        for row in _rows("aqi_rounding.csv")
    }
    instead = {
        (row["standard"], row["pollutant"], row["averaging"]): row["instead"]
        for row in _rows("aqi_beyond.csv")
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
        (
            starts[name],
            AqiRules(
                name,
                {
                    key: _scale(pairs, decimals[name, key[0]], instead.get((name, *key), ""))
                    for key, pairs in columns[name].items()
                },
            ),
        )
        for name in sorted(starts, key=lambda one: starts[one])
    )


def _scale(pairs: list[tuple[float, float]], decimals: int, instead: str) -> Scale:
    concentrations, indices = zip(*sorted(pairs), strict=True)
    return Scale(np.array(concentrations), np.array(indices), decimals, instead)


def _rows(name: str) -> list[dict[str, str]]:
    with reference_table(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
