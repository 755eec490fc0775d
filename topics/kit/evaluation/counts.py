"""What an indicator counts of the cases in one period, by the very formulas of 考核."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.kit.cases.reports import SOURCES
from topics.kit.errors import BadManifest
from topics.kit.evaluation.facts import Facts
from topics.kit.evaluation.formulas import Formula, Rules
from topics.kit.evaluation.quantities import OF_CALLERS, PARTS, WINDOWS, Asked
from topics.kit.evaluation.result import Window
from topics.kit.manifest_counts import CountSpec
from topics.kit.worktime.clock import WorkClock

_HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Counting:
    """One count made ready: which cases belong, and how much each is."""

    spec: CountSpec
    window: str
    what: str
    parameter: int = 0
    formula: Formula | None = None

    @property
    def words(self) -> str:
        """What is counted, as people read it."""
        if self.what in OF_CALLERS:
            return (
                f"12345 来电中,同一来电号码(没有号码的按同一地点)同小类在前 {self.parameter} 日内"
                "来过电的件数"
            )
        said = "、".join(SOURCES[one] for one in self.spec.sources)
        only = f"(只计{said}来的事件)" if said else ""
        if self.formula is None:
            return ("平均工作时数" if self.spec.measure == "hours" else "件数") + only
        part = "分子" if self.spec.part == "numerator" else "分母"
        return f"考核算式“{self.formula.title}”的{part}:{self.formula.formula}{only}"


def ready(spec: CountSpec, rules: Rules) -> Counting:
    """The count by the rules of this city; BadManifest for a formula that they have not."""
    if not spec.formula:
        return Counting(spec, spec.window, spec.what, spec.days)
    formula = rules.find(spec.formula)
    if formula is None or not formula.window:
        known = "、".join(one.key for one in rules.formulas if one.window)
        raise BadManifest(
            f"{spec.indicator} 按算式 {spec.formula!r} 计数,算式表里没有它;现有:{known}"
        )
    what = formula.numerator if spec.part == "numerator" else formula.denominator
    return Counting(spec, formula.window, what, formula.parameter, formula)


def category_names(specs: Sequence[CountSpec], known: Sequence[str]) -> dict[str, list[int]]:
    """The numbers among `known` (方案/种类/大类) that each indicator with categories counts."""
    return {
        spec.indicator: [
            number
            for number, name in enumerate(known)
            if any(f"{name}/".startswith(f"{one}/") for one in spec.categories)
        ]
        for spec in specs
        if spec.categories
    }


def chosen(
    facts: Facts, window: Window, counting: Counting, rules: Rules, numbers: Sequence[int] | None
) -> npt.NDArray[np.float64]:
    """How much each case counts: 0 outside; `numbers` are the categories that count, or all."""
    asked = Asked(
        facts, window.begin, window.until, rules.sources, facts.region, counting.parameter
    )
    amount = np.asarray(PARTS[counting.what](asked), np.float64)
    inside = WINDOWS[counting.window](asked)
    if numbers is not None and facts.category is not None:
        inside = inside & np.isin(facts.category, list(numbers))
    if counting.spec.sources:
        known = facts.names["source"]
        some = [number for number, one in enumerate(known) if one in counting.spec.sources]
        inside = inside & np.isin(facts.source, some)
    return np.asarray(amount * inside)


def by_region(facts: Facts, amounts: npt.NDArray[np.float64], regions: int) -> list[float]:
    """The sums of the regions; cases of none of them are left out, as in the matrix of 考核."""
    known = facts.region >= 0
    return [float(one) for one in np.bincount(facts.region[known], amounts[known], regions)]


def hours_by_region(
    facts: Facts, amounts: npt.NDArray[np.float64], regions: int, clock: WorkClock
) -> tuple[list[float], list[float]]:
    """Working hours from 派遣 to 反馈 by region, and of how many cases."""
    counted = (amounts > 0) & np.isfinite(facts.dispatched) & np.isfinite(facts.handled)
    picked = facts.pick(counted & (facts.region >= 0))
    begins, ends = (_moments(one) for one in (picked.dispatched, picked.handled))
    used = clock.used_many(begins, ends, "工作时") / _HOUR if len(picked) else np.zeros(0)
    sums = np.bincount(picked.region, used, regions)
    many = np.bincount(picked.region, minlength=regions)
    return [float(one) for one in sums], [float(one) for one in many]


def window_of(begin: datetime, end: datetime, now: datetime) -> Window:
    """The period as 考核 takes it: up to its end, or to now where that is earlier."""
    return Window(begin.timestamp(), max(min(end, now), begin).timestamp())


def _moments(seconds: npt.NDArray[np.float64]) -> Any:
    return (seconds * 1e6).astype(np.int64).astype("datetime64[us]")
