"""What a list gives as `next` is understood again, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.api.page_marks import HEX_ID, NUMBER, mark_after, read_mark, read_position
from app.errors import BadRequest

MOMENT = datetime(2026, 10, 1, 8, 0, 0, 250, timezone(timedelta(hours=8)))


def test_a_mark_is_read_as_it_was_written_whatever_its_time_zone() -> None:
    assert read_mark(mark_after(MOMENT, "0123456789abcdef"), HEX_ID) == (MOMENT, "0123456789abcdef")


def test_a_moment_without_fraction_is_written_so_that_it_is_read_again() -> None:
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    assert read_mark(mark_after(moment, 7), NUMBER) == (moment, "7")


@pytest.mark.parametrize("text", [None, ""])
def test_without_a_mark_a_list_begins_at_its_beginning(text: str | None) -> None:
    assert (read_mark(text, NUMBER), read_position(text)) == (None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "2026-13-01T00:00:00.000000Z-1",
        "2026-10-01T00:00:00Z-1",
        "2026-10-01T00:00:00.000000Z-a",
        "2026-10-01T00:00:00.000000Z-1\n",
        "٢026-10-01T00:00:00.000000Z-1",
    ],
)
def test_a_mark_that_no_list_gave_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_mark(text, NUMBER)


def test_the_mark_of_another_list_is_refused() -> None:
    with pytest.raises(BadRequest):
        read_mark(mark_after(MOMENT, 12), HEX_ID)


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "٣", "1234567890"])
def test_a_position_that_no_list_gave_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_position(text)
