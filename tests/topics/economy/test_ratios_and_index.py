"""Printed shares (6_city ratio_test_vectors), period rules P5 and P6, and the composite index."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.economy.composite_index import composite_index, diffusion_index, symmetric_growth
from topics.economy.progress import completion
from topics.economy.ratios import percent, points, printed, two_year_average

with (Path(__file__).parent / "ratio_vectors.csv").open(encoding="utf-8", newline="") as file:
    VECTORS = list(csv.DictReader(file))


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["metric"])
def test_a_share_is_what_the_vector_computes(row: dict[str, str]) -> None:
    found = percent(float(row["numerator"]), float(row["denominator"]))
    assert found is not None
    decimals = len(row["computed"].rstrip("%").partition(".")[2])
    assert printed(found, decimals) + "%" == row["computed"]


def test_what_a_document_truncated_is_not_derived_again() -> None:
    odd = [row["metric"] for row in VECTORS if "do not derive" in row["note"]]
    assert odd == ["政务信息系统上云率"]


@pytest.mark.parametrize("denominator", [0, -3, None, float("nan"), float("inf")])
def test_nothing_to_count_gives_no_share(denominator: float | None) -> None:
    assert percent(1, denominator) is None
    assert percent(None, 5) is None


def test_halves_are_rounded_up_as_documents_do() -> None:
    assert (printed(2.675, 2), printed(0.5, 0), printed(-0.45, 1)) == ("2.68", "1", "-0.5")


def test_the_two_year_average_of_the_statistics_bureau() -> None:
    assert printed(two_year_average(-13.5, 35.1), 1) == "8.1"
    with pytest.raises(ValueError, match="不可能"):
        two_year_average(-100.1, 5)


def test_the_change_of_a_rate_is_in_points() -> None:
    assert points(5.7, 5.3) == "-0.4 百分点"


@pytest.mark.parametrize(("value", "target", "base"), [(70, 80, 60), (9.35, 9.5, 9.2)])
def test_the_vectors_of_progress_are_half_way(value: float, target: float, base: float) -> None:
    assert completion(value, target=target, baseline=base) == pytest.approx(50)


def test_the_vector_of_the_composite_index() -> None:
    assert symmetric_growth(100, 110) == pytest.approx(9.5238, abs=1e-4)
    assert composite_index([[100, 110]], [1]) == pytest.approx([100, 110])


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=12))
def test_an_index_of_one_series_moves_with_it(series: list[float]) -> None:
    found = composite_index([series], [3.0])
    assert found == pytest.approx([100 * one / series[0] for one in series], rel=1e-6)


@pytest.mark.parametrize(
    ("series", "weights"), [([], []), ([[1, 2]], [0]), ([[1, 2], [1]], [1, 1]), ([[1, 2]], [1, 2])]
)
def test_an_index_of_unlike_parts_is_refused(
    series: list[list[float]], weights: list[float]
) -> None:
    with pytest.raises(ValueError, match="分项"):
        composite_index(series, weights)


def test_a_series_that_crosses_zero_has_no_symmetric_growth() -> None:
    with pytest.raises(ValueError, match="大于 0"):
        symmetric_growth(-5, 5)


def test_the_diffusion_index_counts_what_rose_of_what_is_known() -> None:
    assert diffusion_index([1, 1, 1, None], [2, 0, 1, 5]) == 50
    assert diffusion_index([None], [1]) is None
