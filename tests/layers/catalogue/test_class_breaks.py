"""Classes of a field: as mapclassify has them, readable, and no value changes its class."""

from __future__ import annotations

import warnings
from typing import Any

import mapclassify
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.catalogue.breaks import METHODS, classes_of
from layers.catalogue.jenks import MOST, natural_upper_bounds
from layers.errors import BadFilter

RELAXED = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
GRADUATED = [one for one in METHODS if one != "categorised"]


def of_values(compiled: Any, values: list[object]) -> Any:
    return compiled([shapely.Point(113 + n / 1000, 24) for n in range(len(values))], v=values)


@pytest.mark.parametrize("classes", [2, 3, 5, 7])
def test_natural_breaks_are_as_good_as_those_of_mapclassify(classes: int) -> None:
    values = np.unique(np.random.default_rng(classes).lognormal(3, 1, 120).round(1))
    ours = natural_upper_bounds(values, np.ones(len(values)), classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is slow without numba
        theirs = mapclassify.FisherJenks(values, k=classes).bins
    assert _spread(values, ours) == pytest.approx(_spread(values, theirs))


def _spread(values: np.ndarray, bounds: np.ndarray) -> float:
    place = np.searchsorted(bounds, values)
    groups = [values[place == one] for one in np.unique(place)]
    return float(sum(((one - one.mean()) ** 2).sum() for one in groups))


def test_natural_breaks_of_very_many_values_end_with_the_highest() -> None:
    values = np.sort(np.random.default_rng(1).normal(0, 1, 5 * MOST + 3))
    bounds = natural_upper_bounds(values, np.ones(len(values)), 7)
    assert bounds[-1] == values[-1]
    assert (np.diff(bounds) > 0).all()


@RELAXED
@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=60),
    st.sampled_from(GRADUATED),
    st.integers(2, 9),
)
def test_every_value_lies_in_exactly_one_class(
    compiled: Any, values: list[float], method: str, classes: int
) -> None:
    found = classes_of(of_values(compiled, list(values)), "v", method, classes)
    assert sum(one.count for one in found.classes) == len(values)
    assert list(found.limits) == sorted(set(found.limits))
    for one in found.classes:
        inside = [
            value
            for value in values
            if (one.low is None or value >= one.low) and (one.high is None or value < one.high)
        ]
        assert len(inside) == one.count > 0


def test_quantiles_hold_about_as_many_each(compiled: Any) -> None:
    found = classes_of(of_values(compiled, list(range(1000))), "v", "quantiles", 5)
    assert [one.count for one in found.classes] == pytest.approx([200] * 5, abs=1)


def test_limits_are_numbers_people_can_read(compiled: Any) -> None:
    values = [1.2345, 1.3456, 97.654321, 98.7654321]
    found = classes_of(of_values(compiled, values), "v", "natural", 2)
    assert found.limits == (50.0,)
    assert [one.label for one in found.classes] == ["< 50", "≥ 50"]


def test_one_value_is_one_class(compiled: Any) -> None:
    found = classes_of(of_values(compiled, [7, 7, 7]), "v", "quantiles", 5)
    assert [(one.label, one.count) for one in found.classes] == [("全部", 3)]


def test_the_commonest_values_are_named_and_the_others_stand_together(compiled: Any) -> None:
    values: list[object] = ["甲"] * 5 + ["乙"] * 3 + ["丙"] * 2 + ["丁", None]
    found = classes_of(of_values(compiled, values), "v", "categorised", 3)
    assert [(one.label, one.count) for one in found.classes] == [("甲", 5), ("乙", 3), ("其他", 3)]
    assert found.classes[-1].rest
    assert found.empty == 1
    every = classes_of(of_values(compiled, values), "v", "categorised", 4)
    assert [one.label for one in every.classes] == ["甲", "乙", "丙", "丁"]


def test_texts_beside_numbers_are_counted_as_without_a_number(compiled: Any) -> None:
    found = classes_of(of_values(compiled, [1, 2, "约3", None]), "v", "equal", 2)
    assert (sum(one.count for one in found.classes), found.empty) == (2, 2)


@pytest.mark.parametrize(
    ("field", "method", "classes"),
    [("w", "equal", 5), ("v", "x", 5), ("v", "equal", 1), ("v", "equal", 13)],
)
def test_what_cannot_be_classed_is_refused(
    compiled: Any, field: str, method: str, classes: int
) -> None:
    with pytest.raises(BadFilter):
        classes_of(of_values(compiled, [1, 2]), field, method, classes)


def test_texts_cannot_be_graduated(compiled: Any) -> None:
    with pytest.raises(BadFilter, match="categorised"):
        classes_of(of_values(compiled, ["a", "b"]), "v", "natural", 3)
