"""Good days, annual statistics and the composite index (HJ 663-2026, secondary; see docs)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.ecology.assessment import (
    annual_statistics,
    composite,
    composite_index,
    good_days,
    percentile,
)
from topics.kit.formula.domain import Frame

NAN = float("nan")
NEW = date(2026, 6, 1)
LIMITS = {"SO2": 60.0, "NO2": 40.0, "PM10": 60.0, "PM2.5": 30.0, "CO": 4.0, "O3": 160.0}


def test_days_without_a_valid_index_leave_the_denominator() -> None:
    """优良天数比例 = days with AQI ≤ 100 ÷ valid days (unverified)."""
    found = good_days([50, 100, 101, NAN])
    assert (found.good, found.valid) == (2, 3)
    assert found.share == pytest.approx(200 / 3)
    assert found.text == "2/3 天,无效 1 天"


def test_without_a_valid_day_there_is_no_share() -> None:
    assert good_days([NAN, -1]).share is None


@pytest.mark.parametrize(("index", "good"), [(100, 1), (101, 0)])
def test_a_day_is_good_up_to_an_index_of_100(index: float, good: int) -> None:
    """HJ 633-2026 table 1."""
    assert good_days([index]).good == good


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        (range(1, 101), 95, 95.05),  # k = 1 + 99·0.95 = 95.05
        (range(1, 12), 90, 10.0),
        ([7], 98, 7.0),
        ([5, NAN, -1, 15], 50, 10.0),
    ],
)
def test_a_percentile_lies_between_its_neighbours(
    values: list[float], share: float, expected: float
) -> None:
    """k = 1 + (n − 1)·p (HJ 663, unverified)."""
    assert percentile(list(values), share) == pytest.approx(expected)


def test_no_value_has_no_percentile_and_a_share_over_100_is_refused() -> None:
    assert percentile([], 90) is None
    with pytest.raises(ValueError, match="100"):
        percentile([1.0], 101)


@given(st.lists(st.floats(0, 500), min_size=1), st.floats(0, 100))
def test_a_percentile_is_that_of_numpy(values: list[float], share: float) -> None:
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, share)))


@pytest.mark.parametrize(
    ("pollutant", "keys"),
    [
        ("SO2", {"annual", "p98"}),
        ("NO2", {"annual", "p98"}),
        ("PM10", {"annual", "p95"}),
        ("PM2.5", {"annual", "p95"}),
        ("CO", {"p95"}),
        ("O3", {"p90"}),
    ],
)
def test_a_year_is_judged_by_the_items_of_its_pollutant(pollutant: str, keys: set[str]) -> None:
    """HJ 663-2026 table 1 (verified-secondary)."""
    assert set(annual_statistics(pollutant, [1.0, 2.0, NAN], NEW)) == keys


def test_annual_statistics_are_rounded_half_to_even() -> None:
    assert annual_statistics("PM2.5", [30.0, 31.0], NEW)["annual"] == 30.0
    assert annual_statistics("CO", [0.85], NEW)["p95"] == pytest.approx(0.8)
    assert annual_statistics("PM2.5", [], NEW)["annual"] is None


def test_another_pollutant_has_no_annual_items() -> None:
    with pytest.raises(ValueError, match="NH3"):
        annual_statistics("NH3", [1.0], NEW)


def test_at_the_limits_every_pollutant_adds_one() -> None:
    """Σ Ci/Si; the weights of HJ 663-2026 are contradictory, so all are 1 (unverified)."""
    found = composite(LIMITS, NEW)
    assert found.value == pytest.approx(6.0)
    assert "未核实" in found.basis


@pytest.mark.parametrize(
    ("moment", "edition", "expected"),
    [
        (date(2026, 2, 28), "GB 3095-2012 限值", 4 + 60 / 70 + 30 / 35),
        (date(2026, 3, 1), "GB 3095-2026 过渡限值", 6.0),
        (date(2031, 1, 1), "GB 3095-2026 最终限值", 3 + 40 / 30 + 60 / 50 + 30 / 25 + 2),
    ],
)
def test_the_limits_of_the_composite_index_are_those_of_the_day(
    moment: date, edition: str, expected: float
) -> None:
    found = composite(LIMITS, moment)
    assert found.edition == edition
    assert found.value == pytest.approx(expected)


@pytest.mark.parametrize("absent", sorted(LIMITS))
def test_a_missing_pollutant_leaves_no_composite_index(absent: str) -> None:
    found = composite(LIMITS | {absent: None}, NEW)
    assert found.value is None
    assert absent in found.why


def test_the_composite_index_of_arrays_is_that_of_each_place() -> None:
    names = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")
    cells = [np.array([[LIMITS[name], NAN if name == "CO" else 1.0]]) for name in names]
    found = composite_index(Frame([], [NEW, NEW]), *cells)
    assert found.value[0, 0] == pytest.approx(6.0)
    assert np.isnan(found.value[0, 1])
    assert found.why.startswith("CO")
