"""The 值班快报 of a past moment says what was so then; weather and 法定预警 stand in it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from app.api import duty_brief, duty_incidents, legal_warnings
from tests.api.directive_city import DirectiveCity
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.machine import Order, Person
from topics.kit.cases.transitions import DESK
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.periods import period_at

BRIEF = "/api/v1/duty/brief.docx"


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    home = tmp_path_factory.mktemp("home")
    return DirectiveCity(
        home, module_database_url, valkey_url, duty_brief, duty_incidents, legal_warnings
    )


def brief(city: DirectiveCity, as_of: datetime | None = None, who: str = "he") -> str:
    asked = {"as_of": as_of.isoformat()} if as_of else {}
    answer = city.ask(who, "GET", BRIEF, params=asked)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        text = archive.read("word/document.xml").decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def now() -> datetime:
    return datetime.now(UTC)


def test_a_directive_that_was_open_then_is_in_the_brief_of_then_only(city: DirectiveCity) -> None:
    before = now()
    issued = city.issue(text="查明下沉广场积水原因").json()
    while_open = now()
    ended = city.move("he", issued["id"], "撤销", "重复签发")
    assert ended.status_code == 200, ended.text
    assert "下沉广场" not in brief(city)
    assert "下沉广场" not in brief(city, before)
    then = brief(city, while_open)
    assert "下沉广场" in then
    assert "未办结督办 1 件" in then


def overdue_case(city: DirectiveCity) -> Any:
    report = Report(
        category=CategoryKey("城市管理", "事项", "06010"), region="440203001", text="河岸暴露垃圾",
        at=now() - timedelta(days=30), source="form", reporter="u",
    )  # fmt: skip
    return city.services.cases.report(report, now=now() - timedelta(days=30)).case


def test_an_overdue_case_of_then_is_told_though_it_ended_since(city: DirectiveCity) -> None:
    case = overdue_case(city)
    late = now()
    city.services.cases.move(case.id, Order("受理"), Person("zhang", DESK), now=now())
    city.services.cases.move(case.id, Order("作废", note="重复"), Person("zhang", DESK), now=now())
    assert "河岸暴露垃圾" in brief(city, late, "zhang")
    assert "河岸暴露垃圾" not in brief(city, None, "zhang")


def rained(city: DirectiveCity, value: float, at: datetime) -> None:
    period = period_at(now() - timedelta(days=1), PeriodKind.DAY)
    one = Observation("water.rain_day", "440200", period, value, unit="mm", source="水文")
    city.services.observations.append([one], now=at, live=False)


def test_numbers_are_those_known_then_and_rain_is_the_weather(city: DirectiveCity) -> None:
    first = now() - timedelta(minutes=30)
    rained(city, 12.5, first)
    rained(city, 31.5, now() - timedelta(minutes=1))
    assert "今日面雨量 31.5 mm" in brief(city)
    assert "今日面雨量 12.5 mm" in brief(city, first + timedelta(minutes=5))


def test_legal_warnings_in_force_stand_in_their_issuers_words(city: DirectiveCity) -> None:
    assert "没有生效中的法定预警" in brief(city)
    before = now()
    body = {
        "issuer": "韶关市气象台", "kind": "暴雨", "level": "橙", "area": ["440205"],
        "valid_from": (before - timedelta(minutes=5)).isoformat(),
        "valid_to": (before + timedelta(hours=6)).isoformat(),
        "text": "预计未来 3 小时内将有大暴雨。", "reference": "韶气预 1 号",
    }  # fmt: skip
    told = city.ask("zhang", "POST", "/api/v1/legal-warnings", json=body)
    assert told.status_code in (200, 201), told.text
    assert re.search("韶关市气象台.*暴雨.*橙色", brief(city))
    assert "韶关市气象台" not in brief(city, before)


def test_what_is_in_the_future_is_refused(city: DirectiveCity) -> None:
    answer = city.ask("he", "GET", BRIEF, params={"as_of": (now() + timedelta(days=1)).isoformat()})
    assert answer.status_code in (400, 422)


def test_a_period_is_named_beside_each_number(city: DirectiveCity) -> None:
    hour = now().replace(minute=0, second=0, microsecond=0)
    at = Period(hour - timedelta(hours=1), PeriodKind.HOUR)
    number = Observation("ecology.aqi_hour", "440200", at, 57.0, source="省站")
    city.services.observations.append([number], live=False)
    assert re.search(r"57 .*省站", brief(city))
