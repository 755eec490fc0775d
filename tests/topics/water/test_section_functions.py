"""The class of a section from arrays: GB 3838-2002 table 1, 环办〔2011〕22 号, PRACTICE 7."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.water.places import (
    NOTHING,
    SUMMER,
    below_limit,
    frame,
    items,
    month,
    one_cell,
    place,
)
from topics.kit.contracts import Region
from topics.kit.formula.domain import DomainFunction
from topics.water.sections import (
    ITEMS,
    STATION_ITEMS,
    item_class,
    section_class,
    section_items,
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
    return float(section_class(frame(site), *month(of)).value[0, 0])


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


WHOLE = dict.fromkeys(ITEMS, 0.000_01) | {"ph": 7.0, "do": 8.0}


def test_a_complete_section_is_no_estimate() -> None:
    found = section_class(frame(RIVER), *items(WHOLE))
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


@pytest.mark.parametrize("given", [{"nh3n": 1.0}, {"do": 3.2, "nh3n": 0.4}])
def test_without_a_multiple_there_is_none_and_no_gap_in_the_data(given: dict[str, float]) -> None:
    """Neither 0.0 倍 of a section that keeps its target, nor 缺测 where the worst is oxygen."""
    found = section_multiple(frame(RIVER), *items(given))
    assert np.isnan(found.value[0, 0])
    assert found.idle is not None
    assert found.idle[0, 0]
    unknown = section_multiple(frame(RIVER), *items({}))
    assert unknown.idle is not None
    assert not unknown.idle[0, 0]


@pytest.mark.parametrize(
    ("given", "item", "times"),
    [
        ({"codmn": 10, "nh3n": 1.51}, "nh3n", 0.51),  # Ⅳ with 0.667 beside Ⅴ with 0.51
        ({"do": 1.0, "nh3n": 1.2}, "do", None),  # 劣Ⅴ oxygen beside Ⅳ ammonia
        ({"nh3n": 9.0, "as": 0.11}, "as", 1.2),  # both 劣Ⅴ: metals first
    ],
)
def test_the_multiple_is_that_of_the_item_named_beside_it(
    given: dict[str, float], item: str, times: float | None
) -> None:
    """环办〔2011〕22 号: the item of the worst class, metals and cyanide first, its own 倍数."""
    worst = section_worst(frame(RIVER), *month(given)).value[0, 0]
    assert ITEMS[int(worst) - 1] == item
    multiple = section_multiple(frame(RIVER), *month(given)).value[0, 0]
    assert np.isnan(multiple) if times is None else multiple == pytest.approx(times)


def test_oxygen_and_ph_are_over_without_a_multiple() -> None:
    """环办〔2011〕22 号: no multiple for 水温, pH and 溶解氧."""
    only_oxygen = section_multiple(frame(RIVER), *items({"do": 3.2, "nh3n": 0.4}))
    assert np.isnan(only_oxygen.value[0, 0])
    assert "不计倍数" in only_oxygen.why
    worst = section_worst(frame(RIVER), *items({"do": 3.2, "nh3n": 0.4}))
    assert ITEMS[int(worst.value[0, 0]) - 1] == "do"


def on_target(site: Region, given: dict[str, float]) -> float:
    classes = section_class(frame(site), *items(given)).value
    return float(section_on_target(frame(site), classes).value[0, 0])


@pytest.mark.parametrize(("oxygen", "kept"), [(6.0, 1.0), (5.99, 0.0)])
def test_a_target_of_two_asks_for_six_of_oxygen(oxygen: float, kept: float) -> None:
    """PRACTICE 7; GB 3838-2002 table 1 item 3."""
    assert on_target(place(target_class="Ⅱ"), {"do": oxygen}) == kept


@pytest.mark.parametrize("named", ["", "待定", "Ⅶ"])
def test_a_section_without_a_target_leaves_the_share_of_kept_targets(named: str) -> None:
    found = section_on_target(frame(place(target_class=named)), one_cell(1))
    assert np.isnan(found.value[0, 0])
    assert "没有考核目标" in found.why


@pytest.mark.parametrize("count", [6, 21])
@pytest.mark.parametrize(
    "function", [section_class, section_worst, section_multiple, section_items]
)
def test_a_result_has_the_shape_of_its_frame(function: DomainFunction, count: int) -> None:
    days = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1))
    of = frame(RIVER, LAKE, days=days)
    found = function(of, *[np.full((2, 3), 0.3)] * count)
    assert found.value.shape == (2, 3)
    assert found.certain is not None
    assert found.certain.shape == (2, 3)


def test_neither_six_nor_twenty_one_items_is_refused() -> None:
    with pytest.raises(ValueError, match="6 项或 21 项"):
        section_class(frame(RIVER), *[one_cell(1)] * 7)


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
    whole = dict(zip(STATION_ITEMS, of, strict=True))
    multiple = section_multiple(frame(RIVER), *items(whole)).value[0, 0]
    worst = section_worst(frame(RIVER), *items(whole)).value[0, 0]
    kept = on_target(RIVER, whole)
    assert np.isnan(multiple) or multiple > 0
    assert (worst == 0) == (kept == 1)
    assert kept == 0 or np.isnan(multiple)


def test_the_month_takes_every_counting_item_of_the_table_and_a_station_six() -> None:
    """环办〔2011〕22 号: table 1 without 水温, 总氮, 粪大肠菌群 are 21 items."""
    counting = {item.id for item in RULES.items.values() if item.counts}
    assert len(ITEMS) == 21
    assert set(ITEMS) == counting
    assert ITEMS[:6] == STATION_ITEMS


@pytest.mark.parametrize("item", sorted(set(ITEMS) - set(STATION_ITEMS)))
def test_any_item_over_its_limit_worsens_the_month(item: str) -> None:
    """Seen wrong before: 石油类, BOD5, 氟化物, 汞 over the target and the section 达标."""
    over = RULES.items[item, Waters.RIVER].limits[WaterClass.V - 1][1] * 1.1
    given = month(WHOLE | {item: over})
    found = section_class(frame(RIVER), *given)
    assert found.value[0, 0] == WaterClass.WORSE
    assert section_on_target(frame(RIVER), found.value).value[0, 0] == 0
    assert ITEMS[int(section_worst(frame(RIVER), *given).value[0, 0]) - 1] == item
    assert section_multiple(frame(RIVER), *given).value[0, 0] > 0


def test_what_was_not_measured_is_named_and_counted_never_taken_as_good() -> None:
    missing = {name: value for name, value in WHOLE.items() if name not in ("oil", "hg")}
    found = section_class(frame(RIVER), *month(missing))
    assert found.value[0, 0] == WaterClass.I
    assert found.estimated is not None
    assert found.estimated[0, 0]
    assert found.note == "未参评:汞、石油类(缺测)"
    assert section_items(frame(RIVER), *month(missing)).value[0, 0] == 19
    assert section_items(frame(RIVER), *month(WHOLE)).value[0, 0] == 21
    assert np.isnan(section_items(frame(RIVER), *month({})).value[0, 0])


def test_a_detection_limit_above_the_targets_limit_cannot_be_judged() -> None:
    """总磷 <0.05 of a lake with target Ⅱ (0.025): half of it proves nothing."""
    given = WHOLE | {"tp": 0.025}
    found = section_class(below_limit(LAKE, ["tp"]), *month(given))
    assert found.estimated is not None
    assert found.estimated[0, 0]
    assert found.note == "未参评:总磷(检出限高于目标类别限值)"
    alone = section_class(below_limit(LAKE, ["tp"]), *month({"tp": 0.025, "ph": 7}))
    assert np.isnan(alone.value[0, 0])
    assert section_items(below_limit(LAKE, ["tp"]), *month(given)).value[0, 0] == 20


@pytest.mark.parametrize(
    ("half", "others", "expected", "certain"),
    [
        (0.000_005, 0.000_01, WaterClass.I, True),  # <0.00001: Ⅰ whatever it is
        (0.045, 0.000_01, WaterClass.II, False),  # <0.09: Ⅰ or Ⅱ
        (0.045, 0.7, WaterClass.III, True),  # 氨氮 decides, Ⅲ whatever 总磷 is
        (0.09, 0.7, WaterClass.III, True),  # <0.18
    ],
)
def test_below_a_smaller_detection_limit_the_class_is_that_of_the_limit(
    half: float, others: float, expected: WaterClass, certain: bool
) -> None:
    """Below the limit is compliant where the limit is (secondary); an estimate only if in doubt."""
    given = month(WHOLE | {"tp": half, "nh3n": others})
    found = section_class(below_limit(RIVER, ["tp"]), *given)
    assert found.value[0, 0] == expected
    assert found.certain is not None
    assert found.estimated is not None
    assert (bool(found.certain[0, 0]), bool(found.estimated[0, 0])) == (certain, not certain)
    worst = section_worst(below_limit(RIVER, ["tp"]), *given).value[0, 0]
    assert worst == 0
