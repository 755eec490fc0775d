"""When an hour, a day, a month or a year of air data is complete enough to be a mean.

GB 3095-2026 table 4 (data/reference/air_data_validity.csv): an hour needs 45 minutes, eight hours
of ozone six, a day 20 hours, a month 27 days (February 25), a year 324 days. What the table does
not say (how many 8-hour means make a day) is marked unverified there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike

from topics.ecology.limits import limit_on
from topics.ecology.rounding import Floats, half_even
from topics.ecology.rule_rows import rows_on

_TABLE = "air_data_validity.csv"
_COLUMNS = ("averaging", "pollutants", "needs", "count", "of")
HOURS = 24
_EIGHT = 8
FEBRUARY = 2


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean; None with the reason in Chinese when too little is known. `count` is what counted."""

    value: float | None
    count: int
    why: str = ""


def needed(averaging: str, pollutant: str, moment: date) -> int:
    """How many minutes, hours or days a mean needs; ValueError for a mean nobody defined."""
    for row in rows_on(_TABLE, _COLUMNS, moment):
        if row["averaging"] == averaging and pollutant in row["pollutants"].split():
            return int(row["count"])
    raise ValueError(f"没有 {pollutant} 的 {averaging} 有效性规定;请补 data/reference/{_TABLE}")


def hour_mean(value: float | None, minutes: int, pollutant: str, moment: date) -> Mean:
    """An hourly mean, if it rests on 45 minutes of sampling."""
    least = needed("1h", pollutant, moment)
    if value is None or not value >= 0:
        return Mean(None, minutes, "缺测或负值")
    if minutes < least:
        return Mean(None, minutes, f"采样 {minutes} 分钟,不足 {least} 分钟")
    return Mean(value, minutes)


def day_mean(hours: ArrayLike, pollutant: str, moment: date) -> Mean:
    """The 24-hour mean of a natural day; NaN and negatives are hours without a value."""
    known = _known(hours)
    least = needed("24h", pollutant, moment)
    if len(known) < least:
        return Mean(None, len(known), f"有效 {len(known)} 小时,不足 {least} 小时")
    return Mean(float(known.mean()), len(known))


def day_max_8h(hours: ArrayLike, moment: date) -> Mean:
    """Ozone's largest 8-hour mean of a day, from the means that end at 8, 9 … 24 o'clock.

    A running mean needs six of its eight hours. Too few of them make no day, unless the largest
    is above the grade 2 limit anyway.
    """
    values = np.asarray(hours, dtype=float)
    if values.shape != (HOURS,):
        raise ValueError(f"一日要 {HOURS} 个小时值(缺测写 NaN),给了 {values.size} 个")
    least = needed("8h", "O3", moment)
    windows = [_known(values[end - _EIGHT : end]) for end in range(_EIGHT, HOURS + 1)]
    means = [float(one.mean()) for one in windows if len(one) >= least]
    if not means:
        return Mean(None, 0, f"没有一个 8 小时均值有 {least} 小时")
    largest, limit = max(means), limit_on("O3", "8h", moment)
    enough = needed("max8h", "O3", moment)
    if len(means) < enough and (limit is None or half_even(largest, 0) <= limit.value):
        return Mean(None, len(means), f"有效 8 小时均值 {len(means)} 个,不足 {enough} 个")
    return Mean(largest, len(means))


def day_is_valid(pollutant: str, count: float, value: float | None, moment: date) -> bool:
    """Whether a day with so many valid hours (ozone: 8-hour means) has a mean.

    Ozone above the grade 2 limit counts however few there are.
    """
    if pollutant != "O3":
        return count >= needed("24h", pollutant, moment)
    limit = limit_on("O3", "8h", moment)
    if value is not None and limit is not None and half_even(value, 0) > limit.value:
        return True
    return count >= needed("max8h", "O3", moment)


def complete_year(days: Sequence[date], pollutant: str, year: int) -> tuple[bool, str]:
    """Whether the valid days make a year: 324 in all, 27 a month, 25 in February."""
    own = {one for one in days if one.year == year}
    first = date(year, 1, 1)
    least = needed("annual", pollutant, first)
    if len(own) < least:
        return False, f"{year} 年有效 {len(own)} 天,不足 {least} 天"
    for month in range(1, 13):
        kind = "february" if month == FEBRUARY and _has_february(pollutant, first) else "month"
        wanted = needed(kind, pollutant, first)
        held = sum(1 for one in own if one.month == month)
        if held < wanted:
            return False, f"{year} 年 {month} 月有效 {held} 天,不足 {wanted} 天"
    return True, ""


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(one) for one in range((date(year + 1, 1, 1) - first).days)]


def _has_february(pollutant: str, moment: date) -> bool:
    found = rows_on(_TABLE, _COLUMNS, moment)
    return any(
        row["averaging"] == "february" and pollutant in row["pollutants"].split() for row in found
    )


def _known(hours: ArrayLike) -> Floats:
    values = np.asarray(hours, dtype=float)
    known: Floats = values[values >= 0]
    return known
