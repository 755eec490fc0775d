"""景气五色灯 as functions of formulas: scores 1–5 of the components, and their composite.

Bounds are data (lights.csv beside this file, each row with source and status, all unverified):
changing a bound is changing the table. What the colours mean and the rule: `lights.py`.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from topics.economy.lights import HOT_TO_COLD
from topics.kit.errors import BadManifest
from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import read_once, topic_table

FOLDER = Path(__file__).parent
TABLE = "lights.csv"
_BOUNDS = ("red", "yellow", "green", "pale_blue")
_FULL = max(one.score for one in HOT_TO_COLD)
Bounds = tuple[float, float, float, float]
_Rows = tuple[tuple[str, date, date, Bounds], ...]


@read_once
def read_bounds(path: Path | None = None) -> _Rows:
    """(component, valid from, valid to, bounds) of a table; BadManifest names row and fix."""
    path = path or topic_table(FOLDER, TABLE)
    rows = read_rows(path, ("component", *_BOUNDS, "source", "status", "valid_from", "valid_to"))
    return tuple(
        (
            row["component"],
            day(row["valid_from"]) or date.min,
            day(row["valid_to"]) or date.max,
            _bounds(path.name, number, row),
        )
        for number, row in enumerate(rows, 2)
    )


def scores(component: str, frame: Frame, value: Floats) -> Floats:
    """Score 1 (cold) to 5 (hot); a bound belongs to the hotter light; NaN where no value is."""
    (given,) = as_arrays([value])
    found = np.full(given.shape, np.nan)
    for name, since, until, bounds in read_bounds():
        if name != component:
            continue
        during = np.array([since <= one < until for one in frame.days], dtype=bool)
        reached = sum((given >= bound).astype(np.float64) for bound in bounds) + 1.0
        found = np.where(during & np.isfinite(given), reached, found)
    return found


def industry_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 规上工业增加值增速."""
    return Derived(scores("industry", frame, growth))


def investment_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 固定资产投资累计同比."""
    return Derived(scores("investment", frame, growth))


def retail_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 社会消费品零售总额增速."""
    return Derived(scores("retail", frame, growth))


def trade_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 外贸进出口总额增速."""
    return Derived(scores("trade", frame, growth))


def budget_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 一般公共预算收入增速."""
    return Derived(scores("budget", frame, growth))


def profits_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 规上工业企业利润增速."""
    return Derived(scores("profits", frame, growth))


def deposits_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 本外币存款余额增速."""
    return Derived(scores("deposits", frame, growth))


def loans_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 本外币贷款余额增速."""
    return Derived(scores("loans", frame, growth))


def power_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 全社会用电量增速."""
    return Derived(scores("power", frame, growth))


def price_light(frame: Frame, growth: Floats) -> Derived:
    """The score of 居民消费价格涨幅."""
    return Derived(scores("cpi", frame, growth))


def composite_percent(frame: Frame, *parts: Floats) -> Derived:
    """Σ scores ÷ (5 × their number) × 100; a missing one leaves the full score: estimated."""
    stack = np.stack(as_arrays(parts))
    known = np.isfinite(stack)
    number = known.sum(axis=0)
    total = np.where(known, stack, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        value = np.where(number > 0, 100 * total / (_FULL * number), np.nan)
    return Derived(value, (number > 0) & (number < len(parts)), "各项指标都没有数")


def composite_light(frame: Frame, percent: Floats) -> Derived:
    """The composite light as a score 1–5 of the percent of the full score."""
    return Derived(scores("composite", frame, percent))


def _bounds(file: str, number: int, row: dict[str, str]) -> Bounds:
    try:
        red, yellow, green, pale = (float(row[name]) for name in _BOUNDS)
    except ValueError as wrong:
        raise BadManifest(f"{file} 第 {number} 行:界限要写成数,如 85") from wrong
    found = (red, yellow, green, pale)
    if any(not hot > cold for hot, cold in pairwise(found)):
        raise BadManifest(f"{file} 第 {number} 行:界限应由高到低,如 85、73、50、36")
    return found
