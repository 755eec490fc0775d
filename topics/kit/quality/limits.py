"""A single value against the limits of its indicator: refused, doubted or believed."""

from __future__ import annotations

from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Doubt
from topics.kit.quality.words import written


def refusal(spec: IndicatorSpec, value: float | None) -> str:
    """Why the value must not be stored, in Chinese with the fix; empty when it may.

    A value equal to a hard limit is within it.
    """
    limits = spec.checks
    if value is None:
        return ""
    if limits.min is not None and value < limits.min:
        if limits.min == 0:
            return f"{written(spec, value)} 是负数,“{spec.title}”不会小于 0;请核对,缺测请留空"
        return f"{written(spec, value)} 低于下限 {written(spec, limits.min)};请核对数值和单位"
    if limits.max is not None and value > limits.max:
        return f"{written(spec, value)} 高于上限 {written(spec, limits.max)};请核对数值和单位"
    return ""


def unusual(spec: IndicatorSpec, one: Observation) -> Doubt | None:
    """The doubt about a value outside the soft limits; None within (a limit itself is within)."""
    limits = spec.checks
    if one.value is None:
        return None
    low = limits.soft_min is not None and one.value < limits.soft_min
    high = limits.soft_max is not None and one.value > limits.soft_max
    if not (low or high):
        return None
    limit = limits.soft_min if low else limits.soft_max
    assert limit is not None
    side = "低于合理范围的下限" if low else "高于合理范围的上限"
    detail = f"{written(spec, one.value)} {side} {written(spec, limit)}"
    return Doubt("range", one.indicator, one.region, one.period, one.value, detail)
