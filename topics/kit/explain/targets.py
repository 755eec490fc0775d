"""How far a value is from its target, in the numbers that are shown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from topics.kit.contracts import Observation
from topics.kit.explain.contracts import Aim
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.clock import local
from topics.kit.words.judgement import target_name, target_value
from topics.kit.words.numbers import rounded, write_plain


def aim_of(spec: IndicatorSpec, judged: Observation | None, moment: datetime) -> Aim | None:
    """The target in force at `moment` and the distance of `judged` from it; None without target.

    The distance is between the rounded numbers, so that it is what a reader gets who subtracts.
    """
    target = spec.target_on(local(moment).date())
    if target is None:
        return None
    name, limit = target_name(target, moment), target_value(spec, target)
    if judged is None or judged.value is None:
        return Aim(spec, target, name, limit)
    gap = rounded(judged.value, spec.precision) - rounded(target.value, spec.precision)
    met = None
    if spec.direction != "none":
        met = gap <= 0 if spec.direction == "lower" else gap >= 0
    return Aim(spec, target, name, limit, _text(spec, name, gap), met)


def _text(spec: IndicatorSpec, name: str, gap: Decimal) -> str:
    if spec.shown == "class":
        met = gap <= 0 if spec.direction == "lower" else gap >= 0
        return f"{'达到' if met else '未达到'}{name}"
    if gap == 0:
        return f"与{name}持平"
    size = write_plain(float(abs(gap)), spec.precision)
    unit = " 个百分点" if spec.unit == "%" else f" {spec.unit}".rstrip()
    return f"{'高于' if gap > 0 else '低于'}{name} {size}{unit}"
