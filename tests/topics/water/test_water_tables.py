"""The shipped tables of sites, and what the manifest makes of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from app.demo import waters
from layers.network import build_network
from topics.kit.catalogue import SHIPPED
from topics.kit.formula.domain import Frame
from topics.kit.functions import load_function
from topics.kit.manifest import load_manifest
from topics.kit.manifest_tables import FunctionSpec
from topics.kit.sites import read_sites
from topics.water.discharge import read_grade
from topics.water.surface_water import WaterClass

WATER = load_manifest(SHIPPED / "water")
BY_ID = {one.id: one for one in WATER.indicators}
SITES = read_sites(WATER.folder, WATER.sites)


def test_live_values_of_sections_are_said_to_be_for_reference() -> None:
    """PRACTICE 7: 自动站实时值 is 参考; the class of a month is the 月评价."""
    for one in ("ph", "do", "codmn", "cod", "nh3n", "tp", "section_class_live"):
        assert "参考" in BY_ID[f"water.{one}"].definition
    assert "月评价" in BY_ID["water.section_class"].title


def test_monthly_shares_are_made_of_monthly_classes_only() -> None:
    """PRACTICE 7: the live class never enters 优良率 or 达标率."""
    formulas = {one.id: one.expression for one in WATER.formulas}
    for one in ("section_good", "section_target_rate", "section_bad"):
        assert "_live" not in formulas[f"water.{one}"]
        assert "sites_known" in formulas[f"water.{one}"]


def test_outfalls_have_no_class_of_gb_3838() -> None:
    """PRACTICE 7: 入河排污口 have 达标/超标."""
    labels = [one.label for one in BY_ID["water.outfall_on_standard"].classes]
    assert labels == ["超标", "达标"]


def test_what_is_unverified_is_said_where_a_user_reads_it() -> None:
    for one in ("reservoir_state", "patrols_due", "patrol_rate", "plant_load", "plant_removed"):
        assert "未核实" in BY_ID[f"water.{one}"].definition


def test_every_section_has_a_target_and_its_waters_and_every_plant_a_grade() -> None:
    for one in SITES:
        if one.kind == "断面":
            assert WaterClass.read(one.fact("target_class"))
            assert one.fact("waters") in {"河流", "湖库"}
        if one.kind in {"污水厂", "排污口"}:
            assert read_grade(one.fact("grade"))


@pytest.mark.parametrize("kind", ["断面", "排污口", "取水口", "水位站", "水库"])
def test_the_demo_sites_lie_on_the_demo_rivers(kind: str) -> None:
    rivers = waters.rivers()
    network = build_network([one.line for one in rivers], [one.name for one in rivers])
    assert network.doubts == ()
    for one in SITES:
        if one.kind == kind and one.longitude is not None and one.latitude is not None:
            found = network.snap(one.longitude, one.latitude, 500)
            assert found is not None, one.name
            assert rivers[network.edges[found.edge].line].name == one.fact("river")


@pytest.mark.parametrize("declared", WATER.functions, ids=lambda one: one.name)
def test_every_declared_function_answers_in_the_shape_of_its_frame(declared: FunctionSpec) -> None:
    days = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 12, 1))
    given = [np.array([[0.3, np.nan, -1.0], [7.0, 30.0, 300.0]])] * len(declared.parameters)
    function = load_function("water", WATER.folder, declared.function)
    found = function(Frame((SITES[0], SITES[-1]), days), *given)
    assert found.value.shape == (2, 3)
    assert found.estimated is None or found.estimated.shape == (2, 3)
    assert not np.isinf(found.value).any()
