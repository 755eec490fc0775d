"""Limits of plants, stations and reservoirs on the page: each place by its own papers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.topics.water.places import SUMMER, place
from topics.kit.words.lamps import Lamp
from topics.water.limits import (
    level_limits,
    plant_limits,
    reservoir_limits,
    section_limits,
)

WINTER = date(2026, 12, 1)
STATION = place(warning_m="53.00", guarantee_m="55.00")
RESERVOIR = place(flood_limit_m="95", normal_m="98")


@pytest.mark.parametrize(
    ("level", "label", "lamp"),
    [
        (52.99, "正常", Lamp.OK),
        (53.0, "超警", Lamp.WARN),
        (54.99, "超警", Lamp.WARN),
        (55.0, "超保", Lamp.BAD),
    ],
)
def test_reaching_a_mark_of_a_river_counts(level: float, label: str, lamp: Lamp) -> None:
    """水情预警信号 (secondary): 达到或超过."""
    found = level_limits("water.station_level", STATION, SUMMER)
    assert found is not None
    band = found.band_of(level)
    assert band is not None
    assert (band.label, found.lamp_of(level)) == (label, lamp)


def test_the_lines_of_a_river_are_called_by_their_marks() -> None:
    found = level_limits("water.station_level", STATION, SUMMER)
    assert found is not None
    assert [words for _, words, _ in found.edges(2)] == ["警戒 53.0", "保证 55.0"]
    assert level_limits("water.station_level", place(), SUMMER) is None


@pytest.mark.parametrize(
    ("day", "level", "label"),
    [
        (SUMMER, 95.0, "正常"),
        (SUMMER, 95.01, "超汛限"),
        (WINTER, 97.0, "正常"),
        (WINTER, 98.01, "超正常蓄水位"),
    ],
)
def test_a_reservoir_is_held_against_the_level_of_the_season(
    day: date, level: float, label: str
) -> None:
    found = reservoir_limits("water.reservoir_level", RESERVOIR, day)
    assert found is not None
    band = found.band_of(level)
    assert band is not None
    assert band.label == label
    assert reservoir_limits("water.reservoir_level", place(), day) is None


def test_a_plant_is_held_against_its_grade_and_an_item_without_limit_has_none() -> None:
    """GB 18918-2002 table 1: COD 50 in grade 1A, 60 in 1B; no total nitrogen in grade 2."""
    for grade, value, lamp in (("1A", 50, Lamp.OK), ("1A", 50.1, Lamp.WARN), ("1B", 60, Lamp.OK)):
        found = plant_limits("water.plant_cod", place(grade=grade), SUMMER)
        assert found is not None
        assert found.lamp_of(value) is lamp
    assert plant_limits("water.plant_tn", place(grade="2"), SUMMER) is None
    assert plant_limits("water.plant_flow", place(grade="1A"), SUMMER) is None
    assert plant_limits("water.plant_cod", place(), SUMMER) is None


@pytest.mark.parametrize(
    ("value", "lamp"), [(2, Lamp.OK), (3, Lamp.OK), (4, Lamp.WARN), (6, Lamp.BAD)]
)
def test_a_class_is_held_against_the_target_of_the_section(value: float, lamp: Lamp) -> None:
    for indicator in ("water.section_class", "water.section_class_live"):
        found = section_limits(indicator, place(target_class="Ⅲ"), SUMMER)
        assert found is not None
        assert found.lamp_of(value) is lamp
    untargeted = section_limits("water.section_class", place(), SUMMER)
    assert untargeted is not None
    assert untargeted.lamp_of(6) is Lamp.NONE
