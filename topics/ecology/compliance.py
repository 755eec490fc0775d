"""Compliance with GB 3095, which is not judged by AQI (HJ 633-2026 6.2): by day and by year.

A day is held against the limits of 24 hours and of ozone's largest 8 hours; a year by the annual
means and the percentiles of HJ 663 (air_annual_statistics.csv, verified-secondary).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from topics.ecology.limits import decimals_of, limit_on
from topics.ecology.rounding import Floats, half_even
from topics.ecology.validity import needed
from topics.kit.formula.domain import Derived, Frame, as_arrays

_DAY = (
    *((name, "24h") for name in ("SO2", "NO2", "CO")), ("O3", "8h"), ("PM10", "24h"),
    ("PM2.5", "24h"),
)  # fmt: skip
_MEANS = ("SO2", "NO2", "PM10", "PM2.5")
_YEAR = (
    *((name, "annual") for name in _MEANS), *((name, "24h") for name in _MEANS), ("CO", "24h"),
    ("O3", "8h"),
)  # fmt: skip
_NAMES = {"annual": "年均", "24h": "24 小时", "8h": "日最大 8 小时"}


def day_over(
    frame: Frame, so2: Floats, no2: Floats, co: Floats, o3: Floats, pm10: Floats, pm25: Floats
) -> Derived:
    """How many of the six exceed the grade 2 limit of the day; none where one is missing.

    With one missing a day that is over by another is over; a day without excess is not told.
    """
    return _over(frame, _DAY, as_arrays((so2, no2, co, o3, pm10, pm25)), frame.days)


def year_over(
    frame: Frame,
    so2: Floats,
    no2: Floats,
    pm10: Floats,
    pm25: Floats,
    so2_98: Floats,
    no2_98: Floats,
    pm10_95: Floats,
    pm25_95: Floats,
    co_95: Floats,
    o3_90: Floats,
) -> Derived:
    """How many of the ten statistics of a year exceed their limits; as `day_over`."""
    given = as_arrays((so2, no2, pm10, pm25, so2_98, no2_98, pm10_95, pm25_95, co_95, o3_90))
    return _over(frame, _YEAR, given, [date(one.year, 12, 31) for one in frame.days])


def enough_days(frame: Frame, statistic: Floats, days: Floats) -> Derived:
    """A statistic of a year, where enough days of it are valid (GB 3095-2026 table 4: 324)."""
    values, number = as_arrays((statistic, days))
    least = np.array([needed("annual", "SO2", day) for day in frame.days])
    known = number >= least
    why = ""
    if not known.all():
        why = f"有效日均值不足 {int(least.max())} 天,不作年评价"
    return Derived(np.where(known, values, np.nan), why=why)


def _over(
    frame: Frame,
    items: Sequence[tuple[str, str]],
    given: Sequence[Floats],
    days: Sequence[date],
) -> Derived:
    over = np.zeros(given[0].shape)
    missing = np.zeros(given[0].shape, dtype=bool)
    absent: list[str] = []
    for (pollutant, averaging), values in zip(items, given, strict=True):
        limits = np.array([_limit(pollutant, averaging, day) for day in days])
        rounded = half_even(values, decimals_of(pollutant))
        over += np.where(np.isnan(values), 0, rounded > limits)
        unknown = np.isnan(values)
        if bool(unknown.any()):
            absent.append(f"{pollutant} {_NAMES[averaging]}")
        missing |= unknown
    why = f"{'、'.join(absent)} 缺测,其余没有超标,不能说达标" if absent else ""
    return Derived(np.where(missing & (over == 0), np.nan, over), why=why)


def _limit(pollutant: str, averaging: str, day: date) -> float:
    found = limit_on(pollutant, averaging, day)
    if found is None:
        raise ValueError(f"{day} 没有 {pollutant} 的 {_NAMES[averaging]}限值")
    return found.value
