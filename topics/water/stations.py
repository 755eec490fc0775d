"""Levels and rain at their stations, for whole arrays: what they have reached, by how much.

The marks are facts of each station (stations' papers; 示例 in the demo); the words and their order
are those of topics/water/levels.py, the grades those of topics/water/rain.py. All of it is 监测,
never a 法定预警.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Floats, Frame
from topics.water.levels import (
    NORMAL,
    Day,
    ReservoirMarks,
    RiverMarks,
    Standing,
    in_season,
    reservoir_standing,
    river_standing,
)
from topics.water.rain import grade_number

RIVER_WORDS = ("低于历史最低", NORMAL.word, "超警戒", "超保证", "达到历史最高")
RESERVOIR_WORDS = ("低于死水位", NORMAL.word, "超正常蓄水位", "超汛限", "超设计洪水位")
_NO_LEVEL = "水位缺测"
_NO_MARK = "水位缺测,或测站没有特征水位"


def level_state(frame: Frame, level: Floats) -> Derived:
    """What a river's level has reached: 0 below the lowest, 1 normal, 2 警戒, 3 保证, 4 highest."""

    def number(region: Region, value: float, day: date) -> float:
        standing = river_standing(value, river_marks(region))
        return _number(standing, RIVER_WORDS)

    return Derived(_each(frame, level, number), why=_NO_LEVEL)


def level_margin(frame: Frame, level: Floats) -> Derived:
    """Metres above the 警戒水位 of the station; negative below it."""

    def margin(region: Region, value: float, day: date) -> float:
        return value - _metres(region, "warning_m")

    return Derived(_each(frame, level, margin), why=_NO_MARK)


def reservoir_state(frame: Frame, level: Floats) -> Derived:
    """What a reservoir's level has passed: 0 死水位, 1 normal, 2 正常蓄水位, 3 汛限, 4 设计.

    The flood limit holds within the flood season, the normal level outside of it.
    """

    def number(region: Region, value: float, day: date) -> float:
        return _number(reservoir_standing(value, reservoir_marks(region), day), RESERVOIR_WORDS)

    return Derived(_each(frame, level, number), why=_NO_LEVEL)


def reservoir_margin(frame: Frame, level: Floats) -> Derived:
    """Metres above 汛限水位 in the flood season, above 正常蓄水位 outside; negative below."""

    def margin(region: Region, value: float, day: date) -> float:
        marks = reservoir_marks(region)
        upper = marks.flood_limit if in_season(day, marks) else marks.normal
        return np.nan if upper is None else value - upper

    return Derived(_each(frame, level, margin), why=_NO_MARK)


def rain_grade_24(frame: Frame, rain: Floats) -> Derived:
    """The grade of a 24-hour amount: 0 无雨, 1 小雨 … 6 特大暴雨."""
    return Derived(grade_number(rain, 24), why="雨量缺测")


def rain_grade_12(frame: Frame, rain: Floats) -> Derived:
    """The grade of a 12-hour amount: 0 无雨, 1 小雨 … 6 特大暴雨."""
    return Derived(grade_number(rain, 12), why="雨量缺测")


def rain_grade_1(frame: Frame, rain: Floats) -> Derived:
    """The grade of an hour: 0 无雨, 1 大雨以下, 2 大雨, 3 暴雨, 4 短时强降水."""
    return Derived(grade_number(rain, 1), why="雨量缺测")


def _each(frame: Frame, values: Floats, rule: Callable[[Region, float, date], float]) -> Floats:
    found = np.full(np.shape(values), np.nan)
    for row, region in enumerate(frame.regions):
        for column in np.flatnonzero(np.isfinite(values[row])).tolist():
            found[row, column] = rule(region, float(values[row, column]), frame.days[column])
    return found


def _number(standing: Standing | None, words: tuple[str, ...]) -> float:
    return np.nan if standing is None else float(words.index(standing.word))


def river_marks(region: Region) -> RiverMarks:
    """The marks in a river station's papers (facts of the site)."""
    return RiverMarks(
        warning=_mark(region, "warning_m"),
        guarantee=_mark(region, "guarantee_m"),
        highest=_mark(region, "highest_m"),
        lowest=_mark(region, "lowest_m"),
    )


def reservoir_marks(region: Region) -> ReservoirMarks:
    """The marks in a reservoir's papers, with its flood season (facts of the site)."""
    usual = ReservoirMarks()
    return ReservoirMarks(
        flood_limit=_mark(region, "flood_limit_m"),
        normal=_mark(region, "normal_m"),
        design=_mark(region, "design_m"),
        dead=_mark(region, "dead_m"),
        season_start=_day(region.fact("season_start")) or usual.season_start,
        season_end=_day(region.fact("season_end")) or usual.season_end,
    )


def _metres(region: Region, fact: str) -> float:
    found = _mark(region, fact)
    return np.nan if found is None else found


def _mark(region: Region, fact: str) -> float | None:
    """The mark that the papers give; None when they give none or no number."""
    try:
        found = float(region.fact(fact))
    except ValueError:
        return None
    return found if np.isfinite(found) else None


def _day(text: str) -> Day | None:
    """Month and day of "04-15"; None for anything else."""
    month, _, day = text.partition("-")
    try:
        known = date(2000, int(month), int(day))  # a leap year: 02-29 is a day
    except ValueError:
        return None
    return known.month, known.day
