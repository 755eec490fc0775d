"""Rules that hold on workdays or days off, by the work calendar; a year it lacks is said."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from tests.topics.alerting.small_city import CALENDAR, REGIONS, SPECS, alert, rule
from tests.topics.alerting.test_alert_evaluation import MemoryKeeper, World, _leader
from topics.kit.alerting.rule_tests import failing, failures
from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

CITY = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-25T23:59:59", True),  # Wednesday
        ("2026-11-26T00:00:00", False),  # Thursday, 休
        ("2026-11-26T23:59:59", False),
        ("2026-11-27T00:00:00", True),
        ("2026-11-28T12:00:00", True),  # Saturday, 班
        ("2026-11-29T12:00:00", False),  # Sunday
    ],
)
def test_the_calendar_decides_and_not_the_day_of_the_week(moment: str, works: bool) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=CITY)
    assert rule(days="workdays").valid_at(at) is works
    assert rule(days="holidays").valid_at(at) is not works
    assert rule().valid_at(at)
    assert not rule(days="workdays", weekdays=[7]).valid_at(at)


def test_in_a_year_without_a_calendar_the_rule_stays_awake_and_says_so() -> None:
    at = datetime(2027, 5, 2, 12, tzinfo=CITY)
    for days in ("workdays", "holidays"):
        one = rule(days=days)
        assert one.valid_at(at)
        assert "2027" in one.unknown_day(at)
        assert "规则按有效处理" in one.unknown_day(at)
        assert not one.unknown_day(at.replace(year=2026))
        assert "没有工作日历" in replace(one, calendar=None).unknown_day(at)
        assert replace(one, calendar=None).valid_at(at)
    assert rule().unknown_day(at) == ""


def test_the_evaluation_says_once_that_a_year_is_missing_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(rules=[rule(days="holidays", levels={"黄": 1.5})])
    world.say(2.0)
    leader, keeper = _leader(world, alerts := MemoryKeeper()), alerts
    at = datetime(2027, 1, 4, 12, tzinfo=CITY)
    world.rows = [replace(world.rows[0], period=replace(world.rows[0].period, start=at))]
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            leader.tick(at)
    said = [one.getMessage() for one in caplog.records if "2027" in one.getMessage()]
    assert len(said) == 1
    assert "water.rule" in said[0]
    assert [one.step.value for one in keeper.events] == ["fired"]


def test_owners_test_rules_of_workdays_by_the_calendar_of_the_city(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "days.toml").write_text(
        '[[alert_tests]]\nrule = "water.rule"\nname = "放假"\nevery = "12h"\nvalues = "2x4"\n'
        "start = 2026-11-25T12:00:00\n"
        'expect = [{ at = "0s", level = "" }, { at = "12h", level = "黄" }]\n'
    )
    manifest = load_manifest(SHIPPED / "water")
    holidays = alert(days="holidays", levels={"黄": 1.5})
    manifest = manifest.model_copy(update={"alerts": (holidays,)})
    assert failures(tmp_path, manifest, SPECS, REGIONS, CALENDAR) == ([], 1)
    said, _ = failures(tmp_path, manifest, SPECS, REGIONS)
    assert "没有工作日历" in said[0]


def test_a_days_that_is_no_word_is_refused() -> None:
    with pytest.raises(ValidationError, match="days"):
        alert(days="sundays")


def test_a_test_of_a_rule_beyond_the_calendar_says_what_is_missing() -> None:
    test = {
        "name": "节假日",
        "every": "1h",
        "values": "2 2",
        "start": "2027-05-01T00:00:00",
        "expect": [{"at": "1h", "level": "黄"}],
    }
    (said,) = failing(rule(days="holidays", levels={"黄": 1.5}, tests=[test]))
    assert "2027" in said
    assert (
        failing(
            rule(
                days="holidays", levels={"黄": 1.5}, tests=[test | {"start": "2026-11-26T00:00:00"}]
            )
        )
        == []
    )
    off = test | {"start": "2026-11-25T00:00:00", "expect": [{"at": "1h", "level": ""}]}
    assert failing(rule(days="holidays", levels={"黄": 1.5}, tests=[off])) == []
