"""Black water, rain and levels: the published vectors and every boundary.

城市黑臭水体整治工作指南 (2015) table 2; GB/T 28592-2012 (24, 12 h) and QX/T 416 (1 h); 水情预警信号
for rivers; 汛限 by each reservoir's papers. All of them secondary (docs/domain/water.md).
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.water.black_odorous import Blackness, grade
from topics.water.levels import (
    ReservoirMarks,
    RiverMarks,
    in_season,
    reservoir_standing,
    river_standing,
)
from topics.water.rain import grade_number, rain_grade


def vectors() -> list[dict[str, str]]:
    with Path(__file__).with_name("black_odorous_vectors.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["expected"][:12])
def test_the_published_vectors_get_their_grade(row: dict[str, str]) -> None:
    """城市黑臭水体整治工作指南 (2015) table 2 (secondary)."""
    alone = "SD factor" in row["expected"]
    found = grade(
        transparency_cm=float(row["SD_cm"]),
        oxygen_mg_l=None if alone else float(row["DO"]),
        ammonia_mg_l=None if alone else float(row["NH3N"]),
        depth_cm=float(row["depth_cm"]),
        clear_to_bottom=row["clear_to_bottom"] == "true",
    )
    if row["expected"].startswith("null"):
        assert found is None
    else:
        assert found is not None
        assert found.label in row["expected"]


@pytest.mark.parametrize(
    ("oxygen", "expected"),
    [
        (2.0, Blackness.NONE),
        (1.99, Blackness.MILD),
        (0.2, Blackness.MILD),
        (0.19, Blackness.SEVERE),
    ],
)
def test_oxygen_at_its_bounds(oxygen: float, expected: Blackness) -> None:
    """Table 2, 溶解氧: 轻度 0.2–2.0, 重度 < 0.2 mg/L (secondary)."""
    assert grade(transparency_cm=None, oxygen_mg_l=oxygen, ammonia_mg_l=None) is expected


@pytest.mark.parametrize(
    ("ammonia", "expected"),
    [(8.0, Blackness.NONE), (8.01, Blackness.MILD), (15, Blackness.MILD), (15.1, Blackness.SEVERE)],
)
def test_ammonia_at_its_bounds(ammonia: float, expected: Blackness) -> None:
    """Table 2, 氨氮: 轻度 8.0–15, 重度 > 15 mg/L (secondary)."""
    assert grade(transparency_cm=None, oxygen_mg_l=None, ammonia_mg_l=ammonia) is expected


@pytest.mark.parametrize(
    ("clear", "cm", "expected"),
    [(True, 5, Blackness.NONE), (False, 8, Blackness.MILD), (False, 7.9, Blackness.SEVERE)],
)
def test_shallow_water_is_held_against_its_depth(
    clear: bool, cm: float, expected: Blackness
) -> None:
    """Table 2, note on depths below 25 cm: 40 % of the depth (secondary)."""
    found = grade(
        transparency_cm=cm, oxygen_mg_l=None, ammonia_mg_l=None, depth_cm=20, clear_to_bottom=clear
    )
    assert found is expected


@pytest.mark.parametrize(
    ("millimetres", "hours", "expected"),
    [
        (0, 24, "无雨"), (0.04, 24, "无雨"), (0.1, 24, "小雨"), (9.9, 24, "小雨"),
        (9.94, 24, "小雨"),
        (10, 24, "中雨"), (24.9, 24, "中雨"), (25, 24, "大雨"), (49.9, 24, "大雨"),
        (50, 24, "暴雨"),
        (99.9, 24, "暴雨"), (100, 24, "大暴雨"), (249.9, 24, "大暴雨"), (250, 24, "特大暴雨"),
        (30, 12, "暴雨"), (29.9, 12, "大雨"), (140, 12, "特大暴雨"),
        (0.04, 1, "无雨"), (7.9, 1, "大雨以下"), (8, 1, "大雨"), (16, 1, "暴雨"),
        (20, 1, "短时强降水"),
        (None, 24, None), (-1, 24, None), (float("nan"), 24, None),
    ],
)  # fmt: skip
def test_rain_is_graded_by_its_own_averaging_time(
    millimetres: float | None, hours: int, expected: str | None
) -> None:
    """GB/T 28592-2012 (24, 12 h), QX/T 416 (1 h): a bound belongs to the heavier grade."""
    assert rain_grade(millimetres, hours) == expected


@pytest.mark.parametrize("hours", [24, 12, 1])
@given(st.floats(0, 300), st.sampled_from([0.0, 0.05, 0.15, 4.95, 9.95, 24.95, 49.95, 0.1 + 0.2]))
def test_the_word_and_the_number_of_a_grade_agree(hours: int, drawn: float, edge: float) -> None:
    """GB/T 8170: half goes to the even tenth, in both (0.05 is 0.0, 24.95 is 25.0)."""
    words = {24: 7, 12: 7, 1: 5}[hours]
    for amount in (drawn, edge, round(drawn, 2)):
        number = grade_number(np.array([amount]), hours)[0]
        assert 0 <= number < words
        word = rain_grade(amount, hours)
        assert (word == "无雨") == (number == 0)
    assert (rain_grade(0.05, 24), rain_grade(24.95, 24)) == ("无雨", "大雨")
    assert grade_number(np.array([0.05, 24.95]), 24).tolist() == [0, 3]


def test_another_averaging_time_is_refused() -> None:
    """GB/T 28592-2012 knows 24 and 12 hours, QX/T 416 one."""
    with pytest.raises(ValueError, match="24、12、1 小时"):
        rain_grade(10, 6)


RIVER = RiverMarks(warning=53.0, guarantee=55.0, highest=57.4, lowest=46.2)


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (52.99, "正常"), (53.0, "超警戒"), (55.0, "超保证"), (57.4, "达到历史最高"),
        (46.2, "低于历史最低"),
    ],
)  # fmt: skip
def test_a_river_stands_at_the_highest_mark_it_reached(level: float, word: str) -> None:
    """水情预警信号: 达到或超过 (secondary)."""
    found = river_standing(level, RIVER)
    assert found is not None
    assert found.word == word


def test_the_margin_is_told_in_metres() -> None:
    """Level minus 警戒水位; marks are the station's papers."""
    found = river_standing(53.31, RIVER)
    assert found is not None
    assert found.margin == pytest.approx(0.31)
    assert river_standing(None, RIVER) is None


