"""The overview of a past moment: what was known then, judged by that moment's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.board.past import KEPT, PastBoards
from app.errors import BadRequest
from app.security.contracts import Subject
from tests.board.small_city import NOW

ANYONE = Subject("anonymous", "")


def _pm25(board, now):
    model = board.model(ANYONE, "440200", None, now)
    return next(
        row for card in model["cards"] for row in card["rows"] if row["indicator"] == "ecology.pm25"
    )


def test_a_past_moment_shows_what_was_recorded_by_then(board, store):
    then = NOW - timedelta(hours=6)
    past, minute = PastBoards(board).at(then, NOW)
    assert minute == then
    assert store.asked_as_of[-1] == then
    assert _pm25(past, minute)["period_start"] < _pm25(board, NOW)["period_start"]


def test_the_present_board_is_not_touched_by_looking_back(board):
    before = _pm25(board, NOW)
    PastBoards(board).at(NOW - timedelta(hours=6), NOW)
    assert _pm25(board, NOW) == before


def test_the_same_minute_is_read_once_and_only_a_few_are_kept(board, store):
    boards = PastBoards(board)
    first, _ = boards.at(NOW - timedelta(hours=1, seconds=20), NOW)
    again, _ = boards.at(NOW - timedelta(hours=1, seconds=1), NOW)
    assert again is first
    for hours in range(2, 2 + KEPT):
        boards.at(NOW - timedelta(hours=hours), NOW)
    assert boards.at(NOW - timedelta(hours=1, seconds=1), NOW)[0] is not first


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=-367)])
def test_the_future_and_the_far_past_are_refused_with_the_way_out(board, ahead):
    with pytest.raises(BadRequest, match=r"as_of|之后"):
        PastBoards(board).at(NOW + ahead, NOW)
