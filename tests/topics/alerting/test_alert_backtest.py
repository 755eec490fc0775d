"""What a rule would have done over stored values, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.topics.alerting.small_city import AT, classes, hours, no_limits, rule
from topics.kit.alerting.backtest import Outcome, Past, backtest
from topics.kit.alerting.backtest_words import told
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.tracks_crowds import reports
from topics.kit.alerting.tracks_foreseen import Foretold

HOUR = timedelta(hours=1)


def _run(values: Sequence[float | None], **terms: Any) -> Outcome:
    observed = {"440201": {"water.nh3n": hours(values)}}
    end = AT + timedelta(days=30)
    return backtest(rule(**terms), Past(observed), no_limits, AT, end)


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
    outcome = backtest(rule(), Past(observed), no_limits, AT, AT + timedelta(days=30))
    assert outcome.episodes[0].end == late[0].period.start + HOUR


def test_outside_its_hours_a_rule_does_not_fire() -> None:
    assert not _run([1.2] * 5 + [0.4], hours="08:00-18:00").episodes
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


@pytest.mark.parametrize(
    ("values", "fires"),
    [
        ([1.0, 4.0], False),  # of few each one is many
        ([4.0, 9.9], False),
        ([4.0, 10.0], True),  # the bound itself is enough
        ([10.0, 4.0, 10.0], True),
        ([4.0, 9.9, 4.0], False),
    ],
)
def test_a_change_in_percent_of_few_is_none(values: list[float], fires: bool) -> None:
    terms = {"kind": "change", "measured": "percent", "least": 10, "levels": {"黄": 80}}
    assert bool(_run(values, **terms).episodes) is fires


def test_the_bound_of_a_change_says_nothing_of_differences() -> None:
    terms = {"kind": "change", "least": 10, "levels": {"黄": 2}}
    assert _run([1.0, 4.0], **terms).episodes


def test_an_expression_takes_the_newest_of_each_indicator() -> None:
    both = rule("water.nh3n + water.do > 5", worse="above", levels={"黄": 0.5})
    series = {
        "water.nh3n": hours([1.0, 1.0, 2.0]),
        "water.do": hours([3.0, 4.5], indicator="water.do"),
    }
    outcome = backtest(both, Past({"440201": series}), no_limits, AT, AT + timedelta(days=1))
    assert outcome.episodes[0].start == AT + 2 * HOUR


def test_a_rule_on_the_target_counts_from_it_in_the_direction_of_worse() -> None:
    target = rule("water.rate", of="target", levels={"黄": 0, "红": 3})
    series = {"water.rate": hours([95, 94, 91], indicator="water.rate")}
    [one] = backtest(
        target, Past({"440201": series}), no_limits, AT, AT + timedelta(days=1)
    ).episodes
    assert one.start == AT + 2 * HOUR
    assert one.worst is AlertLevel.RED


def test_a_rule_on_the_class_counts_classes_beyond_the_aim_of_the_place() -> None:
    by_class = rule("water.grade", of="class", levels={"黄": 0, "红": 1})
    series = {"water.grade": hours([2.0, 2.5, 9.0], indicator="water.grade", region="S1")}
    [one] = backtest(by_class, Past({"S1": series}), classes, AT, AT + timedelta(days=1)).episodes
    assert [moment.level for moment in one.moments[:2]] == [AlertLevel.YELLOW, AlertLevel.RED]


def test_the_outcome_is_said_in_one_sentence() -> None:
    outcome = _run([1.2, 0.5, 2.5, 0.5, 1.2, 1.2])
    said = told(outcome)
    assert said.startswith("这条规则近 30 天会触发 3 次,其中 红 1、蓝 2;中位持续 1 时")
    assert "夜间(22–6 时)占 100 %" in said
    assert said.endswith("1 次到期末还没有解除")


def test_no_episode_and_no_value_are_told_apart() -> None:
    assert "一次也不会触发(1 个地点、2 个数值)" in told(_run([0.1, 0.2]))
    assert "没有数据" in told(_run([]))


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


def test_a_correction_counts_from_when_it_was_made_and_not_before() -> None:
    first, *rest = hours([1.2, 0.5, 0.5])
    first = replace(first, recorded_at=AT + 2 * HOUR)
    corrected = replace(first, value=0.5, recorded_at=AT + 2 * HOUR + timedelta(minutes=30))
    rest = [replace(one, recorded_at=AT + (n + 4) * HOUR) for n, one in enumerate(rest)]
    observed = {"440201": {"water.nh3n": [first, corrected, *rest]}}
    [one] = backtest(rule(), Past(observed), no_limits, AT, AT + 9 * HOUR).episodes
    assert (one.start, one.end) == (AT + 2 * HOUR, AT + 2 * HOUR + timedelta(minutes=30))


def test_a_history_that_was_loaded_at_once_is_told_as_such() -> None:
    later = AT + timedelta(days=20)
    rows = [replace(one, recorded_at=later) for one in hours([1.2, 0.5, 0.5])]
    observed = {"440201": {"water.nh3n": rows}}
    outcome = backtest(rule(), Past(observed), no_limits, AT, later + HOUR)
    assert [one.start for one in outcome.episodes] == [AT + HOUR]
    assert told(outcome).endswith("100 % 的数值是后来一次导入的,按期末即到推演")
    silence = backtest(
        rule(kind="no_data", levels={"黄": 1}), Past(observed), no_limits, AT, later + HOUR
    )
    assert not silence.values
    assert "没有到数时间,说不出会触发几次" in told(silence)


def test_what_was_not_kept_long_enough_is_said_with_the_day() -> None:
    made = AT + timedelta(days=355)
    end = made + timedelta(days=10)
    heads = {"440201": [Foretold(made, None)]}
    outcome = backtest(
        rule(kind="forecast", levels={"黄": 0.5}), Past(foretold=heads), no_limits, AT, end
    )
    said = told(outcome)
    assert "这条规则近 10 天一次也不会触发(1 个地点、1 次预测)" in said
    assert said.endswith("预测从 2027-11-16 起才有保存,更早的说不出")


def test_places_the_longest_one_and_what_was_over_at_once_are_told() -> None:
    observed = {
        "440201": {"water.nh3n": hours([1.2, 0.5, 2.5, 2.5, 2.5, 0.5])},
        "440202": {"water.nh3n": hours([0.5, 1.2, 0.5], region="440202")},
    }
    outcome = backtest(rule(), Past(observed), no_limits, AT, AT + timedelta(days=30))
    said = told(outcome, lambda code: {"440201": "甲县", "440202": "乙县"}[code])
    assert "会触发 3 次,其中 红 1、蓝 2" in said
    assert "按地点 甲县 2、乙县 1" in said
    assert "最长 甲县 11 月 26 日起 3 时" in said
    assert "2 次一闪而过(不超过 1 时),像误报" in said


def test_what_hold_kept_from_firing_is_counted() -> None:
    said = told(_run([1.2, 0.5, 1.2, 1.2, 1.2, 0.5], hold="90m"))
    assert "会触发 1 次" in said
    assert "另有 1 次超限不足持续时长,不告警" in said


@pytest.mark.parametrize(("gone", "minutes"), [(np.nan, 110), (1200.0, 10)])
def test_a_crowd_is_over_when_its_cases_are_old_or_found_void(gone: float, minutes: int) -> None:
    begun = AT.timestamp()
    at, none = np.array([begun, begun + 600]), np.array([np.nan, begun + gone])
    place = np.array([113.5, 113.5]), np.array([24.8, 24.8])
    told_of = reports(*place, ["440201001"] * 2, at, at, none)
    crowd = rule("grid.events", kind="density", within="2h", levels={"黄": 1})
    outcome = backtest(crowd, Past(reports=told_of), no_limits, AT, AT + 9 * HOUR)
    spans = [(one.start - AT, one.end and one.end - one.start) for one in outcome.episodes]
    assert set(spans) == {(timedelta(minutes=10), timedelta(minutes=minutes))}
