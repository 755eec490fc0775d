"""Limits of one place: the class of a value, the lamp, the lines on the chart."""

from __future__ import annotations

from datetime import date

import pytest

from topics.kit.contracts import Region
from topics.kit.pages.limits import Limits
from topics.kit.words.lamps import Lamp
from topics.water.limits import section_limits

DAY = date(2026, 11, 20)


def limits(indicator: str, target: str, **facts: str) -> Limits:
    """The limits of a section with that target class."""
    named = (("target_class", target), *facts.items())
    section = Region("S1", "白沙", "白沙", "site", "440205", 1, date.min, kind="断面", facts=named)
    found = section_limits(indicator, section, DAY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "label", "lamp"),
    [
        (0.15, "Ⅰ", Lamp.OK),
        (0.5, "Ⅱ", Lamp.OK),
        (1.0, "Ⅲ", Lamp.OK),
        (1.0001, "Ⅳ", Lamp.WARN),
        (2.0, "Ⅴ", Lamp.BAD),
        (2.31, "劣Ⅴ", Lamp.BAD),
    ],
)
def test_ammonia_of_a_section_with_target_3_by_gb_3838_table_1(
    value: float, label: str, lamp: Lamp
) -> None:
    """GB 3838-2002 table 1, 氨氮: a limit itself still belongs to its class."""
    found = limits("water.nh3n", "Ⅲ")
    band = found.band_of(value)
    assert band is not None
    assert (band.label, found.lamp_of(value)) == (label, lamp)


def test_the_chart_of_ammonia_shows_the_lines_from_the_target_on() -> None:
    """Mock 03: Ⅲ 1.0, Ⅳ 1.5, Ⅴ 2.0 and nothing better than the target."""
    found = limits("water.nh3n", "Ⅲ").edges(2)
    assert [text for _, text, _ in found] == ["Ⅲ 1.0", "Ⅳ 1.5", "Ⅴ 2.0"]
    assert [colour for *_, colour in found] == ["w3", "w4", "w5"]


def test_oxygen_of_a_section_with_target_2_must_reach_6() -> None:
    """PRACTICE 7: DO target Ⅱ means ≥ 6; less is worse."""
    found = limits("water.do", "Ⅱ")
    assert found.text(1) == "≥6.0"
    assert [found.lamp_of(one) for one in (6.0, 5.9, 4.9)] == [Lamp.OK, Lamp.WARN, Lamp.BAD]


def test_ph_has_one_range_and_is_the_best_class_within_it() -> None:
    """GB 3838-2002 table 1: pH 6–9 for every class."""
    found = limits("water.ph", "Ⅲ")
    assert found.text(0) == "6–9"
    best, worst = found.band_of(7.2), found.band_of(9.1)
    assert best is not None
    assert worst is not None
    assert (best.label, worst.label) == ("Ⅰ", "劣Ⅴ")


def test_phosphorus_of_a_reservoir_follows_the_lake_limits() -> None:
    """GB 3838-2002 table 1: total phosphorus of lakes and reservoirs is stricter."""
    assert limits("water.tp", "Ⅱ").text(3) == "≤0.1"
    assert limits("water.tp", "Ⅱ", waters="水库").text(3) == "≤0.025"


def test_without_a_target_there_is_a_class_but_no_lamp() -> None:
    """An unknown target is never taken for a kept one."""
    found = limits("water.nh3n", "")
    assert found.band_of(0.3) is not None
    assert found.lamp_of(0.3) is Lamp.NONE
    assert found.text(2) == ""


def test_a_missing_value_has_neither_class_nor_lamp() -> None:
    """Nothing known, nothing said."""
    found = limits("water.nh3n", "Ⅲ")
    assert found.band_of(None) is None
    assert found.lamp_of(None) is Lamp.NONE
