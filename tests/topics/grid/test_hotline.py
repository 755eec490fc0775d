"""12345: what stands in each denominator (general practice of 接诉即办, unverified)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from topics.grid import hotline
from topics.grid.hotline import Order, Rating
from topics.kit.periods import ZONE

NINE = datetime(2026, 11, 2, 9, tzinfo=ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def order(number: int = 1, **given: object) -> Order:
    known: dict[str, object] = {"caller": "甲", "matter": "噪声", "received": NINE}
    return Order(id=str(number), **(known | given))  # type: ignore[arg-type]


def test_who_was_not_asked_or_said_nothing_is_in_no_rate_of_satisfaction() -> None:
    orders = [
        order(1, rating=Rating.SATISFIED),
        order(2, rating=Rating.DISSATISFIED),
        order(3, rating=Rating.NONE),
    ]
    assert hotline.satisfied(orders) == hotline.Rate(1, 2)
    assert hotline.satisfied(orders).percent == 50


def test_nothing_to_count_is_no_hundred_percent() -> None:
    for rate in (hotline.satisfied, hotline.solved, hotline.returned, hotline.repeated):
        assert rate([]).percent is None
    assert hotline.response([], NINE).percent is None


@pytest.mark.parametrize(("late", "counts"), [(0, 1), (1, 0)])
def test_accepted_at_the_very_time_is_in_time(late: int, counts: int) -> None:
    limit = NINE + 2 * HOUR
    one = order(sent=NINE, accept_by=limit, accepted=limit + timedelta(seconds=late))
    assert hotline.response([one], NINE + DAY).part == counts


def test_an_order_whose_time_has_not_come_is_not_counted_against_anybody() -> None:
    open_one = order(sent=NINE, accept_by=NINE + 2 * HOUR)
    assert hotline.response([open_one], NINE + HOUR).whole == 0
    assert hotline.response([open_one], NINE + 3 * HOUR) == hotline.Rate(0, 1)


def test_due_in_the_month_counts_the_first_moment_and_not_the_last() -> None:
    begin, end = NINE, NINE + 30 * DAY
    orders = [
        order(1, due=begin, closed=begin),
        order(2, due=end, closed=begin),
        order(3, due=begin + DAY),
        order(4),
    ]
    assert hotline.closed_in_time(orders, begin, end) == hotline.Rate(1, 2)


def test_solved_is_asked_of_those_visited() -> None:
    orders = [order(1, solved=True), order(2, solved=False), order(3)]
    assert hotline.solved(orders) == hotline.Rate(1, 2)


def test_only_sent_orders_can_be_sent_back() -> None:
    orders = [order(1, sent=NINE, returned=True), order(2, sent=NINE), order(3)]
    assert hotline.returned(orders) == hotline.Rate(1, 2)


@pytest.mark.parametrize(("after", "again"), [(7 * DAY, 1), (7 * DAY + timedelta(seconds=1), 0)])
def test_the_same_caller_and_matter_within_seven_days_is_a_repetition(
    after: timedelta, again: int
) -> None:
    orders = [
        order(2, received=NINE + after),
        order(1),
        order(3, caller="乙"),
        order(4, matter="占道"),
    ]
    assert hotline.repeated(orders) == hotline.Rate(again, 4)


def test_the_median_leaves_open_and_impossible_orders_out() -> None:
    orders = [
        order(1, closed=NINE + 2 * HOUR),
        order(2, closed=NINE + 100 * HOUR),
        order(3, closed=NINE + 4 * HOUR),
        order(4),
        order(5, closed=NINE - HOUR),
    ]
    assert hotline.median_hours(orders) == 4
    assert hotline.median_hours([order()]) is None
