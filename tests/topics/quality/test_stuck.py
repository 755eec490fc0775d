from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.topics.quality.indicators import NOON, spec
from topics.kit.quality.stuck import HourSpan, equal_run, stuck

EIGHT = spec(checks={"stuck_hours": 8})
RAIN = spec(checks={"stuck_hours": 8, "steady": [0]})


def hours(*values: float | None) -> list[HourSpan]:
    """One value an hour; None is an hour without any."""
    found = []
    for n, one in enumerate(values):
        if one is not None:
            start = NOON + timedelta(hours=n)
            found.append(HourSpan(start, one, one, start, start))
    return found


def test_eight_equal_hours_are_stuck_and_seven_are_not():
    assert stuck(EIGHT, equal_run(hours(3, *[5] * 7))) == ""
    said = stuck(EIGHT, equal_run(hours(3, *[5] * 8)))
    assert said == "连续 8 小时都是 5 µg/m³,疑似仪器或传输卡死"


def test_the_run_begins_at_its_first_equal_hour():
    run = equal_run(hours(3, 5, 5, 5))
    assert run is not None
    assert (run.hours, run.first, run.last) == (
        3,
        NOON + timedelta(hours=1),
        NOON + timedelta(hours=3),
    )


def test_a_value_that_may_stand_still_is_never_stuck():
    assert stuck(RAIN, equal_run(hours(*[0] * 20))) == ""
    assert stuck(RAIN, equal_run(hours(*[0.2] * 20))) != ""


def test_a_gap_neither_counts_nor_is_a_movement():
    assert stuck(EIGHT, equal_run(hours(5, 5, 5, 5, None, 5, 5, 5))) == ""
    assert stuck(EIGHT, equal_run(hours(5, 5, 5, 5, None, 5, 5, 5, 5))) != ""


def test_an_hour_that_moved_within_itself_ends_the_run():
    moved = [*hours(*[5] * 9)]
    moved[4] = HourSpan(moved[4].hour, 4.9, 5, moved[4].first, moved[4].last)
    run = equal_run(moved)
    assert run is not None
    assert run.hours == 4
    assert equal_run([moved[4]]) is None


def test_nothing_is_not_stuck():
    assert stuck(EIGHT, equal_run([])) == ""
    assert stuck(spec(), equal_run(hours(*[5] * 99))) == ""


@given(st.lists(st.sampled_from([1.0, 2.0, None]), max_size=40))
def test_the_run_is_the_longest_equal_end(values):
    known = [one for one in values if one is not None]
    run = equal_run(hours(*values))
    if not known:
        assert run is None
        return
    assert run is not None
    tail = known[-run.hours :]
    assert set(tail) == {known[-1]}
    assert known[: -run.hours][-1:] != [known[-1]]