RESERVOIR = ReservoirMarks(flood_limit=95.0, normal=98.0, design=101.0, dead=80.0)


@pytest.mark.parametrize(
    ("level", "on", "word"),
    [
        (95.0, date(2026, 6, 1), "正常"), (95.01, date(2026, 6, 1), "超汛限"),
        (97.0, date(2026, 12, 1), "正常"), (98.1, date(2026, 12, 1), "超正常蓄水位"),
        (101.0, date(2026, 12, 1), "超设计洪水位"), (80.0, date(2026, 6, 1), "低于死水位"),
    ],
)  # fmt: skip
def test_the_flood_limit_holds_within_the_season_only(level: float, on: date, word: str) -> None:
    """汛限 and 正常蓄水位: passing counts, reaching does not (unverified)."""
    found = reservoir_standing(level, RESERVOIR, on)
    assert found is not None
    assert found.word == word


def test_the_ends_of_the_season_belong_to_it_and_it_may_pass_new_year() -> None:
    """广东 汛期 15 April to 15 October (unverified, per reservoir)."""
    days = [date(2026, 4, 14), date(2026, 4, 15), date(2026, 10, 15), date(2026, 10, 16)]
    assert [in_season(one, RESERVOIR) for one in days] == [False, True, True, False]
    winter = ReservoirMarks(season_start=(11, 1), season_end=(2, 1))
    assert [in_season(date(2026, month, 1), winter) for month in (1, 2, 3, 11)] == [
        True,
        True,
        False,
        True,
    ]
