from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.board.breaks import CLASSES, as_shown, readable_breaks
from topics.kit.words.numbers import write_plain

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


@given(numbers, st.integers(0, 3))
def test_of_values_as_shown_no_two_limits_read_the_same(values, precision):
    shown = as_shown({str(n): value for n, value in enumerate(values)}, precision)
    limits = [write_plain(one, precision) for one in readable_breaks(shown.values())]
    assert len(limits) == len(set(limits))


def test_what_reads_the_same_is_no_two_classes():
    rain = {"乐昌": 0.8, "浈江": 0.7, "乳源": 0.61, "曲江": 0.58, "始兴": 0.55, "南雄": 0.21}
    assert readable_breaks(as_shown(rain, 1).values()) == [0.4, 0.7, 0.8]
