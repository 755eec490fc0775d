"""Levels, reservoirs, rain and black waters from arrays, against the marks of each station."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.topics.water.places import NOTHING, frame, one_cell, place
from topics.water.bodies import black_grade
from topics.water.stations import (
    RESERVOIR_WORDS,
    RIVER_WORDS,
    level_margin,
    level_state,
    rain_grade_1,
    rain_grade_12,
    rain_grade_24,
    reservoir_margin,
    reservoir_state,
)

STATION = place(warning_m="53.00", guarantee_m="55.00", highest_m="57.40", lowest_m="46.20")
RESERVOIR = place(flood_limit_m="95", normal_m="98", design_m="101", dead_m="80")


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (46.2, "低于历史最低"), (52.99, "正常"), (53.0, "超警戒"), (54.99, "超警戒"),
        (55.0, "超保证"), (57.4, "达到历史最高"),
    ],
)  # fmt: skip
def test_a_level_is_worded_by_the_highest_mark_it_reached(level: float, word: str) -> None:
    """水情预警信号 (secondary source): 达到或超过 counts."""
    found = level_state(frame(STATION), one_cell(level)).value[0, 0]
    assert RIVER_WORDS[int(found)] == word


def test_the_margin_is_metres_over_the_warning_level() -> None:
    days = (date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3))
    found = level_margin(frame(STATION, days=days), np.array([[53.31, 52.5, np.nan]]))
    assert found.value[0, :2].tolist() == pytest.approx([0.31, -0.5])
    assert np.isnan(found.value[0, 2])


@pytest.mark.parametrize("written", ["", "未定", "inf"])
def test_a_station_without_a_mark_has_no_margin_and_is_never_called_over_it(written: str) -> None:
    bare = frame(place(warning_m=written))
    assert np.isnan(level_margin(bare, one_cell(60.0)).value[0, 0])
    assert RIVER_WORDS[int(level_state(bare, one_cell(60.0)).value[0, 0])] == "正常"


@pytest.mark.parametrize(
    ("level", "on", "word", "margin"),
    [
        (95.01, date(2026, 4, 15), "超汛限", 0.01), (95.0, date(2026, 10, 15), "正常", 0.0),
        (97.0, date(2026, 4, 14), "正常", -1.0), (98.1, date(2026, 10, 16), "超正常蓄水位", 0.1),
        (80.0, date(2026, 6, 1), "低于死水位", -15.0),
        (101.0, date(2026, 6, 1), "超设计洪水位", 6.0),
    ],
)  # fmt: skip
def test_the_flood_limit_holds_on_the_days_of_the_season_only(
    level: float, on: date, word: str, margin: float
) -> None:
    """汛限水位: 4 月 15 日 – 10 月 15 日 (unverified, a fact of each reservoir)."""
    place_and_day = frame(RESERVOIR, days=(on,))
    state = reservoir_state(place_and_day, one_cell(level)).value[0, 0]
    assert RESERVOIR_WORDS[int(state)] == word
    over = reservoir_margin(place_and_day, one_cell(level)).value[0, 0]
    assert over == pytest.approx(margin)


def test_a_reservoir_may_have_a_season_of_its_own_and_a_wrong_one_is_the_usual() -> None:
    own = place(flood_limit_m="95", normal_m="98", season_start="03-01", season_end="09-30")
    wrong = place(flood_limit_m="95", normal_m="98", season_start="13-40")
    march = (date(2026, 3, 10),)
    assert reservoir_margin(frame(own, days=march), one_cell(96)).value[0, 0] == 1
    assert reservoir_margin(frame(wrong, days=march), one_cell(96)).value[0, 0] == -2


@pytest.mark.parametrize(
    ("function", "amounts", "grades"),
    [
        (rain_grade_24, [0.04, 0.1, 9.9, 10, 25, 50, 100, 249.9, 250], [0, 1, 1, 2, 3, 4, 5, 5, 6]),
        (rain_grade_12, [0.04, 4.9, 5, 15, 30, 70, 139.9, 140, 500], [0, 1, 2, 3, 4, 5, 5, 6, 6]),
        (rain_grade_1, [0.04, 0.1, 7.9, 8, 15.9, 16, 19.9, 20, 90], [0, 1, 1, 2, 2, 3, 3, 4, 4]),
    ],
)
def test_rain_is_graded_at_every_bound_of_its_own_scale(
    function: object, amounts: list[float], grades: list[int]
) -> None:
    """GB/T 28592 (24 h, 12 h) and QX/T 416 (1 h), secondary sources."""
    assert callable(function)
    days = tuple(date(2026, 6, one) for one in range(1, 10))
    found = function(frame(place(), days=days), np.array([amounts]))
    assert found.value[0].tolist() == grades


def test_rain_that_is_missing_or_negative_has_no_grade() -> None:
    days = (date(2026, 6, 1), date(2026, 6, 2))
    found = rain_grade_24(frame(place(), days=days), np.array([[np.nan, -1.0]]))
    assert np.isnan(found.value).all()


def bodies() -> list[dict[str, str]]:
    """The published vectors of 城市黑臭水体整治工作指南 table 2."""
    with Path(__file__).with_name("black_odorous_vectors.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if "SD factor" not in row["expected"]]


@pytest.mark.parametrize("row", bodies(), ids=lambda row: row["expected"][:12])
def test_water_bodies_get_the_published_grade(row: dict[str, str]) -> None:
    names = ("SD_cm", "DO", "NH3N", "depth_cm")
    found = black_grade(frame(place()), *[one_cell(float(row[name])) for name in names])
    value = found.value[0, 0]
    if row["expected"].startswith("null"):
        assert np.isnan(value)
    else:
        assert ("不黑臭", "轻度黑臭", "重度黑臭")[int(value)] in row["expected"]


def test_clear_to_the_bottom_is_a_fact_of_the_water_body() -> None:
    shallow = [one_cell(one) for one in (15.0, NOTHING, NOTHING, 20.0)]
    assert black_grade(frame(place(clear_to_bottom="是")), *shallow).value[0, 0] == 0
    found = black_grade(frame(place()), *shallow)
    assert found.value[0, 0] == 1
    assert found.estimated is not None
    assert found.estimated[0, 0]
