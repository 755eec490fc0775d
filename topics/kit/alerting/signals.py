"""The number that a rule compares with its limits, for all of its series at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.density import Spot
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.values import Row
from topics.kit.formula.nodes import Binary, Compare, Name, Negative, Number
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.pages.limits import Limits
from topics.kit.quality.freshness import DEAD_AFTER
from topics.kit.words.values import class_place

Floats = NDArray[np.float64]
LimitsOf = Callable[[str, str, date], Limits | None]
"""The limits of an indicator at a place on a day; None where the topic knows none."""

_ZONE = ZoneInfo("Asia/Shanghai")
_HOUR = 3600.0


class Facts(Protocol):
    """What rules look at beside the newest values; NaN where nothing is known."""

    def before(self, rule: Rule, row: Row) -> Floats:
        """The value that the newest one is compared with, for each series."""

    def odds(self, rule: Rule, limit: float) -> Floats:
        """How probable it is that a value within the horizon is beyond `limit`, for each series."""

    def score(self, rule: Rule, row: Row) -> Floats:
        """How unusual the newest value is, for each series."""

    def crowds(self, rule: Rule, now: datetime) -> Mapping[str, Spot]:
        """Where most events lie close together, for each region that has any."""


@dataclass(frozen=True, slots=True)
class Signal:
    """`number` is compared with the limits, `value` is what people read; NaN: no data.

    `spots` say where within a series it is, where that is a matter of the signal.
    """

    number: Floats
    value: Floats
    spots: Mapping[str, Spot] = field(default_factory=dict)


Values = Callable[[str], Row]


def signal(rule: Rule, values: Values, facts: Facts, limits: LimitsOf, now: datetime) -> Signal:
    """The signal of a rule; `values` gives the newest values of an indicator for its series."""
    kind = rule.spec.kind
    if kind == "density":
        spots = facts.crowds(rule, now)
        counts = [float(spots[one].count) if one in spots else 0.0 for one in rule.series]
        return Signal(np.array(counts), np.array(counts), spots)
    rows = [values(one.id) for one in rule.indicators]
    if kind in ("no_data", "late"):
        return Signal(_age(rule, rows[0], now), rows[0].values)
    known = {one.id: _living(one, row, now) for one, row in zip(rule.indicators, rows, strict=True)}
    if not rule.plain:
        number = worth(rule.node, known.__getitem__)
        return Signal(number, readable(rule, number, known))
    value = known[rule.indicators[0].id]
    if kind == "change":
        return Signal(change(rule, value, facts.before(rule, rows[0])), value)
    if kind == "forecast":
        return Signal(facts.odds(rule, forecast_limit(rule)), value)
    if kind == "anomaly":
        return Signal(np.where(np.isnan(value), np.nan, facts.score(rule, rows[0])), value)
    day = now.astimezone(_ZONE).date()
    return Signal(measured(rule, value, rule.series, day, limits), value)


def measured(
    rule: Rule, value: Floats, places: Sequence[str], day: date, limits: LimitsOf
) -> Floats:
    """A threshold's number: the value itself, how far beyond the target, or classes beyond."""
    spec = rule.indicators[0]
    if rule.spec.of == "target":
        target = spec.target_on(day)
        if target is None:
            return np.full_like(value, np.nan)
        return target.value - value if spec.direction == "higher" else value - target.value
    if rule.spec.of == "class":
        pairs = zip(value, places, strict=True)
        found = [beyond(spec, place, float(one), day, limits) for one, place in pairs]
        return np.array(found, dtype=np.float64)
    return value


def readable(rule: Rule, number: Floats, known: Mapping[str, Floats]) -> Floats:
    """What people read of an expression: its worth; of a condition the one value it is about."""
    if not isinstance(rule.node, Compare):
        return number
    one = rule.indicator
    return known[one.id] if one is not None else np.full_like(number, np.nan)


def beyond(spec: IndicatorSpec, place: str, value: float, day: date, limits: LimitsOf) -> float:
    """How many classes beyond the one that is aimed at; without an aim, which class (1 is best)."""
    if np.isnan(value):
        return np.nan
    found = limits(spec.id, place, day) if spec.limits is not None else None
    band = found.band_of(value) if found is not None else None
    if found is None or band is None:
        order = class_place(spec, value)
        return np.nan if order is None else order + 1.0
    labels = [one.label for one in found.bands]
    at = labels.index(band.label)
    return float(at - labels.index(found.aim)) if found.aim in labels else at + 1.0


def change(rule: Rule, value: Floats, before: Floats) -> Floats:
    """The difference, or in percent of the value before (none where that is not above 0).

    In percent nothing has changed where both values are below `least`: of few, each one is many.
    """
    difference = value - before
    if rule.spec.measured == "absolute":
        return difference
    with np.errstate(divide="ignore", invalid="ignore"):
        few = np.maximum(value, before) < rule.spec.least  # false where one is unknown
        share = np.where(before > 0, difference / before * 100, np.nan)
    return np.where(few, 0.0, share)


def forecast_limit(rule: Rule) -> float:
    """What a forecast is compared with: the rule's own limit, else the red lamp's."""
    spec = rule.indicators[0]
    if rule.spec.limit is not None:
        return rule.spec.limit
    return np.nan if spec.thresholds is None else spec.thresholds.bad


def worth(node: Any, value: Callable[[str], Floats]) -> Floats:
    """What an expression is worth; a comparison is 1 or 0, and NaN where anything is missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _worth(node, value)
    return np.where(np.isfinite(found), found, np.nan)


def _worth(node: Any, value: Callable[[str], Floats]) -> Any:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return value(node.indicator)
    if isinstance(node, Negative):
        return -_worth(node.inner, value)
    assert isinstance(node, Binary | Compare)
    left, right = _worth(node.left, value), _worth(node.right, value)
    if isinstance(node, Binary):
        return _ARITHMETIC[node.sign](left, right)
    missing = np.isnan(left) | np.isnan(right)
    return np.where(missing, np.nan, _COMPARING[node.sign](left, right))


_ARITHMETIC: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_COMPARING: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def _living(spec: IndicatorSpec, row: Row, now: datetime) -> Floats:
    """The values, without those so old that they say nothing any more (停更)."""
    with np.errstate(invalid="ignore"):
        dead = now.timestamp() - row.ends > spec.freshness.total_seconds() * DEAD_AFTER
    return np.where(dead, np.nan, row.values)


def _age(rule: Rule, row: Row, now: datetime) -> Floats:
    """Hours since the newest period ended, for `late` beyond what was promised.

    A series that never had a value is not late: nobody knows whether it should have one.
    """
    age = (now.timestamp() - row.ends) / _HOUR
    if rule.spec.kind == "late":
        age = age - rule.indicators[0].freshness.total_seconds() / _HOUR
    return np.where(np.isnan(row.ends), -np.inf, age)


def _same(number: Floats) -> Signal:
    return Signal(number, number)


def remembered(limits: LimitsOf) -> LimitsOf:
    """The same limits, each asked for once a day: a rule asks for them at every tick."""
    return lru_cache(maxsize=20_000)(limits)
