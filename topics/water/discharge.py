"""Limits of what plants discharge: GB 18918-2002 table 1, daily means, by the plant's grade.

Limits are data (data/reference/gb18918_limits.csv, known from secondary sources) and chosen by the
day. Ammonia has two limits: above 12 ℃ of water temperature, and at or below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from topics.kit.measured import Flag, Measured
from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import read_once, reference_table

GRADES = ("1A", "1B", "2", "3")
_TITLES = {"1A": "一级A", "1B": "一级B", "2": "二级", "3": "三级"}
_COLUMNS = "standard valid_from item title unit sense 1A 1B 2 3 cold_1A cold_1B cold_2".split()
COLD_AT_MOST = 12.0  # ℃ of water temperature


def read_grade(text: str) -> str | None:
    """The grade that a text names ("1A", "一级A", "一级 A 标准"); None when it names none."""
    plain = text.strip().upper().replace(" ", "").removesuffix("标准")
    for grade, title in _TITLES.items():
        if plain in {grade, title.upper(), f"{grade}级"}:
            return grade
    return None


@dataclass(frozen=True, slots=True)
class Allowed:
    """Lower and upper bound in `unit`; both ends are within."""

    low: float
    high: float

    def within(self, amount: float) -> bool:
        """Whether the amount keeps the limit (equal does)."""
        return self.low <= amount <= self.high


@dataclass(frozen=True, slots=True)
class DischargeItem:
    """One item with its limits by grade; `cold` are those at or below 12 ℃, where they differ."""

    id: str
    title: str
    unit: str
    limits: Mapping[str, Allowed]
    cold: Mapping[str, Allowed]

    def allowed(self, grade: str, temperature: float | None = None) -> Allowed | None:
        """The limit of the grade; None where the standard sets none (总氮 of grade 2).

        Without a water temperature the limit of warm water, the stricter one, holds.
        """
        if temperature is not None and temperature <= COLD_AT_MOST and grade in self.cold:
            return self.cold[grade]
        return self.limits.get(grade)

    def keeps(self, value: Measured, grade: str, temperature: float | None = None) -> bool | None:
        """Whether the daily mean keeps the limit; None when that cannot be told.

        Below the detection limit it keeps it where that limit is no larger than the allowed one.
        """
        limit = self.allowed(grade, temperature)
        if limit is None or not value.known or value.at_most is None or value.unit != self.unit:
            return None
        kept = limit.within(value.at_most)
        return None if value.flag is Flag.BELOW_LIMIT and not kept else kept


def items_on(moment: date) -> Mapping[str, DischargeItem]:
    """The items of the edition in force on the day; of the oldest known one before that."""
    editions = _editions()
    due = [items for start, items in editions if start <= moment]
    return due[-1] if due else editions[0][1]


@read_once
def _editions() -> tuple[tuple[date, Mapping[str, DischargeItem]], ...]:
    tables: dict[date, dict[str, DischargeItem]] = {}
    for row in read_rows(reference_table("gb18918_limits.csv"), _COLUMNS):
        start = day(row["valid_from"]) or date.min
        tables.setdefault(start, {})[row["item"]] = _item(row)
    return tuple((start, tables[start]) for start in sorted(tables))


def _item(row: Mapping[str, str]) -> DischargeItem:
    sense = row["sense"]
    limits = {grade: _allowed(row[grade], sense) for grade in GRADES if row[grade]}
    cold = {
        grade: _allowed(row[f"cold_{grade}"], sense) for grade in GRADES if row.get(f"cold_{grade}")
    }
    return DischargeItem(row["item"], row["title"], row["unit"], limits, cold)


def _allowed(text: str, sense: str) -> Allowed:
    low, _, high = text.rpartition("-") if sense == "range" else ("-inf", "", text)
    return Allowed(float(low), float(high))
