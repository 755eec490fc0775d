"""The class of a section from arrays: GB 3838-2002 table 1, 环办〔2011〕22 号, PRACTICE 7."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.water.places import NOTHING, SUMMER, frame, items, one_cell, place
from topics.kit.contracts import Region
from topics.kit.formula.domain import DomainFunction
from topics.water.sections import (
    ITEMS,
    item_class,
    section_class,
    section_multiple,
    section_on_target,
    section_worst,
)
from topics.water.surface_water import CLASSES, WaterClass, Waters, rules_on

RULES = rules_on(SUMMER)
RIVER, LAKE = place(target_class="Ⅲ", waters="river"), place(target_class="Ⅱ", waters="lake")
_NAMES = {"溶解氧": "do", "高锰酸盐指数": "codmn", "氨氮": "nh3n", "总磷(河流)": "tp"}


def vectors() -> list[tuple[str, float, str]]:
    """Rows of one item each, of the published vectors."""
    with Path(__file__).with_name("gb3838_vectors.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["item"] in _NAMES]
    return [(_NAMES[r["item"]], float(r["value_mg_L"]), r["expected_class"]) for r in rows]


def classed(site: Region, **of: float) -> float:
    return float(section_class(frame(site), *items(of)).value[0, 0])


@pytest.mark.parametrize(("item", "value", "expected"), vectors())
def test_an_item_alone_gives_the_published_class(item: str, value: float, expected: str) -> None:
    """GB 3838-2002 table 1, vectors of the public implementation."""
    assert classed(RIVER, **{item: value}) == WaterClass.read(expected)


def test_the_worst_item_decides() -> None:
    """环办〔2011〕22 号, single factor: Ⅰ, Ⅴ and Ⅱ make Ⅴ."""
    assert classed(RIVER, do=7.5, nh3n=1.6, tp=0.05) == WaterClass.V
    assert classed(RIVER, ph=7.0, do=7.5, nh3n=0.15, codmn=2.0) == WaterClass.I


BOUNDS = [
    (item, waters, one, RULES.items[item, waters].limits[one - 1])
    for item in ITEMS
    for waters in Waters
    for one in CLASSES
]


@pytest.mark.parametrize(("item", "waters", "target", "bounds"), BOUNDS)
def test_at_the_limit_it_is_within_and_just_beyond_it_is_not(
    item: str, waters: Waters, target: WaterClass, bounds: tuple[float, float]
) -> None:
    """GB 3838-2002 table 1: every limit of every class, rivers and lakes."""
    site = frame(place(waters=str(waters)))
    at = [one for one in bounds if np.isfinite(one)]
    beyond = [one + (1e-9 if one == bounds[1] else -1e-9) for one in at]
    assert all(item_class(site, item, one_cell(one))[0, 0] <= target for one in at)
    assert all(item_class(site, item, one_cell(one))[0, 0] > target for one in beyond)


def test_phosphorus_is_held_against_lake_limits_in_lakes() -> None:
    """GB 3838-2002 table 1 items 8 and 8L: 0.05 mg/L is Ⅱ in a river, Ⅲ in a lake."""
    assert classed(RIVER, tp=0.05) == WaterClass.II
    assert classed(LAKE, tp=0.05) == WaterClass.III


def test_ph_passes_or_fails_and_alone_tells_no_class() -> None:
    """GB 3838-2002 table 1 item 2: 6–9 for all classes."""
    assert np.isnan(classed(RIVER, ph=7.2))
    assert classed(RIVER, ph=9.1) == WaterClass.WORSE
    assert classed(RIVER, ph=6.0, nh3n=0.4) == WaterClass.II


@pytest.mark.parametrize("wrong", [NOTHING, -0.3, -9999.0])
def test_a_missing_or_negative_item_is_left_out_and_the_class_marked(wrong: float) -> None:
    found = section_class(frame(RIVER), *items({"nh3n": wrong, "tp": 0.15, "ph": 7}))
    assert found.value[0, 0] == WaterClass.III
    assert found.estimated is not None
    assert found.estimated[0, 0]


def test_a_section_with_nothing_known_has_no_class_and_says_why() -> None:
    found = section_class(frame(RIVER), *items({}))
    assert np.isnan(found.value[0, 0])
    assert found.estimated is not None
    assert not found.estimated[0, 0]
    assert "缺测" in found.why


def test_a_complete_section_is_no_estimate() -> None:
    whole = dict.fromkeys(ITEMS, 0.01) | {"ph": 7.0, "do": 8.0}
    found = section_class(frame(RIVER), *items(whole))
    assert found.estimated is not None
    assert not found.estimated.any()


def test_the_worst_item_is_of_the_worst_class_then_the_larger_multiple() -> None:
    """环办〔2011〕22 号: the item of the worst class; equal ones by 超标倍数."""
    both = section_worst(frame(RIVER), *items({"nh3n": 2.31, "tp": 0.41}))
    assert ITEMS[int(both.value[0, 0]) - 1] == "nh3n"  # 1.31 against 1.05, both 劣Ⅴ
    worse = section_worst(frame(RIVER), *items({"nh3n": 1.1, "tp": 0.5}))
    assert ITEMS[int(worse.value[0, 0]) - 1] == "tp"
    assert section_worst(frame(RIVER), *items({"nh3n": 1.0})).value[0, 0] == 0


def test_a_multiple_is_counted_from_the_limit_of_the_sections_own_target() -> None:
    """(C − limit) ÷ limit; PRACTICE 7: thresholds follow each section's target class."""
    at_three = section_multiple(frame(RIVER), *items({"nh3n": 2.31}))
    assert at_three.value[0, 0] == pytest.approx(1.31)
    at_two = section_multiple(frame(place(target_class="Ⅱ")), *items({"nh3n": 0.6}))
    assert at_two.value[0, 0] == pytest.approx(0.2)
    assert section_multiple(frame(RIVER), *items({"nh3n": 1.0})).value[0, 0] == 0


