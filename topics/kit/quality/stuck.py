"""A sensor that says the same for hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.words import written

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HourSpan:
    """The lowest and highest value within one hour of a series, `first` and `last` its periods."""

    hour: datetime
    low: float
    high: float
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class EqualRun:
    """The newest hours of a series that all had the same value."""

    value: float
    hours: int
    first: datetime
    last: datetime


def equal_run(hours: Sequence[HourSpan]) -> EqualRun | None:
    """The run that ends with the newest hour (`hours` oldest first); None when that one moved.

    An hour without a value neither counts nor ends the run: a gap is no movement.
    """
    if not hours or hours[-1].low != hours[-1].high:
        return None
    value, count, first = hours[-1].low, 0, hours[-1].first
    for one in reversed(hours):
        if one.low != value or one.high != value:
            break
        count, first = count + 1, one.first
    return EqualRun(value, count, first, hours[-1].last)


def stuck(spec: IndicatorSpec, run: EqualRun | None) -> str:
    """Why the series seems stuck, in Chinese; empty when it moves or may stand still so long."""
    limit = spec.checks.stuck_hours
    if run is None or limit is None or run.hours < limit or run.value in spec.checks.steady:
        return ""
    return f"连续 {run.hours} 小时都是 {written(spec, run.value)},疑似仪器或传输卡死"
