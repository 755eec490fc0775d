"""Water levels against what the station's or the reservoir's papers say.

Terms: 警戒水位, 保证水位, 历史最高 of rivers; 汛限水位, 正常蓄水位, 设计洪水位, 死水位 of
reservoirs (known from secondary sources). These are our own 监测 states, never a 法定预警: those
come from their issuers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Day = tuple[int, int]  # month, day


@dataclass(frozen=True, slots=True)
class RiverMarks:
    """Levels of a river station in m of its own datum; None where the papers give none."""

    warning: float | None = None  # 警戒水位
    guarantee: float | None = None  # 保证水位
    highest: float | None = None  # 历史最高水位
    lowest: float | None = None  # 历史最低水位


@dataclass(frozen=True, slots=True)
class ReservoirMarks:
    """Levels of a reservoir in m; the flood limit holds within [season_start, season_end]."""

    flood_limit: float | None = None  # 汛限水位
    normal: float | None = None  # 正常蓄水位
    design: float | None = None  # 设计洪水位
    dead: float | None = None  # 死水位
    season_start: Day = (4, 15)  # Guangdong 汛期; configurable per reservoir
    season_end: Day = (10, 15)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a level means: the word, and by how many metres it is over (or under) that mark."""

    word: str
    margin: float | None = None


NORMAL = Standing("正常")


def river_standing(level: float | None, marks: RiverMarks) -> Standing | None:
    """The highest mark that the level has reached (equal is reached); None without a level."""
    if level is None:
        return None
    rising = (
        (marks.highest, "达到历史最高"),
        (marks.guarantee, "超保证"),
        (marks.warning, "超警戒"),
    )
    for mark, word in rising:
        if mark is not None and level >= mark:
            return Standing(word, level - mark)
    if marks.lowest is not None and level <= marks.lowest:
        return Standing("低于历史最低", level - marks.lowest)
    return NORMAL


def reservoir_standing(level: float | None, marks: ReservoirMarks, on: date) -> Standing | None:
    """The mark that the level has passed on that day; None without a level.

    The flood limit counts within the flood season only, the normal level outside of it.
    """
    if level is None:
        return None
    if marks.design is not None and level >= marks.design:
        return Standing("超设计洪水位", level - marks.design)
    upper, word = (
        (marks.flood_limit, "超汛限") if in_season(on, marks) else (marks.normal, "超正常蓄水位")
    )
    if upper is not None and level > upper:
        return Standing(word, level - upper)
    if marks.dead is not None and level <= marks.dead:
        return Standing("低于死水位", level - marks.dead)
    return NORMAL


def in_season(on: date, marks: ReservoirMarks) -> bool:
    """Whether the day lies in the flood season, both ends included; it may pass New Year."""
    now, start, end = (on.month, on.day), marks.season_start, marks.season_end
    return start <= now <= end if start <= end else now >= start or now <= end
