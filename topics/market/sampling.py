"""Pass rates of samples with what chance allows: the Wilson score interval.

E. B. Wilson, Probable inference, JASA 22 (1927): unlike ±z·√(p(1−p)/n) it stays within 0–100 % and
says something useful when nothing failed in a small sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class PassRate:
    """Percent that passed of `tested` batches, with the bounds between which chance leaves it."""

    passed: int
    tested: int
    percent: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """As a card says it: the rate with its sample, "98.5 %(197/200 批次,95.7–99.5)"."""
        if self.percent is None or self.low is None or self.high is None:
            return "没有抽检"
        shown = f"{self.low:.1f}–{self.high:.1f}"
        return f"{self.percent:.1f} %({self.passed}/{self.tested} 批次,{shown})"


def pass_rate(passed: int, tested: int, *, z: float = Z95) -> PassRate:
    """The rate with its interval (default 95 %); no rate without a sample.

    Raises ValueError for counts that contradict each other.
    """
    if not 0 <= passed <= tested:
        raise ValueError(f"合格 {passed} 批次、抽检 {tested} 批次互相矛盾;请核对来源")
    if tested == 0:
        return PassRate(0, 0, None, None, None)
    share = passed / tested
    square = z * z
    middle = (share + square / (2 * tested)) / (1 + square / tested)
    spread = (z * math.sqrt(share * (1 - share) / tested + square / (4 * tested * tested))) / (
        1 + square / tested
    )
    low, high = max(0.0, middle - spread), min(1.0, middle + spread)
    return PassRate(passed, tested, 100 * share, 100 * min(low, share), 100 * max(high, share))


def wilson_low(frame: Frame, passed: Floats, tested: Floats) -> Derived:
    """The lower bound in percent; nothing where counts are missing or contradict each other."""
    return Derived(_bounds(passed, tested)[0], why=_CONTRADICT)


def wilson_high(frame: Frame, passed: Floats, tested: Floats) -> Derived:
    """The upper bound in percent; nothing where counts are missing or contradict each other."""
    return Derived(_bounds(passed, tested)[1], why=_CONTRADICT)


_CONTRADICT = "没有抽检,或合格批次多于抽检批次"


def _bounds(passed: Floats, tested: Floats) -> tuple[Floats, Floats]:
    got, of = as_arrays([passed, tested])
    low, high = np.full(got.shape, np.nan), np.full(got.shape, np.nan)
    for place in np.argwhere((of > 0) & (got >= 0) & (got <= of)):
        at = tuple(place)
        rate = pass_rate(round(float(got[at])), round(float(of[at])))
        low[at], high[at] = rate.low, rate.high
    return low, high
