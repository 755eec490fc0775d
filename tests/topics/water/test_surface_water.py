"""GB 3838-2002 single-factor classes: the published vectors, every limit, what cannot be judged."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from topics.kit.measured import Flag, Measured, read_measured
from topics.water.surface_water import CLASSES, WaterClass, Waters, rules_on

RULES = rules_on(date(2026, 10, 1))
RIVER, LAKE = Waters.RIVER, Waters.LAKE
NAMES = {"溶解氧": "do", "高锰酸盐指数": "codmn", "氨氮": "nh3n", "总磷(河流)": "tp"}


def vectors() -> list[tuple[str, float, str]]:
    path = Path(__file__).with_name("gb3838_vectors.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        (NAMES[row["item"]], float(row["value_mg_L"]), row["expected_class"])
        for row in rows
        if row["item"] in NAMES
    ]


def mg(value: object) -> Measured:
    return read_measured(value, "mg/L")


def ph(value: float) -> Measured:
    return read_measured(value, "无量纲")


@pytest.mark.parametrize(("item", "value", "expected"), vectors())
def test_the_published_vectors_get_their_class(item: str, value: float, expected: str) -> None:
    found = RULES.judge({item: mg(value)}, RIVER).water_class
    assert found is not None
    assert found.label == expected


def test_the_worst_item_decides() -> None:
    good = {"ph": ph(7.0), "do": mg(7.5), "nh3n": mg(0.15), "codmn": mg(2.0)}
    assert RULES.judge(good, RIVER).water_class is WaterClass.I
    mixed = {"do": mg(7.5), "nh3n": mg(1.6), "tp": mg(0.05)}
    assert RULES.judge(mixed, RIVER).water_class is WaterClass.V


CASES = [
    (item, waters, one)
    for (item, waters), spec in RULES.items.items()
    if spec.sense == "max"
    for one in CLASSES
]


@pytest.mark.parametrize(("item", "waters", "target"), CASES)
def test_a_value_at_its_limit_is_within_and_one_above_is_not(
    item: str, waters: Waters, target: WaterClass
) -> None:
    spec = RULES.items[item, waters]
    limit = spec.limits[target - 1][1]
    assert spec.meets(limit, target)
    assert not spec.meets(limit * 1.0001, target)


def test_dissolved_oxygen_is_better_when_higher_and_has_no_multiple() -> None:
    judged = RULES.judge({"do": mg(1.99)}, RIVER, WaterClass.II).items[0]
    assert judged.water_class is WaterClass.WORSE
    assert (judged.within_target, judged.multiple) == (False, None)


@pytest.mark.parametrize(("value", "kept"), [(5.99, False), (6, True), (9, True), (9.01, False)])
def test_ph_passes_or_fails(value: float, kept: bool) -> None:
    found = RULES.judge({"ph": ph(value)}, RIVER, WaterClass.III)
    assert found.within_target is kept
    assert found.water_class is (WaterClass.I if kept else WaterClass.WORSE)


def test_the_target_of_the_section_decides_not_class_three() -> None:
    oxygen = {"do": mg(5.5)}
    assert RULES.judge(oxygen, RIVER, WaterClass.III).within_target is True
    assert RULES.judge(oxygen, RIVER, WaterClass.II).within_target is False


def test_multiples_over_the_limit_follow_the_target() -> None:
    ammonia = {"nh3n": mg(1.5)}
    assert RULES.judge(ammonia, RIVER, WaterClass.II).items[0].multiple == pytest.approx(2.0)
    assert RULES.judge(ammonia, RIVER, WaterClass.III).items[0].multiple == pytest.approx(0.5)


def test_total_nitrogen_never_counts_for_rivers_and_is_reported_apart_for_lakes() -> None:
    values = {"do": mg(8), "tn": mg(9)}
    assert RULES.judge(values, RIVER).water_class is WaterClass.I
    lake = RULES.judge(values, LAKE)
    assert lake.water_class is WaterClass.I
    assert [(one.item.id, one.water_class) for one in lake.items][1] == ("tn", WaterClass.WORSE)


def test_lakes_have_stricter_phosphorus() -> None:
    assert RULES.judge({"tp": mg(0.1)}, RIVER).water_class is WaterClass.II
    assert RULES.judge({"tp": mg(0.1)}, LAKE).water_class is WaterClass.IV


def test_micrograms_are_converted_and_a_foreign_unit_is_not_judged() -> None:
    assert RULES.judge({"tp": read_measured(100, "µg/L")}, RIVER).water_class is WaterClass.II
    foreign = RULES.judge({"tp": read_measured(0.1, "mg/m³")}, RIVER)
    assert foreign.water_class is None
    assert foreign.unknown == (("总磷", Flag.WRONG_UNIT),)


def test_below_a_detection_limit_under_the_best_class_is_that_class() -> None:
    found = RULES.judge({"pb": mg("<0.001")}, RIVER, WaterClass.II)
    assert (found.water_class, found.within_target) == (WaterClass.I, True)


def test_below_a_detection_limit_within_the_target_is_the_class_of_that_limit() -> None:
    found = RULES.judge({"tp": mg("<0.05")}, RIVER, WaterClass.II)
    assert (found.water_class, found.within_target) == (WaterClass.II, True)


def test_below_a_detection_limit_above_the_target_cannot_be_told() -> None:
    found = RULES.judge({"hg": mg("<0.0002")}, RIVER, WaterClass.II)
    assert (found.water_class, found.within_target) == (None, None)
    assert found.unknown == (("汞", Flag.BELOW_LIMIT),)


@pytest.mark.parametrize("written", ["/", "ND", "", "-", "abc", "-1"])
def test_what_is_no_value_is_not_judged_and_is_named(written: str) -> None:
    found = RULES.judge({"nh3n": mg(written), "do": mg(8)}, RIVER)
    assert found.water_class is WaterClass.I
    assert [title for title, _ in found.unknown] == ["氨氮"]


def test_a_section_without_any_value_has_no_class() -> None:
    assert RULES.judge({}, RIVER).water_class is None


def test_primary_items_are_named_only_below_class_three_toxic_ones_first() -> None:
    worse = {"cod": mg(41), "pb": mg(0.11), "nh3n": mg(9), "bod5": mg(11)}
    assert RULES.judge(worse, RIVER).primary == ("铅", "氨氮", "五日生化需氧量")
    assert RULES.judge({"cod": mg(20)}, RIVER).primary == ()


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Ⅲ", WaterClass.III), ("Ⅲ类", WaterClass.III), ("III", WaterClass.III), ("3", WaterClass.III),
     ("劣Ⅴ", WaterClass.WORSE), ("劣V类", WaterClass.WORSE), ("好", None)],
)  # fmt: skip
def test_a_class_is_read_as_it_is_written(label: str, expected: WaterClass | None) -> None:
    assert WaterClass.read(label) is expected


def test_observations_before_the_oldest_edition_take_the_oldest() -> None:
    assert rules_on(date(1990, 1, 1)).standard == "GB 3838-2002"
