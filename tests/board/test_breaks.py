from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.board.breaks import CLASSES, readable_breaks

numbers = st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), max_size=30)


@given(numbers)
def test_limits_rise_and_leave_a_value_on_either_side(values):
    limits = readable_breaks(values)
    assert limits == sorted(set(limits))
    assert len(limits) < CLASSES
    assert all(min(values) < limit <= max(values) for limit in limits)


def test_ten_counties_get_six_short_limits():
    values = [78.8, 79.6, 80.3, 81.7, 83.1, 83.8, 84.2, 85.6, 87.9, 88.4]
    limits = readable_breaks(values)
    assert len(limits) == 6
    assert all(limit == round(limit, 1) for limit in limits)


def test_whole_numbers_get_whole_limits():
    assert all(limit == int(limit) for limit in readable_breaks([40, 43, 44, 45, 46, 47, 48, 50]))


def test_equal_values_have_no_limits():
    assert readable_breaks([5.0, 5.0]) == []
