"""Durations and schedules as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.durations import duration_text, parse_duration, parse_schedule, schedule_interval


@given(st.integers(1, 10**8))
def test_what_is_spelt_is_read_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    if seconds < 10**6:
        assert parse_duration(duration_text(duration)) == duration


@pytest.mark.parametrize("text", ["ten", "", "0s", "-1h", "1.5h", "10", "1 hour", 5, None, True])
def test_what_is_no_duration_is_refused_with_examples(text: object) -> None:
    with pytest.raises(ValueError, match="30s、10m、1h、7d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["5 8 * * *", "*/10 * * * *", "0 8-18 * * 1-5", "0,30 * 1 1 0"])
def test_cron_lines_pass_and_have_no_interval(text: str) -> None:
    assert schedule_interval(parse_schedule(text)) is None


@pytest.mark.parametrize("text", ["60 * * * *", "* * * *", "a b c d e", "* * 0 * *", "*/0 * * * *"])
def test_lines_that_cron_would_refuse_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是运行计划"):
        parse_schedule(text)


def test_an_interval_is_a_schedule() -> None:
    assert schedule_interval(parse_schedule("15s")) == timedelta(seconds=15)
