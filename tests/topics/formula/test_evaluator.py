"""The evaluator gives in one go what plain Python gives cell by cell, for every kind of node."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.naive import Naive, values_of
from tests.topics.formula.small_city import (
    CITY,
    COUNTIES,
    CUMULATIVE,
    GEOGRAPHY,
    MONTH,
    formula,
    month,
    said,
    spec,
    value_of,
)
from topics.kit.contracts import Observation, ValueStatus
from topics.kit.formula.cells import Why
from topics.kit.formula.clocks import count, period
from topics.kit.formula.cubes import MISSING, NOT_MONITORED, cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import Formula

X, Y, RATE, TOTAL = (
    spec("a.x", "件"),
    spec("a.y", "件"),
    spec("a.rate", "%"),
    spec("a.total", "件", CUMULATIVE),
)
FIRST = count(month(2024, 1))
CASES = {
    "a.x + a.y": "件",
    "-a.x - (a.y - a.x)": "件",
    "a.x / a.y * 100": "%",
    "(a.x - a.y) / a.x * 100": "%",
    "yoy(a.x)": "%",
    "mom(a.x)": "%",
    "yoy_points(a.rate)": "百分点",
    "lag(a.x, 3) - last_year(a.x)": "件",
    "rolling(a.x, 3, sum)": "件",
    "rolling(a.x, 4, mean)": "件",
    "rolling(a.x, 2, min) + rolling(a.y, 2, max)": "件",
    "monthly(a.total)": "件",
    "two_year_avg(a.rate)": "%",
    "regional_sum(a.x)": "件",
    "regional_mean(a.rate, a.x)": "%",
    "regional_mean(a.rate)": "%",
    "regional_min(a.x) + regional_max(a.x)": "件",
    "share_of_parent(a.x)": "%",
    "a.x * a.rate / of_parent(regional_sum(a.x * a.rate)) * 100": "%",
    "rank(a.x)": "",
    "rank(a.x, asc)": "",
    "where(a.x > a.y, a.x, 0 * a.y)": "件",
    "coalesce(a.x, lag(a.x, 1), a.y)": "件",
    "composite(score(a.x, 2, 0, 50), score(a.rate, 1, 100, 0))": "",
    "symmetric_growth(a.x)": "%",
    "yoy(rolling(a.x, 3, sum))": "%",
}


def made(expression: str, missing: str = "withhold") -> Formula:
    result = spec("a.result", CASES[expression])
    return formula(expression, X, Y, RATE, TOTAL, result=result, missing=missing)


SEEDS, GAPS = st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.05, 0.3])


def some_rows(seed: int, gaps: float) -> list[Observation]:
    """Twenty-six months of four indicators in four regions, with gaps and zeros."""
    dice = np.random.default_rng(seed)
    rows = []
    for one in (X, Y, RATE, TOTAL):
        for region in (CITY, *COUNTIES):
            for at in range(FIRST, FIRST + 26):
                if dice.random() < gaps / 2:
                    continue
                value = None if dice.random() < gaps / 2 else float(dice.integers(-2, 60))
                rows.append(said(one.id, period(at, one.period_kind), value, region))
    return rows


@pytest.mark.parametrize("missing", ["withhold", "skip"])
@pytest.mark.parametrize("expression", CASES)
@settings(max_examples=3, deadline=None)
@given(seed=SEEDS, gaps=GAPS)
def test_every_cell_is_what_plain_python_makes_of_it(
    expression: str, missing: str, seed: int, gaps: float
) -> None:
    rows = some_rows(seed, gaps)
    one = made(expression, missing)
    counts = np.arange(FIRST, FIRST + 26)
    found = evaluate(one, cubes_of(rows, GEOGRAPHY), counts)
    naive = Naive(one, values_of(rows))
    for region, row in GEOGRAPHY.row.items():
        for column, at in enumerate(counts):
            expected, value = naive.value(region, int(at)), float(found.value[row, column])
            assert (expected is None) == math.isnan(value), (region, at)
            assert expected is None or value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(seed=SEEDS, gaps=GAPS, expression=st.sampled_from(sorted(CASES)))
@settings(max_examples=40, deadline=None)
def test_a_value_is_absent_exactly_where_its_state_says_so_and_never_infinite(
    expression: str, seed: int, gaps: float
) -> None:
    found = evaluate(
        made(expression), cubes_of(some_rows(seed, gaps), GEOGRAPHY), np.arange(FIRST, FIRST + 26)
    )
    gone = found.state >= NOT_MONITORED
    assert (np.isnan(found.value) == gone).all()
    assert np.isfinite(found.value[~gone]).all()
    assert ((found.why > 0) >= (found.state == MISSING)).all()


def row(name: str, value: float | None, status: ValueStatus | None = None) -> Observation:
    return said(name, month(2026, 3), value, status=status)


@pytest.mark.parametrize(
    ("worst", "expected"),
    [
        (ValueStatus.ESTIMATED, "estimated"),
        (ValueStatus.SUSPECT, "suspect"),
        (ValueStatus.OK, "ok"),
    ],
)
def test_a_result_is_as_good_as_the_worst_that_went_into_it(
    worst: ValueStatus, expected: str
) -> None:
    rows = [row("a.x", 4.0, ValueStatus.OK), row("a.y", 2.0, worst)]
    assert value_of(made("a.x + a.y"), rows, month(2026, 3)) == (6.0, expected, 0)


def test_what_is_not_monitored_stays_so_unless_something_is_missing() -> None:
    rows = [row("a.x", 4.0), row("a.y", None, ValueStatus.NOT_MONITORED)]
    assert value_of(made("a.x + a.y"), rows, month(2026, 3))[1] == "not_monitored"
    rows[0] = row("a.x", None)
    assert value_of(made("a.x + a.y"), rows, month(2026, 3))[1] == "missing"


def test_nothing_is_divided_by_zero() -> None:
    rows = [row("a.x", 4.0), row("a.y", 0.0)]
    assert value_of(made("a.x / a.y * 100"), rows, month(2026, 3)) == (None, "missing", Why.ZERO)


def test_a_growth_over_a_base_that_is_not_positive_means_nothing() -> None:
    rows = [row("a.x", 4.0), said("a.x", month(2025, 3), -2.0)]
    assert value_of(made("yoy(a.x)"), rows, month(2026, 3)) == (None, "missing", Why.BASE)


def test_a_result_beyond_all_numbers_is_missing_and_not_infinite() -> None:
    one = formula("a.x / a.y", X, Y, result=spec("a.result", ""))
    rows = [row("a.x", 1e200), row("a.y", 1e-200)]
    assert value_of(one, rows, month(2026, 3)) == (None, "missing", Why.INFINITE)


def test_two_years_of_growth_below_minus_a_hundred_have_no_mean() -> None:
    rows = [row("a.rate", -150.0), said("a.rate", month(2025, 3), 10.0)]
    assert value_of(made("two_year_avg(a.rate)"), rows, month(2026, 3))[2] == Why.ROOT


def of_counties(*values: float | None) -> list[Observation]:
    pairs = zip(COUNTIES, values, strict=True)
    return [said("a.x", month(2026, 3), value, county) for county, value in pairs]


def test_a_sum_with_a_county_missing_is_withheld() -> None:
    assert value_of(made("regional_sum(a.x)"), of_counties(1, None, 3), month(2026, 3))[1] == (
        "missing"
    )


def test_a_sum_that_may_leave_out_a_county_is_estimated() -> None:
    one = made("regional_sum(a.x)", "skip")
    assert value_of(one, of_counties(1, None, 3), month(2026, 3)) == (4.0, "estimated", 0)


def test_a_county_that_is_not_monitored_is_left_out_without_a_word() -> None:
    rows = of_counties(1, 2, None)
    rows[2] = said("a.x", month(2026, 3), None, COUNTIES[2], ValueStatus.NOT_MONITORED)
    assert value_of(made("regional_sum(a.x)"), rows, month(2026, 3)) == (3.0, "ok", 0)


def test_equal_counties_share_the_better_place() -> None:
    ranked = [
        value_of(made("rank(a.x)"), of_counties(5, 5, 1), month(2026, 3), county)[0]
        for county in COUNTIES
    ]
    assert ranked == [1.0, 1.0, 3.0]


def test_a_missing_value_may_be_stood_in_for_by_the_period_before() -> None:
    one = made("a.x + a.y", "estimate")
    rows = [said("a.x", month(2026, 2), 7.0), row("a.x", None), row("a.y", 1.0)]
    assert value_of(one, rows, month(2026, 3)) == (8.0, "estimated", 0)


@pytest.mark.parametrize(
    "expression", ["yoy(a.x)", "rolling(a.x, 3, sum)", "monthly(a.total)", "mom(a.x)"]
)
def test_nothing_is_compared_or_added_up_across_a_changed_definition(expression: str) -> None:
    rows = [
        said(name, period(at, kind), 5.0)
        for name, kind in (("a.x", MONTH), ("a.total", CUMULATIVE))
        for at in range(FIRST, FIRST + 30)
    ]
    change = count(month(2025, 4))
    breaks = {"a.x": [change], "a.total": [change]}
    assert value_of(made(expression), rows, month(2025, 4), breaks=breaks)[2] == Why.BROKEN
    assert value_of(made(expression), rows, month(2025, 3), breaks=breaks)[2] == 0
    assert value_of(made(expression), rows, month(2026, 4), breaks=breaks)[2] == 0


def ratio_rows(city: float) -> list[Observation]:
    rows = of_counties(10, 20, 30)
    rows += [said("a.y", month(2026, 3), 100.0, county) for county in COUNTIES]
    return [*rows, row("a.x", city), row("a.y", 300.0)]


@pytest.mark.parametrize(("city", "why"), [(60.0, 0), (90.0, 0), (91.0, Why.OUTSIDE), (29, 8)])
def test_a_rate_outside_the_range_of_its_counties_is_refused(city: float, why: int) -> None:
    assert value_of(made("a.x / a.y * 100"), ratio_rows(city), month(2026, 3))[2] == why


def test_a_rate_is_not_judged_by_counties_that_are_not_all_there() -> None:
    rows = [one for one in ratio_rows(91.0) if one.region != COUNTIES[2]]
    assert value_of(made("a.x / a.y * 100"), rows, month(2026, 3))[1] == "ok"


def test_only_what_was_said_of_the_period_itself_makes_a_result() -> None:
    rows = [row("a.x", 4.0)]
    cubes = cubes_of(rows, GEOGRAPHY)
    later = np.array([count(month(2026, 3)), count(month(2026, 4)), count(month(2027, 3))])
    found = evaluate(made("yoy(a.x)"), cubes, later)
    assert found.present[0].tolist() == [True, False, False]
