from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.board.rows import row, target_text
from tests.board.small_city import GDP, GROWTH, NOW, PM25, spec
from topics.kit.contracts import Change, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import Comparison
from topics.kit.runs import RunRecord


def _take(readings, value, status=ValueStatus.OK, start=None):
    period = Period(start or NOW.replace(minute=0) - timedelta(hours=1), PeriodKind.HOUR)
    readings.take([Change(1, "ecology.pm25", "440200", period, value, status, NOW)])


def test_a_normal_row_is_quiet_and_complete(readings, facts):
    made = row(PM25, "440200", readings, facts, NOW)
    assert (made["value"], made["unit"], made["lamp"], made["edge"]) == ("41", "µg/m³", "ok", "")
    assert made["fresh"] == {"state": "fresh", "text": ""}
    assert (made["owner"], made["period"], made["state"]) == ("市生态环境局", "9 时", "ok")
    assert made["delta"]["label"] == "较昨日同时"


def test_a_level_is_judged_and_compared_by_its_published_growth(readings, facts):
    made = row(GDP, "440200", readings, facts, NOW)
    assert (made["value"], made["unit"], made["period"]) == ("1,268.4", "亿元", "前三季度")
    assert made["delta"] == {"label": "同比", "arrow": "▲", "text": "4.6%", "tone": ""}
    assert (made["lamp"], made["target"]) == ("warn", "目标 ≥5.0%")


def test_growth_is_never_derived_where_the_published_one_is_of_another_period(readings, facts):
    period = Period(NOW.replace(day=1), PeriodKind.CUMULATIVE)
    readings.take([Change(1, "economy.gdp", "440200", period, 1500.0, ValueStatus.OK, NOW)])
    made = row(GDP, "440200", readings, facts, NOW)
    assert made["value"] == "1,500.0"
    assert made["delta"] is None


def test_over_the_limit_is_red_with_an_edge(readings, facts):
    _take(readings, 76.0)
    made = row(PM25, "440200", readings, facts, NOW)
    assert (made["lamp"], made["edge"], made["delta"]["tone"]) == ("bad", "bad", "bad")


def test_a_missing_value_is_no_zero(readings, facts):
    _take(readings, None, ValueStatus.MISSING)
    made = row(PM25, "440200", readings, facts, NOW)
    assert (made["value"], made["raw"], made["lamp"], made["message"]) == (
        "—",
        None,
        "none",
        "缺测",
    )


def test_where_nothing_could_be_counted_the_indicators_own_word_is_said(readings, facts):
    _take(readings, None, ValueStatus.NOT_MONITORED)
    assert row(PM25, "440200", readings, facts, NOW)["message"] == "未监测"
    idle = PM25.model_copy(update={"idle": "无应结事件"})
    assert row(idle, "440200", readings, facts, NOW)["message"] == "无应结事件"
    _take(readings, None, ValueStatus.MISSING)
    assert row(idle, "440200", readings, facts, NOW)["message"] == "缺测"


def test_a_suspect_value_says_so(readings, facts):
    _take(readings, 41.0, ValueStatus.SUSPECT)
    assert row(PM25, "440200", readings, facts, NOW)["message"] == "存疑"


def test_a_late_value_stays_greyed_and_says_how_late(readings, facts):
    made = row(PM25, "440200", readings, facts, NOW + timedelta(hours=3))
    assert made["stale"]
    assert made["fresh"] == {"state": "late", "text": "迟 1时24分"}
    assert (made["lamp"], made["edge"]) == ("warn", "warn")


def test_a_dead_value_has_no_lamp(readings, facts):
    made = row(PM25, "440200", readings, facts, NOW + timedelta(days=2))
    assert (made["fresh"]["state"], made["lamp"]) == ("dead", "none")


def test_what_never_came_is_empty(readings, facts):
    made = row(PM25, "440299", readings, facts, NOW)
    assert (made["state"], made["value"], made["spark"]) == ("empty", "—", None)


def test_an_indicator_of_the_city_only_says_so_in_a_county(readings, facts):
    city_only = PM25.model_copy(update={"levels": ("city",)})
    known = replace(facts, levels={"440200": "city", "440299": "county"})
    made = row(city_only, "440299", readings, known, NOW)
    assert (made["state"], made["message"]) == ("empty", "本指标只有全市数据")
    assert row(city_only, "440200", readings, known, NOW)["message"] == ""


def _failed(**over) -> RunRecord:
    base = RunRecord(
        "r1", "ecology.air", "schedule", NOW, NOW, NOW, ok=False, error="连接超时", last_ok=NOW
    )
    return replace(base, **over)


@pytest.mark.parametrize(("hours", "state"), [(0, "ok"), (3, "error")])
def test_a_failing_source_is_an_error_only_once_the_value_is_late(readings, facts, hours, state):
    known = replace(facts, runs={"ecology.air": _failed()})
    made = row(PM25, "440200", readings, known, NOW + timedelta(hours=hours))
    assert made["state"] == state
    assert ("连接超时,上次成功 10:24" in made["message"]) == (state == "error")


@pytest.mark.parametrize(
    ("year", "named"), [(2026, "目标"), (2025, "上年目标"), (2023, "2023 年目标")]
)
def test_a_target_of_an_earlier_year_is_named_so(year, named):
    old = GROWTH.model_copy(
        update={"target": (GROWTH.target[0].model_copy(update={"year": year}),)}
    )
    assert target_text(old, NOW) == f"{named} ≥5.0%"
    assert target_text(spec("a.b"), NOW) == ""


def test_a_class_stands_in_the_place_of_the_unit(readings, facts):
    named = [{"label": "优", "upto": 40}, {"label": "良", "upto": 41}, {"label": "差"}]
    classed = PM25.model_copy(update={"classes": spec("a.b", classes=named).classes})
    assert row(classed, "440200", readings, facts, NOW)["unit"] == "良"


def test_across_a_break_of_the_definition_the_comparison_is_withheld(readings, facts):
    spec = PM25.model_copy(
        update={"comparison": Comparison.model_validate({"label": "环比", "against": "previous"})}
    )
    broken = replace(facts, broken=lambda *_: True)
    found = row(spec, "440200", readings, broken, NOW)["delta"]
    assert (found["text"], found["arrow"]) == ("口径调整,不可比", "")
    assert row(spec, "440200", readings, facts, NOW)["delta"]["text"] != found["text"]
