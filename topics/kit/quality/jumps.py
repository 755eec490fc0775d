"""Sudden changes of a series: against the two periods before, and against how it usually moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Doubt
from topics.kit.quality.words import written

ENOUGH = 8
"""So many earlier changes are needed before a series is said to move usually."""


def sudden(spec: IndicatorSpec, one: Observation, before: Sequence[float]) -> Doubt | None:
    """The doubt about a value that jumps from each of the (at most two) values `before` it.

    `before` is newest first. Two are asked, so that the return from one wrong value is not
    doubted, and a new level is doubted once only.
    """
    if one.value is None or not before or not spec.checks.jumps:
        return None
    if not all(_jumps(spec, one.value, earlier) for earlier in before[:2]):
        return None
    detail = f"由 {written(spec, before[0])} 变为 {written(spec, one.value)},超过 {_limit(spec)}"
    return Doubt("jump", one.indicator, one.region, one.period, one.value, detail)


def unlike(spec: IndicatorSpec, one: Observation, before: Sequence[float]) -> Doubt | None:
    """The doubt about a change many times larger than the usual one (median of absolute changes).

    `before` is newest first; a series that never moves has no usual change and is left alone.
    """
    times = spec.checks.jump_times
    if times is None or one.value is None or len(before) <= ENOUGH:
        return None
    moved = [abs(a - b) for a, b in pairwise(before)]
    usual = median(moved)
    if usual == 0 or any(abs(one.value - earlier) <= times * usual for earlier in before[:2]):
        return None
    factor = abs(one.value - before[0]) / usual
    detail = (
        f"由 {written(spec, before[0])} 变为 {written(spec, one.value)},"
        f"是近 {len(moved)} 期通常变化的 {factor:.0f} 倍"
    )
    return Doubt("jump", one.indicator, one.region, one.period, one.value, detail)


def _jumps(spec: IndicatorSpec, value: float, earlier: float) -> bool:
    """Whether every limit that is written is passed; a change equal to the limit is none."""
    checks, change = spec.checks, abs(value - earlier)
    if checks.jump is not None and change <= checks.jump:
        return False
    # From nothing every change is infinite in per cent: only the absolute limit can say.
    if checks.jump_percent is not None:
        if earlier == 0:
            return checks.jump is not None
        return change / abs(earlier) * 100 > checks.jump_percent
    return True


def _limit(spec: IndicatorSpec) -> str:
    checks = spec.checks
    parts = []
    if checks.jump is not None:
        parts.append(written(spec, checks.jump))
    if checks.jump_percent is not None:
        parts.append(f"{checks.jump_percent:g}%")
    return "且 ".join(parts)
