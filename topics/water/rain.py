"""Grades of rain over 24, 12 and 1 hours.

24 h: GB/T 28592-2012 as quoted by secondary sources; 1 h 短时强降水 (≥ 20 mm): QX/T 416. A 24-hour
amount is never held against a 12-hour scale: the averaging time is part of the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Scale = tuple[tuple[float, str], ...]

# Lower bounds in mm, lowest first; below the first there is no measurable rain.
_SCALES: Mapping[int, Scale] = MappingProxyType(
    {
        24: (
            (0.1, "小雨"),
            (10, "中雨"),
            (25, "大雨"),
            (50, "暴雨"),
            (100, "大暴雨"),
            (250, "特大暴雨"),
        ),
        12: (
            (0.1, "小雨"),
            (5, "中雨"),
            (15, "大雨"),
            (30, "暴雨"),
            (70, "大暴雨"),
            (140, "特大暴雨"),
        ),
        1: ((8, "大雨"), (16, "暴雨"), (20, "短时强降水")),
    }
)
NO_RAIN = "无雨"
BELOW_HEAVY = "大雨以下"  # the hourly scale begins with 大雨
_MEASURABLE = 0.1  # mm


def rain_grade(millimetres: float | None, hours: int) -> str | None:
    """The grade of an amount over 24, 12 or 1 hours; None when it is missing or negative.

    Amounts are rounded to 0.1 mm first, as gauges are read. Raises ValueError for other hours.
    """
    given = np.nan if millimetres is None else millimetres
    number = float(grade_number(np.array([given], dtype=np.float64), hours)[0])
    if np.isnan(number):
        return None
    return (NO_RAIN, *(name for _, name in _scale(hours)))[int(number)]


def grade_number(millimetres: NDArray[np.float64], hours: int) -> NDArray[np.float64]:
    """The grade of each amount by its place in the scale: 0 无雨, 1 the lowest; NaN when unknown.

    On the hourly scale 1 is rain below 大雨. Raises ValueError for other hours.
    """
    bounds = [bound for bound, _ in _scale(hours)]
    # GB/T 8170: half goes to the even tenth; the binary dust of a sum is taken off before.
    amount = np.rint(np.round(millimetres * 10, 6)) / 10
    number = np.searchsorted(bounds, amount, side="right").astype(np.float64)
    return np.where(np.isfinite(amount) & (millimetres >= 0), number, np.nan)


def _scale(hours: int) -> Scale:
    """The scale of that averaging time, from the first measurable rain on."""
    scale = _SCALES.get(hours)
    if scale is None:
        raise ValueError(f"没有 {hours} 小时的雨量等级;只有 24、12、1 小时")
    return scale if scale[0][0] <= _MEASURABLE else ((_MEASURABLE, BELOW_HEAVY), *scale)
