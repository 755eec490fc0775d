"""When events happen: counts by weekday and hour of the city's clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from topics.kit.errors import TopicError

CHINA = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def profile(times: Iterable[datetime], zone: ZoneInfo = CHINA) -> NDArray[np.int64]:
    """Events by weekday (Monday first) and hour, shape (7, 24); a time without a zone is refused.

    Where clocks go back, the hour that comes twice counts both times; one left out counts nothing.
    """
    counts = np.zeros((7, 24), dtype=np.int64)
    for one in times:
        if one.tzinfo is None:
            raise TopicError(f"时间 {one:%Y-%m-%d %H:%M} 没有时区;请写成带 +08:00 的时间")
        local = one.astimezone(zone)
        counts[local.weekday(), local.hour] += 1
    return counts


def busiest(counts: NDArray[np.int64]) -> str:
    """The busiest hour of the week in words, the first when several tie; "" when nothing is."""
    if not counts.any():
        return ""
    day, hour = divmod(int(np.argmax(counts)), 24)
    return f"{WEEKDAYS[day]} {hour}–{hour + 1} 时最多({int(counts.max())} 件)"
