"""How often a layer is to be renewed, as people and manifests write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Cadence:
    """A word of the catalogue (实时/日/周/月/季/年 …) and the longest time it allows."""

    title: str
    every: timedelta


_DAY = timedelta(days=1)
# The longest month, quarter, half-year and year: nothing is late because February was short.
_WORDS = {
    "实时": Cadence("实时", timedelta(hours=1)),
    "小时": Cadence("每小时", timedelta(hours=1)),
    "日": Cadence("每日", _DAY),
    "周": Cadence("每周", 7 * _DAY),
    "旬": Cadence("每旬", 11 * _DAY),
    "月": Cadence("每月", 31 * _DAY),
    "季": Cadence("每季", 92 * _DAY),
    "半年": Cadence("每半年", 184 * _DAY),
    "年": Cadence("每年", 366 * _DAY),
}
_SAME = {"天": "日", "星期": "周", "季度": "季", "年度": "年", "月度": "月", "时": "小时"}
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _DAY,
    "w": 7 * _DAY,
    "mo": 31 * _DAY,
    "q": 92 * _DAY,
    "y": 366 * _DAY,
}
_COUNTED = re.compile(r"(\d{1,4})(min|mo|[mhdwqy])")
_TITLES = {
    "m": "分钟",
    "min": "分钟",
    "h": "小时",
    "d": "天",
    "w": "周",
    "mo": "个月",
    "q": "季",
    "y": "年",
}
_ONCE = {"h": "小时", "d": "日", "w": "周", "mo": "月", "q": "季", "y": "年"}


def cadence_of(text: str) -> Cadence | None:
    """What a cadence means; None for 不定期, 一次性, an empty text and what cannot be read."""
    plain = text.strip().lower().replace("更新", "").replace("一次", "")
    word = plain.removeprefix("每").removeprefix("按").removeprefix("个")
    word = _SAME.get(word, word)
    if word in _WORDS:
        return _WORDS[word]
    counted = _COUNTED.fullmatch(plain)
    if counted and int(counted[1]):
        count, unit = int(counted[1]), counted[2]
        if count == 1 and unit in _ONCE:
            return _WORDS[_ONCE[unit]]
        return Cadence(f"每 {count} {_TITLES[unit]}", count * _UNITS[unit])
    return None
