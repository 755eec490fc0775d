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
    scale = _SCALES.get(hours)
    if scale is None:
        raise ValueError(f"没有 {hours} 小时的雨量等级;只有 24、12、1 小时")
    if millimetres is None or not millimetres >= 0:
        return None
    amount = round(millimetres, 1)
    reached = [name for bound, name in scale if amount >= bound]
    if reached:
        return reached[-1]
    return NO_RAIN if amount < _MEASURABLE else BELOW_HEAVY


def grade_number(millimetres: NDArray[np.float64], hours: int) -> NDArray[np.float64]:
    """The grade of each amount by its place in the scale: 0 无雨, 1 the lowest; NaN when unknown.

    On the hourly scale 1 is rain below 大雨. Raises ValueError for other hours.
    """
    scale = _SCALES.get(hours)
    if scale is None:
        raise ValueError(f"没有 {hours} 小时的雨量等级;只有 24、12、1 小时")
    below = scale if scale[0][0] <= _MEASURABLE else ((_MEASURABLE, BELOW_HEAVY), *scale)
    amount = np.round(millimetres, 1)
    number = np.searchsorted([bound for bound, _ in below], amount, side="right").astype(np.float64)
    return np.where(np.isfinite(amount) & (millimetres >= 0), number, np.nan)
