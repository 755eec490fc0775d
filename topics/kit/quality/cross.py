"""A region against the regions below it: sums add up, means lie between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Doubt
from topics.kit.quality.words import written


def apart(
    spec: IndicatorSpec,
    parent: Observation,
    children: Mapping[str, float | None],
    below: Sequence[str],
) -> Doubt | None:
    """The doubt about a parent that does not fit its children of the same period.

    `below` names every child there should be; nothing is said while one of them is missing, since
    it may be what makes up the difference.
    """
    if parent.value is None or spec.checks.additive == "none" or not below:
        return None
    values = [children.get(one) for one in below]
    known = [one for one in values if one is not None]
    if len(known) < len(below):
        return None
    wrong = _sum(spec, parent.value, known)
    if spec.checks.additive == "mean":
        wrong = _mean(spec, parent.value, known)
    if not wrong:
        return None
    return Doubt("cross", parent.indicator, parent.region, parent.period, parent.value, wrong)


def _sum(spec: IndicatorSpec, value: float, known: Sequence[float]) -> str:
    total = sum(known)
    parts = len(known) + 1
    if abs(total - value) <= _slack(spec, max(abs(total), abs(value)), parts):
        return ""
    return f"下级之和 {written(spec, total)} 与本级 {written(spec, value)} 不等"


def _mean(spec: IndicatorSpec, value: float, known: Sequence[float]) -> str:
    low, high = min(known), max(known)
    slack = _slack(spec, max(abs(low), abs(high)))
    if low - slack <= value <= high + slack:
        return ""
    return f"本级 {written(spec, value)} 不在下级 {written(spec, low)}–{written(spec, high)} 之间"


def _slack(spec: IndicatorSpec, size: float, rounded: int = 2) -> float:
    # Published figures are rounded: half of the last digit of each is never a contradiction.
    return max(size * spec.checks.tolerance / 100, rounded * 0.5 * 10.0**-spec.precision) + 1e-9
