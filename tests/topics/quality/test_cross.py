from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.quality.indicators import CITY, spec, value
from topics.kit.quality.cross import apart

BELOW = ("a", "b", "c")
SUM = spec(precision=1, checks={"additive": "sum", "tolerance": 1})
MEAN = spec(precision=1, checks={"additive": "mean", "tolerance": 0})


def city(number):
    return value(number, region=CITY)


@pytest.mark.parametrize(("number", "apart_"), [(100, False), (101, False), (101.2, True)])
def test_a_sum_may_differ_by_the_tolerance_and_no_more(number, apart_):
    found = apart(SUM, city(number), {"a": 50, "b": 30, "c": 20}, BELOW)
    assert (found is not None) is apart_


@pytest.mark.parametrize(
    ("number", "apart_"), [(9.9, False), (9.8, True), (30.1, False), (31, True)]
)
def test_a_mean_lies_between_the_values_below_it_but_for_rounding(number, apart_):
    found = apart(MEAN, city(number), {"a": 10, "b": 30, "c": 20}, BELOW)
    assert (found is not None) is apart_


def test_nothing_is_said_while_a_child_is_missing():
    assert apart(SUM, city(100), {"a": 50, "b": 30, "c": None}, BELOW) is None
    assert apart(MEAN, city(100), {"a": 50, "b": 30}, BELOW) is None


def test_nothing_is_said_without_parent_children_or_rule():
    assert apart(SUM, city(None), {"a": 50, "b": 30, "c": 20}, BELOW) is None
    assert apart(SUM, city(1), {}, ()) is None
    assert apart(spec(), city(1), {"a": 50, "b": 30, "c": 20}, BELOW) is None


def test_the_doubt_names_both_sides():
    found = apart(SUM, city(120), {"a": 50, "b": 30, "c": 20}, BELOW)
    assert found is not None
    assert found.detail == "下级之和 100.0 µg/m³ 与本级 120.0 µg/m³ 不等"


numbers = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)
positive = st.lists(st.floats(0.001, 1e3), min_size=3, max_size=3)


@given(numbers)
def test_a_true_sum_is_never_doubted(values):
    assert apart(SUM, city(sum(values)), dict(zip(BELOW, values, strict=True)), BELOW) is None


@given(numbers, positive)
def test_a_weighted_mean_is_never_doubted(values, weights):
    mean = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    assert apart(MEAN, city(mean), dict(zip(BELOW, values, strict=True)), BELOW) is None