def test_oxygen_and_ph_are_over_without_a_multiple() -> None:
    """环办〔2011〕22 号: no multiple for 水温, pH and 溶解氧."""
    only_oxygen = section_multiple(frame(RIVER), *items({"do": 3.2, "nh3n": 0.4}))
    assert np.isnan(only_oxygen.value[0, 0])
    assert "不计倍数" in only_oxygen.why
    worst = section_worst(frame(RIVER), *items({"do": 3.2, "nh3n": 0.4}))
    assert ITEMS[int(worst.value[0, 0]) - 1] == "do"


@pytest.mark.parametrize(("oxygen", "kept"), [(6.0, 1.0), (5.99, 0.0)])
def test_a_target_of_two_asks_for_six_of_oxygen(oxygen: float, kept: float) -> None:
    """PRACTICE 7; GB 3838-2002 table 1 item 3."""
    site = place(target_class="Ⅱ")
    assert section_on_target(frame(site), *items({"do": oxygen})).value[0, 0] == kept


@pytest.mark.parametrize("named", ["", "待定", "Ⅶ"])
def test_a_section_without_a_target_leaves_the_share_of_kept_targets(named: str) -> None:
    found = section_on_target(frame(place(target_class=named)), *items({"nh3n": 0.1}))
    assert np.isnan(found.value[0, 0])
    assert "没有考核目标" in found.why


@pytest.mark.parametrize(
    "function", [section_class, section_worst, section_multiple, section_on_target]
)
def test_a_result_has_the_shape_of_its_frame(function: DomainFunction) -> None:
    days = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1))
    of = frame(RIVER, LAKE, days=days)
    found = function(of, *[np.full((2, 3), 0.3)] * 6)
    assert found.value.shape == (2, 3)
    assert found.estimated is not None
    assert found.estimated.shape == (2, 3)


def test_sections_of_both_kinds_and_many_periods_go_in_one_call() -> None:
    days = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1))
    both = frame(RIVER, LAKE, days=days)
    nothing = np.full((2, 3), np.nan)
    tp = np.array([[0.02, 0.2, 0.5], [0.02, 0.2, np.nan]])
    found = section_class(both, nothing, nothing, nothing, nothing, nothing, tp)
    assert found.value[0].tolist() == [1, 3, 6]
    assert found.value[1, :2].tolist() == [2, 5]
    assert np.isnan(found.value[1, 2])


@given(
    st.sampled_from([one for one in ITEMS if one not in {"ph", "do"}]),
    st.floats(0, 50),
    st.floats(0, 50),
)
def test_more_of_a_pollutant_never_makes_a_better_class(item: str, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert classed(RIVER, **{item: low}) <= classed(RIVER, **{item: high})


@given(st.floats(0, 20), st.floats(0, 20))
def test_more_oxygen_never_makes_a_worse_class(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert classed(RIVER, do=high) <= classed(RIVER, do=low)


@given(st.lists(st.floats(0, 60), min_size=6, max_size=6))
def test_the_multiple_is_never_negative_and_agrees_with_the_worst_item(of: list[float]) -> None:
    whole = dict(zip(ITEMS, of, strict=True))
    multiple = section_multiple(frame(RIVER), *items(whole)).value[0, 0]
    worst = section_worst(frame(RIVER), *items(whole)).value[0, 0]
    kept = section_on_target(frame(RIVER), *items(whole)).value[0, 0]
    assert np.isnan(multiple) or multiple >= 0
    assert (worst == 0) == (kept == 1)
    assert kept == 1 or np.isnan(multiple) or multiple > 0
