"""What a rule would have done over stored values, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.topics.alerting.small_city import AT, classes, hours, no_limits, rule
from topics.kit.alerting.backtest import Outcome, backtest, told
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.errors import BadRule

HOUR = timedelta(hours=1)


def _run(values: Sequence[float | None], **terms: Any) -> Outcome:
    observed = {"440201": {"water.nh3n": hours(values)}}
    end = AT + timedelta(days=30)
    return backtest(rule(**terms), observed, no_limits, AT, end)


def test_an_episode_begins_when_the_value_is_known_and_ends_with_the_first_within() -> None:
    [one] = _run([0.5, 1.2, 2.4, 1.6, 0.4]).episodes
    assert (one.start, one.end) == (AT + 2 * HOUR, AT + 5 * HOUR)
    assert one.worst is AlertLevel.RED
    assert [moment.value for moment in one.moments] == [1.2, 2.4, 1.6, 0.4]


def test_what_still_fires_has_no_end() -> None:
    [one] = _run([0.5, 1.2]).episodes
    assert one.end is None
    assert one.state.level is AlertLevel.BLUE


def test_hold_ends_between_two_values() -> None:
    [one] = _run([1.2, 1.2, 0.5], hold="90m").episodes
    assert one.start == AT + HOUR + timedelta(minutes=90)
    assert one.since == AT + HOUR


def test_a_breach_shorter_than_hold_is_no_episode() -> None:
    assert not _run([1.2, 0.5], hold="61m").episodes
    assert _run([1.2, 0.5], hold="59m").episodes


def test_keep_ends_between_two_values() -> None:
    [one] = _run([1.2, 0.5, 0.5, 0.5], keep="90m").episodes
    assert one.end == AT + 2 * HOUR + timedelta(minutes=90)


def test_values_months_apart_still_end_an_episode() -> None:
    late = hours([0.4], start=AT + timedelta(days=20))
    observed = {"440201": {"water.nh3n": [*hours([1.2]), *late]}}
    outcome = backtest(rule(), observed, no_limits, AT, AT + timedelta(days=30))
    assert outcome.episodes[0].end == late[0].period.start + HOUR


def test_outside_its_hours_a_rule_does_not_fire() -> None:
    assert not _run([1.2] * 5, hours="08:00-18:00").episodes
    assert _run([1.2] * 9, hours="08:00-18:00").episodes[0].start == AT + 8 * HOUR


@pytest.mark.parametrize(
    ("against", "values", "count"),
    [("previous", [1.0, 1.4, 2.0], 1), ("day", [1.0] * 24 + [1.6], 1), ("day", [1.0] * 24, 0)],
)
def test_a_change_is_measured_against_the_earlier_period(
    against: str, values: list[float], count: int
) -> None:
    terms = {"kind": "change", "against": against, "levels": {"黄": 0.5}}
    assert len(_run(values, **terms).episodes) == count


def test_a_change_in_percent_of_nothing_is_unknown() -> None:
    terms = {"kind": "change", "measured": "percent", "levels": {"黄": 10}}
    assert not _run([0.0, 5.0], **terms).episodes
    assert _run([1.0, 1.2], **terms).episodes


def test_an_expression_takes_the_newest_of_each_indicator() -> None:
    both = rule("water.nh3n + water.do > 5", worse="above", levels={"黄": 0.5})
    series = {
        "water.nh3n": hours([1.0, 1.0, 2.0]),
        "water.do": hours([3.0, 4.5], indicator="water.do"),
    }
    outcome = backtest(both, {"440201": series}, no_limits, AT, AT + timedelta(days=1))
    assert outcome.episodes[0].start == AT + 2 * HOUR


def test_a_rule_on_the_target_counts_from_it_in_the_direction_of_worse() -> None:
    target = rule("water.rate", of="target", levels={"黄": 0, "红": 3})
    series = {"water.rate": hours([95, 94, 91], indicator="water.rate")}
    [one] = backtest(target, {"440201": series}, no_limits, AT, AT + timedelta(days=1)).episodes
    assert one.start == AT + 2 * HOUR
    assert one.worst is AlertLevel.RED


def test_a_rule_on_the_class_counts_classes_beyond_the_aim_of_the_place() -> None:
    by_class = rule("water.grade", of="class", levels={"黄": 0, "红": 1})
    series = {"water.grade": hours([2.0, 2.5, 9.0], indicator="water.grade", region="S1")}
    [one] = backtest(by_class, {"S1": series}, classes, AT, AT + timedelta(days=1)).episodes
    assert [moment.level for moment in one.moments] == [AlertLevel.YELLOW, AlertLevel.RED]


def test_the_outcome_is_said_in_one_sentence() -> None:
    outcome = _run([1.2, 0.5, 2.5, 0.5, 1.2, 1.2])
    said = told(outcome)
    assert said.startswith("这条规则近 30 天会触发 3 次,其中 红 1、蓝 2;中位持续 1 时")
    assert "夜间(22–6 时)占 100 %" in said
    assert said.endswith("1 次到期末还没有解除")


def test_no_episode_and_no_value_are_told_apart() -> None:
    assert "一次也不会触发(1 个地点、2 个数值)" in told(_run([0.1, 0.2]))
    assert "没有数据" in told(_run([]))


@pytest.mark.parametrize("kind", ["forecast", "anomaly", "late", "no_data"])
def test_what_needs_more_than_values_is_refused_with_the_reason(kind: str) -> None:
    terms = {"kind": kind, "levels": {"黄": 0.5}, "limit": 2.0}
    with pytest.raises(BadRule, match="不能用历史数值回测"):
        backtest(rule(**terms), {}, no_limits, AT, AT + HOUR)


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        ("11-14", False),
        ("11-15", True),
        ("12-31", True),
        ("01-01", True),
        ("03-31", True),
        ("04-01", False),
    ],
)
def test_a_season_may_go_over_the_new_year(day: str, valid: bool) -> None:
    month, number = (int(one) for one in day.split("-"))
    noon = datetime(2026, month, number, 4, tzinfo=UTC)
    assert rule(season="11-15..03-31").valid_at(noon) == valid
