"""Shares as documents print them, and growth over two years; what may not be derived is refused.

Vectors: seed 002 and 004 (一网通办率 1238/1378 printed 89.8 %, 2 decimals elsewhere): the number of
decimals belongs to the indicator. Growth is always the published one (period rule P4).
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal


def percent(numerator: float | None, denominator: float | None) -> float | None:
    """numerator ÷ denominator × 100; None when either is unknown or nothing was to be counted."""
    if numerator is None or denominator is None:
        return None
    if not (math.isfinite(numerator) and math.isfinite(denominator)) or denominator <= 0:
        return None
    return 100 * numerator / denominator


def printed(value: float, decimals: int) -> str:
    """As documents print it: rounded half up (四舍五入), with the indicator's decimals."""
    step = Decimal(1).scaleb(-decimals)
    return str(Decimal(repr(value)).quantize(step, ROUND_HALF_UP))


def two_year_average(before: float, now: float) -> float:
    """√((1+g₁)(1+g₂))−1 in percent (period rule P6).

    Raises ValueError below −100 %, which no growth can be.
    """
    if before < -100 or now < -100:
        raise ValueError(f"增速 {min(before, now)}% 低于 -100%,不可能;请核对来源")
    return 100 * (math.sqrt((1 + before / 100) * (1 + now / 100)) - 1)


def points(before: float, now: float, decimals: int = 1) -> str:
    """The change of a rate, in 百分点 and never in % (period rule P5)."""
    return f"{printed(now - before, decimals)} 百分点"
