"""Cadences in every common spelling, and what late means to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from layers.catalogue.cadence import cadence_of
from layers.catalogue.freshness import FreshState, freshness

DAY = timedelta(days=1)
THEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("实时", timedelta(hours=1)),
        ("日", DAY),
        ("每日", DAY),
        ("每天", DAY),
        ("按日更新", DAY),
        ("每周", 7 * DAY),
        ("旬", 11 * DAY),
        ("每月", 31 * DAY),
        ("每月一次", 31 * DAY),
        ("季度", 92 * DAY),
        ("每半年", 184 * DAY),
        ("每年", 366 * DAY),
        ("1d", DAY),
        ("1mo", 31 * DAY),
        ("1y", 366 * DAY),
        ("6h", timedelta(hours=6)),
        ("10m", timedelta(minutes=10)),
        ("2w", 14 * DAY),
    ],
)
def test_a_cadence_allows_its_longest_time(text: str, every: timedelta) -> None:
    found = cadence_of(text)
    assert found is not None
    assert found.every == every


@pytest.mark.parametrize("text", ["", " ", "不定期", "一次性", "0d", "每", "x", "99999d"])
def test_what_names_no_time_is_no_cadence(text: str) -> None:
    assert cadence_of(text) is None


@pytest.mark.parametrize(
    ("age", "state", "text"),
    [
        (0 * DAY, FreshState.FRESH, "按时"),
        (31 * DAY, FreshState.FRESH, "按时"),
        (31 * DAY + timedelta(seconds=1), FreshState.LATE, "迟 不到 1 小时"),
        (31 * DAY + timedelta(hours=2), FreshState.LATE, "迟 2 小时"),
        (32 * DAY, FreshState.LATE, "迟 1 天"),
        (124 * DAY, FreshState.LATE, "迟 93 天"),
        (124 * DAY + timedelta(seconds=1), FreshState.DEAD, "停更,已迟 93 天"),
    ],
)
def test_a_monthly_layer_by_its_age(age: timedelta, state: FreshState, text: str) -> None:
    found = freshness("每月", THEN, THEN + age)
    assert (found.state, found.text) == (state, text)
    assert found.due_at == THEN + 31 * DAY


def test_without_a_publication_or_a_cadence_nothing_is_late() -> None:
    assert freshness("每月", None, THEN).state is FreshState.NEVER
    assert freshness("不定期", THEN, THEN + 9999 * DAY).text == "不定期更新"
    assert freshness("", THEN, THEN).text == "未定更新周期"
