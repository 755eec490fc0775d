"""平安指数, rates of 考核 and 12345, and density as the manifest declares them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from topics.grid.unit_density import per_km2
from topics.kit.catalogue import SHIPPED
from topics.kit.contracts import Region
from topics.kit.formula.domain import Frame
from topics.kit.manifest import load_manifest

GRID = load_manifest(SHIPPED / "grid")
BY_ID = {one.id: one for one in GRID.indicators}
FORMULAS = {one.id: one.expression for one in GRID.formulas}


def site(area: str) -> Region:
    return Region(
        "440203001001001", "x", "x", "site", "440203001", 1, date.min, facts=(("area_km2", area),)
    )


def density(area: str, count: float) -> tuple[float, str]:
    found = per_km2(Frame([site(area)], [date(2025, 1, 1)]), np.array([[count]]))
    return float(found.value[0, 0]), found.why


def test_density_is_by_the_grids_own_area() -> None:
    assert density("4.0", 1000) == (250.0, "")
    assert density("4.0", 0) == (0.0, "")


@pytest.mark.parametrize("area", ["", "0", "-2", "ND", "<0.5", "/", "四"])
def test_without_a_sound_area_there_is_no_density(area: str) -> None:
    value, why = density(area, 1000)
    assert np.isnan(value)
    assert "面积" in why


def test_without_a_count_there_is_no_density() -> None:
    assert np.isnan(density("4.0", np.nan)[0])
    assert np.isnan(density("4.0", -1)[0])


def test_the_weights_of_the_peace_index_make_a_hundred() -> None:
    parts = FORMULAS["grid.peace"].split("score(")[1:]
    assert sum(float(one.split(",")[1]) for one in parts) == 100
    assert all(one.rstrip(" ,)").endswith(", 0") for one in parts)  # nothing happened: 100 points


def test_what_is_unverified_says_so_where_it_is_read() -> None:
    shown = [BY_ID[one] for one in ("grid.peace", "grid.rework_rate", "grid.hotline_response")]
    assert all("未核实" in one.definition for one in shown)
    titled = [one.title for one in GRID.panels if "考核" in one.title or "平安指数" in one.title]
    assert titled
    assert all("未核实" in one for one in titled)


def test_the_peace_index_colours_no_map_and_ranks_nobody() -> None:
    naming = [one for one in GRID.panels if "grid.peace" in one.indicators]
    assert {one.kind for one in naming} == {"kpi"}


def test_key_persons_are_on_no_map() -> None:
    declared = [*(one.title for one in GRID.layers), *(one.title for one in GRID.indicators)]
    assert not any("重点人员" in one for one in declared)


def test_closing_and_closing_in_time_are_two_rates() -> None:
    assert FORMULAS["grid.closing_rate"] != FORMULAS["grid.closing_in_time"]
    assert "不同于按期结案率" in BY_ID["grid.closing_rate"].definition


def test_every_band_stands_once_for_each_sex_in_the_pyramid() -> None:
    (pyramid,) = (one for one in GRID.panels if one.kind == "pyramid")
    males, females = pyramid.indicators[:7], pyramid.indicators[7:]
    assert [one.replace("female", "male") for one in females] == list(males)
    assert all(one in FORMULAS["grid.people"] for one in pyramid.indicators)
