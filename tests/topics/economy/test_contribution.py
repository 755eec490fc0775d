"""Contributions to published growth add up to it: by industry and by county, for any numbers.

Method: weights are the current-price structure of a year ago (unverified, said in the definitions).
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import COUNTIES, month, said, value_of
from topics.kit.catalogue import SHIPPED
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.formula.formula import Formula, formula_of
from topics.kit.manifest import load_manifest

ECONOMY = load_manifest(SHIPPED / "economy")
SPECS = {one.id: one for one in ECONOMY.indicators}
FORMULAS = {one.id: formula_of(one, SPECS) for one in ECONOMY.formulas if "_pull" in one.id}
NOW = month(2026, 9, PeriodKind.CUMULATIVE)
BEFORE = month(2025, 9, PeriodKind.CUMULATIVE)
INDUSTRIES = ("primary", "secondary", "tertiary")
LEVELS = st.floats(1, 1e5)
GROWTHS = st.floats(0.5, 20)


def made(name: str) -> Formula:
    return FORMULAS[f"economy.{name}"]


def industries(levels: list[float], growths: list[float], published: float) -> list[Observation]:
    rows = [said("economy.gdp_growth", NOW, published)]
    for name, level, growth in zip(INDUSTRIES, levels, growths, strict=True):
        rows += [said(f"economy.{name}", NOW, level * 1.05)]
        rows += [said(f"economy.{name}", BEFORE, level)]
        rows += [said(f"economy.{name}_growth", NOW, growth)]
    return rows


def counties(levels: list[float], growths: list[float], published: float) -> list[Observation]:
    rows = [said("economy.gdp_growth", NOW, published)]
    for code, level, growth in zip(COUNTIES, levels, growths, strict=True):
        rows += [said("economy.gdp", NOW, level * 1.05, code)]
        rows += [said("economy.gdp", BEFORE, level, code)]
        rows += [said("economy.gdp_growth", NOW, growth, code)]
    return rows


def pulls(rows: list[Observation]) -> list[float | None]:
    return [value_of(made(f"{one}_pull"), rows, NOW)[0] for one in INDUSTRIES]


@settings(max_examples=40, deadline=None)
@given(st.lists(LEVELS, min_size=3, max_size=3), st.lists(GROWTHS, min_size=3, max_size=3),
       st.floats(-5, 20))  # fmt: skip
def test_the_industries_pulls_add_up_to_the_published_growth(
    levels: list[float], growths: list[float], published: float
) -> None:
    found = pulls(industries(levels, growths, published))
    assert sum(one for one in found if one is not None) == pytest.approx(published, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(LEVELS, min_size=3, max_size=3), st.lists(GROWTHS, min_size=3, max_size=3),
       st.floats(-5, 20))  # fmt: skip
def test_the_counties_pulls_add_up_to_the_citys_published_growth(
    levels: list[float], growths: list[float], published: float
) -> None:
    rows = counties(levels, growths, published)
    found = [value_of(made("gdp_pull"), rows, NOW, code)[0] for code in COUNTIES]
    assert sum(one for one in found if one is not None) == pytest.approx(published, abs=1e-6)


def test_an_industry_with_twice_the_weight_pulls_twice_as_much() -> None:
    first, second, third = pulls(industries([100, 200, 100], [6, 6, 6], 6))
    assert (first, second, third) == pytest.approx((1.5, 3.0, 1.5))


def test_an_industry_that_fell_pulls_down() -> None:
    found = pulls(industries([100, 300, 100], [-6, 6, 2], 3.0))
    assert found[0] is not None
    assert found[0] < 0


def test_a_missing_growth_leaves_no_contribution_rather_than_a_wrong_sum() -> None:
    rows = [
        one for one in industries([1, 2, 3], [4, 5, 6], 5)
        if one.indicator != "economy.tertiary_growth"
    ]  # fmt: skip
    assert pulls(rows) == [None, None, None]
    missing = counties([1, 2, 3], [4, 5, 6], 5)
    lost = [one for one in missing if one.region != COUNTIES[2] or "growth" not in one.indicator]
    assert value_of(made("gdp_pull"), lost, NOW, COUNTIES[0])[0] is None


def test_the_growth_itself_is_published_and_never_derived() -> None:
    derived = {one.id for one in ECONOMY.formulas}
    growths = {name for name in SPECS if name.endswith("_growth")}
    assert growths
    assert not growths & derived
