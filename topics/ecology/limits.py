"""Limits of GB 3095, chosen by the day; an average is only held against its own averaging time.

GB 3095-2012 until 2026-02-28 (verified-secondary), GB 3095-2026 with transition limits until
2030-12-31 and final limits from 2031-01-01 (tables 1 and 2, verified-primary). Compliance is
judged by these, not by AQI (HJ 633-2026 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from topics.ecology.rounding import half_even
from topics.ecology.rule_rows import basis, rows_on
from topics.kit.measured import Flag, Measured, unit_factor

Averaging = Literal["1h", "8h", "24h", "season", "annual"]
NAMES = {"1h": "1 小时", "8h": "日最大 8 小时", "24h": "24 小时", "season": "季", "annual": "年"}
_TABLE = "gb3095_limits.csv"
_COLUMNS = ("standard", "phase", "pollutant", "averaging", "grade1", "grade2", "unit")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of grade 1 or 2 with where it stands."""

    pollutant: str
    averaging: str
    value: float
    unit: str
    standard: str
    phase: str
    basis: str


@dataclass(frozen=True, slots=True)
class Compliance:
    """Whether a concentration keeps its limit; None when that cannot be told, `why` says why.

    `multiple` is (C − limit) ÷ limit, only above the limit.
    """

    within: bool | None
    limit: Limit | None
    multiple: float | None = None
    why: str = ""


def limit_on(pollutant: str, averaging: str, moment: date, *, grade: int = 2) -> Limit | None:
    """The limit in force; None where the standard has none (PM2.5 has no 1-hour limit)."""
    if grade not in (1, 2):
        raise ValueError(f"GB 3095 只有一级和二级限值,没有 {grade} 级")
    for row in rows_on(_TABLE, _COLUMNS, moment):
        if (row["pollutant"], row["averaging"]) == (pollutant, averaging):
            value = float(row[f"grade{grade}"])
            place = (row["unit"], row["standard"], row["phase"], basis(row))
            return Limit(pollutant, averaging, value, *place)
    return None


def judge(
    found: Measured, pollutant: str, averaging: str, moment: date, *, grade: int = 2
) -> Compliance:
    """Whether a mean over `averaging` keeps the limit of that averaging time; equal keeps it.

    The concentration is rounded as in HJ 633-2026 4.2.2 first. Below a detection limit it is
    within when that limit is; a number in another dimension is never judged.
    """
    limit = limit_on(pollutant, averaging, moment, grade=grade)
    if limit is None:
        return Compliance(None, None, why=f"GB 3095 没有 {pollutant} 的{_named(averaging)}限值")
    factor = unit_factor(found.unit, limit.unit)
    if factor is None:
        return Compliance(None, limit, why=f"单位 {found.unit} 不能换算成 {limit.unit}")
    if not found.known or found.at_most is None:
        return Compliance(None, limit, why=found.flag.value)
    amount = _rounded(found.at_most * factor, pollutant, limit)
    if amount <= limit.value:
        return Compliance(True, limit)
    if found.flag is Flag.BELOW_LIMIT:
        return Compliance(None, limit, why="检出限高于限值,判不了")
    return Compliance(False, limit, (amount - limit.value) / limit.value)


def decimals_of(pollutant: str) -> int:
    """Decimals a concentration is judged with: CO 1, the others none (HJ 633-2026 4.2.2)."""
    return 1 if pollutant == "CO" else 0


def _rounded(amount: float, pollutant: str, limit: Limit) -> float:
    """CO to 0.1 mg/m³, others to 1 µg/m³, half to even; limits below 1 keep their digits."""
    if limit.value < 1:
        return amount
    return float(half_even(amount, decimals_of(pollutant)))


def _named(averaging: str) -> str:
    return f" {NAMES[averaging]}" if averaging in NAMES else f" {averaging} 平均"
