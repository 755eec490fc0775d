"""景气五色灯 and 序时进度: the vectors of the domain tables and the bounds.

Sources: 3_economy signal_lights.csv and signal_rules.json (scores 5–1, bounds 85/73/50/36 % of the
full score: general knowledge, unverified; the meaning after 中新网 2008-05-30) and 6_city
progress_formula.csv. No standard has a clause for either.
"""

from __future__ import annotations

from datetime import date

import pytest

from topics.economy.lights import Light, LightRules, composite, light_of
from topics.economy.progress import completion, elapsed, progress

BY_SCORE = {one.score: one for one in Light}


@pytest.mark.parametrize(
    ("scores", "total", "light"),
    [
        ([3] * 10, 30, "绿灯"),
        ([5] * 9 + [1], 46, "红灯"),
        ([2] * 10, 20, "浅蓝灯"),
        ([1] * 10, 10, "蓝灯"),
        ([4] * 10, 40, "黄灯"),
    ],
)
def test_the_vectors_of_the_composite_light(scores: list[int], total: int, light: str) -> None:
    found = composite(BY_SCORE[one] for one in scores)
    assert found.light is not None
    assert (found.score, found.light.title) == (total, light)


@pytest.mark.parametrize(
    ("percent", "light"),
    [(85, Light.RED), (84.9, Light.YELLOW), (73, Light.YELLOW), (72.9, Light.GREEN),
     (50, Light.GREEN), (49.9, Light.PALE_BLUE), (36, Light.PALE_BLUE), (35.9, Light.BLUE)],
)  # fmt: skip
def test_a_bound_belongs_to_the_hotter_light(percent: float, light: Light) -> None:
    assert light_of(percent, LightRules().bounds) is light


def test_missing_indicators_leave_the_full_score_and_are_counted() -> None:
    found = composite([Light.GREEN, None, Light.GREEN])
    assert (found.full, found.counted, found.missing, found.light) == (10, 2, 1, Light.GREEN)
    assert composite([None]).light is None
    assert light_of(None, LightRules().bounds) is None
    assert light_of(float("nan"), LightRules().bounds) is None


def test_a_light_never_stands_without_its_meaning() -> None:
    assert Light.BLUE.words == "蓝灯(过冷)"


def test_bounds_must_fall() -> None:
    with pytest.raises(ValueError, match="由高到低"):
        LightRules((50, 73, 85, 36))


@pytest.mark.parametrize(
    ("value", "target", "baseline", "expected"),
    [(70, 80, 60, 50.0), (9.35, 9.4, 9.3, 50.0), (45, 90, None, 50.0), (3.0, 2.0, 4.0, 50.0),
     (110, 100, None, 110.0), (50, 80, 60, -50.0)],
)  # fmt: skip
def test_completion_is_measured_from_the_baseline(
    value: float, target: float, baseline: float | None, expected: float
) -> None:
    assert completion(value, target=target, baseline=baseline) == pytest.approx(expected)


def test_without_a_value_or_a_way_to_go_there_is_no_completion() -> None:
    assert completion(None, target=1) is None
    assert completion(5, target=5, baseline=5) is None


@pytest.mark.parametrize(
    ("today", "gone"),
    [
        (date(2020, 1, 1), 0),
        (date(2021, 1, 1), 0),
        (date(2026, 1, 1), 100),
        (date(2030, 1, 1), 100),
    ],
)
def test_the_time_gone_stays_between_nothing_and_all(today: date, gone: float) -> None:
    assert elapsed(date(2021, 1, 1), date(2025, 12, 31), today) == gone


def test_behind_means_more_than_the_tolerance_behind_the_calendar() -> None:
    span = {"start": date(2026, 1, 1), "end": date(2026, 12, 31), "today": date(2026, 7, 2)}
    gone = elapsed(**span)
    assert progress(gone - 10, **span).behind is False
    assert progress(gone - 10.1, **span).behind is True
    assert progress(None, **span).behind is None


def test_a_plan_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="首尾颠倒"):
        elapsed(date(2026, 2, 1), date(2026, 1, 1), date(2026, 1, 1))
