from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.board.sparks import HEIGHT, WIDTH, spark
from topics.kit.quality.freshness import Freshness, age_of, elapsed
from topics.kit.words.lamps import Lamp, lamp_for, worst

NOW = datetime(2026, 11, 20, 10, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "state", "text"),
    [
        (60, Freshness.FRESH, ""),
        (61, Freshness.LATE, "迟 1 分"),
        (180, Freshness.LATE, "迟 2 时"),
        (181, Freshness.DEAD, "迟 2时1分"),
    ],
)
def test_a_value_is_late_after_its_promise_and_dead_after_three(minutes, state, text):
    age = age_of(NOW - timedelta(minutes=minutes), HOUR, NOW)
    assert (age.state, age.text) == (state, text)


def test_no_value_is_never_and_not_late():
    assert age_of(None, HOUR, NOW).state is Freshness.NEVER


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 分"), (19, "19 分"), (104, "1时44分"), (1620, "1天3时"), (17280, "12 天")],
)
def test_a_stretch_of_time_is_said_as_the_shift_says_it(minutes, text):
    assert elapsed(timedelta(minutes=minutes)) == text


@pytest.mark.parametrize(
    ("value", "higher", "lamp"),
    [
        (60, False, Lamp.OK),
        (60.1, False, Lamp.WARN),
        (75, False, Lamp.WARN),
        (75.1, False, Lamp.BAD),
        (None, False, Lamp.NONE),
    ],
)
def test_a_limit_is_passed_only_when_worse_than_it(value, higher, lamp):
    assert lamp_for(value, warn=60, bad=75, higher_is_better=higher) is lamp


def test_where_higher_is_better_low_values_are_bad():
    assert lamp_for(94, warn=98, bad=95, higher_is_better=True) is Lamp.BAD
    assert lamp_for(97, warn=98, bad=95, higher_is_better=True) is Lamp.WARN
    assert lamp_for(98, warn=98, bad=95, higher_is_better=True) is Lamp.OK


def test_the_worst_lamp_wins_and_unknown_never_hides_a_known_one():
    assert worst([Lamp.OK, Lamp.NONE, Lamp.WARN]) is Lamp.WARN
    assert worst([Lamp.NONE]) is Lamp.NONE


def test_a_gap_in_the_series_stays_a_gap_in_the_curve():
    drawn = spark([1, 2, None, 3, 4], kind="line", target=None, aria="")
    assert drawn is not None
    assert drawn["path"].count("M") == 2


def test_one_known_value_draws_no_curve():
    assert spark([None, 1.0], kind="line", target=None, aria="") is None


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize("target", [None, 3.0, 1e9, -1e9])
def test_curve_target_and_end_stay_inside_the_box(kind, target):
    drawn = spark([5, 5, 9.5, -2], kind=kind, target=target, aria="")
    assert drawn is not None
    numbers = drawn["path"].replace("M", " ").replace("L", " ").replace("V", " ").split()
    assert all(0 <= float(number) <= WIDTH for number in numbers)
    assert 0 <= drawn["end"][1] <= HEIGHT
    assert drawn["target_y"] is None or 0 <= drawn["target_y"] <= HEIGHT
