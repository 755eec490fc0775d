"""派单 of an alert whose category has a 立案条件: filed at once only where somebody says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.alerts.rulebook import RuleNotes
from tests.api.alert_city import AlertCity, alert_city

OPENS, CATEGORY = "当事人提出或网格员发现", "综治/综治/01001"
NUMBERS = iter(range(10_000))


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


@pytest.fixture
def alert(city: AlertCity) -> Iterator[str]:
    name = f"o{next(NUMBERS)}"
    city.fire(name, rule=f"water.{name}")
    yield name
    city.resolve(name)


def sent(city: AlertCity, alert: str, **body: object) -> dict[str, str]:
    answer = city.post("duty", f"alerts/{alert}/dispatch", {"category": CATEGORY, **body})
    assert answer.status_code == 200, answer.text
    made: dict[str, str] = answer.json()["case"]
    return made


def moves(city: AlertCity, case: str) -> list[dict[str, object]]:
    number = city.services.cases.require(case).number
    found = [one for one in city.services.audit.list(limit=20) if one.action == "case.move"]
    return [json.loads(one.detail) for one in found if one.object == number]


def test_with_the_condition_confirmed_the_case_is_filed_and_sent_in_one_click(city, alert):
    case = sent(city, alert, unit="swj", confirmed=True)
    assert (case["state"], case["waits"]) == ("派遣", "")
    filed = next(
        one for one in city.services.cases.events(case["id"]) if one.data.get("to") == "立案"
    )
    assert filed.data["confirmed"] == OPENS
    assert [one.get("to") for one in moves(city, case["id"]) if one.get("confirmed")] == ["立案"]


@pytest.mark.parametrize("body", [{}, {"confirmed": False}])
def test_without_it_the_case_waits_at_intake_and_the_answer_says_so(city, alert, body):
    case = sent(city, alert, unit="swj", **body)
    assert case["state"] == "受理"
    assert OPENS in case["waits"]
    assert "受理" in case["waits"]
    assert not any(one.get("confirmed") for one in moves(city, case["id"]))


def test_where_there_is_no_condition_a_confirmation_says_nothing_in_the_audit(city, alert):
    case = sent(city, alert, unit="swj", confirmed=True, category="城市管理/事项/06026")
    assert (case["state"], case["waits"]) == ("派遣", "")
    assert not any(one.get("confirmed") for one in moves(city, case["id"]))


def test_a_case_without_a_unit_says_that_it_waits_for_one(city, alert):
    case = sent(city, alert, category="城市管理/事项/06026")
    assert (case["state"], "主办单位" in case["waits"]) == ("立案", True)


def test_the_form_shows_the_condition_of_the_rules_category(city, alert, monkeypatch):
    assert city.get("duty", f"/api/v1/alerts/{alert}")["dispatch"]["opens"] == ""
    monkeypatch.setattr(RuleNotes, "category", lambda *_: CATEGORY)
    assert city.get("duty", f"/api/v1/alerts/{alert}")["dispatch"]["opens"] == OPENS


@pytest.mark.parametrize("wrong", ["也许", "yes", 1, None])
def test_a_confirmation_that_is_no_yes_or_no_is_refused(city, alert, wrong):
    answer = city.post("duty", f"alerts/{alert}/dispatch", {"confirmed": wrong})
    assert answer.status_code == 422
    assert city.services.alerts.require(alert).case is None
