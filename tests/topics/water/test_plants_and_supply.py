"""Sewage plants (GB 18918), outfalls, leakage (CJJ 92) and patrols of river chiefs."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.water.places import NOTHING, SUMMER, frame, one_cell, place
from topics.kit.formula.domain import Frame
from topics.kit.measured import read_measured
from topics.water.discharge import GRADES, items_on, read_grade
from topics.water.patrols import patrols_due, per_month
from topics.water.plants import outfall_on_standard, plant_load, plant_on_standard, plant_removed
from topics.water.supply import leakage_corrected

TODAY = date(2026, 6, 1)
ITEMS = items_on(TODAY)
_TITLES = {"COD": "cod", "BOD5": "bod5", "SS": "ss", "动植物油": "animal_oil", "石油类": "oil"}
_TITLES |= {"阴离子表面活性剂": "surfactant", "总氮": "tn", "氨氮(>12℃; 括号<=12℃)": "nh3n"}
_TITLES |= {"总磷(2006后)": "tp", "色度": "colour", "pH": "ph", "粪大肠菌群": "coliform"}
PLANT = place(grade="一级A", design_10k="5")


def published() -> list[tuple[str, str, str]]:
    """Every cell of the published table: item, grade, what it says."""
    with Path(__file__).with_name("gb18918_vectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(_TITLES[row["item"]], grade, row[grade]) for row in rows for grade in GRADES]


@pytest.mark.parametrize(("item", "grade", "said"), published())
def test_every_cell_of_the_published_table_is_the_limit(item: str, grade: str, said: str) -> None:
    """GB 18918-2002 table 1; in brackets the limit at or below 12 ℃."""
    warm, cold = ITEMS[item].allowed(grade), ITEMS[item].allowed(grade, 12.0)
    numbers = [float(one) for one in re.findall(r"[\d.]+", said)]
    if not numbers:
        assert warm is None
        assert cold is None
    elif item == "ph":
        assert warm is not None
        assert [warm.low, warm.high] == numbers
    else:
        assert warm is not None
        assert cold is not None
        assert [warm.high, cold.high] == [numbers[0], numbers[-1]]


def on_standard(site_grade: str = "一级A", temperature: float = 20, **given: float) -> float:
    order = ("ph", "cod", "ss", "nh3n", "tn", "tp")
    arrays = [one_cell(temperature), *[one_cell(given.get(one, NOTHING)) for one in order]]
    return float(plant_on_standard(frame(place(grade=site_grade)), *arrays).value[0, 0])


@pytest.mark.parametrize(
    ("item", "value", "kept"),
    [
        ("cod", 50, 1), ("cod", 50.1, 0), ("ss", 10, 1), ("ss", 10.1, 0), ("tn", 15, 1),
        ("tn", 15.1, 0), ("tp", 0.5, 1), ("tp", 0.51, 0), ("ph", 6, 1), ("ph", 5.9, 0),
        ("ph", 9, 1), ("ph", 9.1, 0), ("nh3n", 5, 1), ("nh3n", 5.1, 0),
    ],
)  # fmt: skip
def test_a_plant_of_grade_1a_keeps_its_limits_up_to_and_including_them(
    item: str, value: float, kept: float
) -> None:
    """GB 18918-2002 table 1, grade 1A, daily means."""
    assert on_standard(**{item: value}) == kept


def test_cold_water_has_the_other_limit_of_ammonia_and_unknown_the_stricter_one() -> None:
    """GB 18918-2002 table 1 note: 氨氮 in brackets for ≤ 12 ℃."""
    assert on_standard(temperature=12.0, nh3n=8) == 1
    assert on_standard(temperature=12.1, nh3n=8) == 0
    assert on_standard(temperature=NOTHING, nh3n=8) == 0


def test_each_plant_is_judged_by_the_grade_of_its_own_papers() -> None:
    assert on_standard("一级A", cod=55) == 0
    assert on_standard("一级B", cod=55) == 1
    assert on_standard("二级", tn=90, cod=55) == 1  # no limit of total nitrogen in grade 2
    assert np.isnan(on_standard("地方标准", cod=55))


def test_a_day_without_any_item_is_not_judged_and_with_some_it_is_marked() -> None:
    assert np.isnan(on_standard())
    assert np.isnan(on_standard(cod=-5))
    arrays = [one_cell(one) for one in (20, 7, 30, 8, 2, NOTHING, 0.3)]
    found = plant_on_standard(frame(PLANT), *arrays)
    assert found.value[0, 0] == 1
    assert found.estimated is not None
    assert found.estimated[0, 0]


@pytest.mark.parametrize(("half", "kept"), [(2.5, 1.0), (2.6, None)])
def test_half_a_detection_limit_keeps_nothing_where_the_whole_one_is_above_the_limit(
    half: float, kept: float | None
) -> None:
    """氨氮 <5 keeps 5 mg/L of grade 1A for certain, <5.2 tells nothing (UNVERIFIED)."""
    arrays = [one_cell(one) for one in (20, 7, 30, 8, half, 9, 0.3)]
    flags = [np.array([[n == 4]]) for n in range(7)]
    found = plant_on_standard(Frame((PLANT,), (SUMMER,), flags), *arrays)
    assert found.value[0, 0] == 1
    assert found.certain is not None
    assert bool(found.certain[0, 0]) is (kept is not None)
    alone = [NOTHING_HERE] * 4 + [one_cell(half)] + [NOTHING_HERE] * 2
    only = plant_on_standard(Frame((PLANT,), (SUMMER,), flags), *alone).value[0, 0]
    assert np.isnan(only) if kept is None else only == kept


NOTHING_HERE = one_cell(NOTHING)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("<0.05", True), ("0.05L", True), ("<6", None), ("ND", None), ("/", None), ("六", None)],
)
def test_a_laboratorys_writing_is_judged_only_as_far_as_it_is_known(
    written: str, kept: bool | None
) -> None:
    """HJ 91.2 practice: below the limit of detection keeps what is not smaller than it."""
    value = read_measured(written, "mg/L")
    assert ITEMS["nh3n"].keeps(value, "1A", 20.0) is kept


def test_micrograms_are_converted_and_another_unit_is_not_judged() -> None:
    assert ITEMS["nh3n"].keeps(read_measured("4900", "µg/L", into="mg/L"), "1A") is True
    assert ITEMS["nh3n"].keeps(read_measured("4900", "µg/L"), "1A") is None
    assert ITEMS["nh3n"].keeps(read_measured("4.9", "个/L", into="mg/L"), "1A") is None


@pytest.mark.parametrize(
    ("text", "grade"),
    [("1A", "1A"), ("一级 A 标准", "1A"), ("1b", "1B"), ("二级", "2"), ("3", "3"), ("", None)],
)
def test_grades_are_read_as_papers_write_them(text: str, grade: str | None) -> None:
    assert read_grade(text) == grade


def test_outfalls_are_on_or_over_their_standard() -> None:
    """PRACTICE 7: 达标/超标, no class of GB 3838."""
    site = frame(place(grade="一级B"))
    ok = outfall_on_standard(site, one_cell(60), one_cell(8), one_cell(1.0)).value[0, 0]
    over = outfall_on_standard(site, one_cell(60), one_cell(8.1), one_cell(1.0)).value[0, 0]
    assert (ok, over) == (1, 0)


def test_load_is_flow_by_design_and_may_pass_a_hundred() -> None:
    """负荷率 = 日均处理水量 ÷ 设计规模 × 100 (field practice, unverified)."""
    assert plant_load(frame(PLANT), one_cell(4.0)).value[0, 0] == pytest.approx(80)
    assert plant_load(frame(PLANT), one_cell(5.5)).value[0, 0] == pytest.approx(110)
    assert np.isnan(plant_load(frame(PLANT), one_cell(-1)).value[0, 0])
    assert np.isnan(plant_load(frame(place(design_10k="0")), one_cell(4)).value[0, 0])


def test_what_was_removed_is_tonnes_and_never_negative() -> None:
    """(进水 − 出水) × 水量: (250 − 50) mg/L × 1 万m³ = 2 t (field practice, unverified)."""
    site = frame(PLANT)
    assert plant_removed(site, one_cell(250), one_cell(50), one_cell(1)).value[0, 0] == 2
    assert np.isnan(plant_removed(site, one_cell(20), one_cell(50), one_cell(1)).value[0, 0])


def corrected(gross: float, household: float, per: float, pressure: float) -> float:
    given = [one_cell(one) for one in (gross, household, per * 1000, 1000.0, pressure)]
    return float(leakage_corrected(frame(place()), *given).value[0, 0])


def test_the_corrected_rate_takes_off_households_pipes_and_pressure() -> None:
    """CJJ 92-2016 (2018) 5.2, unverified data: 15 − 8×50 % − 0.99×(0.09−0.0693) % − 0.5."""
    assert corrected(15, 50, 0.09, 0.4) == pytest.approx(15 - 4 - 0.99 * 0.0207 * 100 - 0.5)


@pytest.mark.parametrize(
    ("pressure", "off"),
    [(0.35, 0), (0.36, 0.5), (0.55, 0.5), (0.56, 1), (0.75, 1), (0.76, 2)],
)
def test_pressure_takes_off_by_steps(pressure: float, off: float) -> None:
    assert corrected(15, 0, 0.0693, pressure) == pytest.approx(15 - off)


def test_the_correction_of_pipes_ends_at_three_points_and_the_rate_at_nought() -> None:
    assert corrected(15, 0, 5.0, 0.3) == pytest.approx(12)
    assert corrected(15, 0, 0.001, 0.3) == pytest.approx(18)
    assert corrected(3, 100, 5.0, 0.8) == 0


@given(st.floats(0, 40), st.floats(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_a_corrected_rate_is_at_most_three_points_above_the_gross_one(
    gross: float, household: float, per: float, pressure: float
) -> None:
    assert 0 <= corrected(gross, household, per, pressure) <= gross + 3


def test_no_rate_is_corrected_with_figures_that_cannot_be() -> None:
    assert np.isnan(corrected(NOTHING, 50, 0.09, 0.4))
    assert np.isnan(corrected(120, 50, 0.09, 0.4))
    assert np.isnan(corrected(15, -1, 0.09, 0.4))


def test_patrols_due_are_chiefs_by_the_frequency_of_their_level() -> None:
    """河长制 (unverified, local data): 季 1, 月 1, 旬 1, 周 1."""
    given = [one_cell(one) for one in (3.0, 10.0, 20.0, 30.0)]
    found = patrols_due(frame(place(), days=(TODAY,)), *given).value[0, 0]
    assert found == pytest.approx(1 + 10 + 60 + 130)
    assert np.isnan(per_month("自然村级", TODAY))


def test_a_level_that_did_not_report_its_chiefs_leaves_no_silent_number() -> None:
    given = [one_cell(one) for one in (3.0, 10.0, NOTHING, 30.0)]
    assert np.isnan(patrols_due(frame(place(), days=(TODAY,)), *given).value[0, 0])
