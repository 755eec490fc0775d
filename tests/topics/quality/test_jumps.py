from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.quality.indicators import spec, value
from topics.kit.quality.jumps import ENOUGH, sudden, unlike

JUMPY = spec(checks={"jump": 50})
SHARE = spec(checks={"jump_percent": 80})
BOTH = spec(checks={"jump": 50, "jump_percent": 80})
USUAL = spec(checks={"jump_times": 10})


@pytest.mark.parametrize(("number", "doubted"), [(90, False), (90.1, True), (-10.1, True)])
def test_a_change_beyond_the_limit_is_doubted_and_one_equal_to_it_is_not(number, doubted):
    assert (sudden(JUMPY, value(number), [40, 40]) is not None) is doubted


def test_the_return_from_one_wrong_value_is_not_doubted():
    assert sudden(JUMPY, value(40), [400, 40]) is None


def test_a_new_level_is_doubted_once():
    assert sudden(JUMPY, value(400), [40, 40]) is not None
    assert sudden(JUMPY, value(401), [400, 40]) is None


def test_a_change_in_per_cent_is_of_the_value_before():
    assert sudden(SHARE, value(18), [10]) is None
    assert sudden(SHARE, value(18.1), [10]) is not None
    assert sudden(SHARE, value(-1.9), [-10]) is not None


def test_from_zero_no_per_cent_is_said():
    assert sudden(SHARE, value(9), [0]) is None
    assert sudden(BOTH, value(51), [0]) is not None


def test_where_both_limits_are_written_both_must_be_passed():
    assert sudden(BOTH, value(60), [5]) is not None
    assert sudden(BOTH, value(20), [5]) is None
    assert sudden(BOTH, value(260), [200]) is None


def test_without_a_period_before_nothing_jumps():
    assert sudden(JUMPY, value(1e6), []) is None
    assert sudden(JUMPY, value(None), [1]) is None


def test_the_doubt_says_from_what_to_what():
    found = sudden(JUMPY, value(400), [40])
    assert found is not None
    assert found.detail == "由 40 µg/m³ 变为 400 µg/m³,超过 50 µg/m³"


MOVING = [float(n % 3) for n in range(ENOUGH + 1)]


def test_a_change_many_times_the_usual_one_is_doubted():
    assert unlike(USUAL, value(11.1), MOVING) is not None
    assert unlike(USUAL, value(11.0), MOVING) is None


def test_a_series_that_never_moved_or_is_short_has_no_usual_change():
    assert unlike(USUAL, value(1e6), [5.0] * 20) is None
    assert unlike(USUAL, value(1e6), MOVING[:ENOUGH]) is None
    assert unlike(spec(), value(1e6), MOVING) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=2), st.floats(-1e6, 1e6))
def test_a_jump_is_the_same_in_both_directions(before, number):
    turned = sudden(JUMPY, value(-number), [-one for one in before])
    assert (sudden(JUMPY, value(number), before) is None) == (turned is None)
