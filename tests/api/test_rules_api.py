"""Alert rules over HTTP: listed, tried on the past, changed under review; 平战 in one action."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import modes, rules
from app.config import Config, DemoConfig
from app.demo.alerts import seed_alerts
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.contracts import Grant, Role, Subject
from tests.api.layer_server import Gate
from topics.kit.contracts import Observation, Period, PeriodKind

PEOPLE = {
    "clerk": Subject("clerk", "王芳", frozenset({Grant(Role.CLERK, "water")})),
    "reviewer": Subject("reviewer", "赵审", frozenset({Grant(Role.REVIEWER, "water")})),
    "both": Subject("both", "钱审", frozenset({Grant(Role.REVIEWER, "water")})),
    "duty": Subject("duty", "值班甲", frozenset({Grant(Role.DUTY)})),
    "chief": Subject("chief", "李局", frozenset({Grant(Role.DUTY)})),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER, "economy")})),
    "nobody": Subject("anonymous", "未登录", anonymous=True),
}
RULE = "water.nh3n_high"
HIGHER = {"levels": {"蓝": 2.0, "黄": 2.5, "红": 3.0}, "clear": {}}


class RuleCity:
    """Asks the routes as somebody; no demo, so that changes are reviewed."""

    def __init__(self, home: Any, database: str, valkey: str) -> None:
        config = replace(Config(), home_path=home, demo=DemoConfig(enabled=False))
        self.services = compose(config, EngineUrls(valkey=valkey, postgres=database))
        server = FastAPI()
        install_problems(server)
        for one in (rules, modes):
            server.include_router(one.router(self.services))
        server.add_middleware(Gate, people=PEOPLE)
        self._transport = httpx.ASGITransport(server)

    def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                path_ = f"/api/v1/{path}"
                return await client.request(method, path_, headers={"x-who": who}, json=body)

        return asyncio.run(asked())

    def get(self, who: str, path: str) -> Any:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def change(self, fields: dict[str, Any], *, rule: str = RULE) -> Any:
        body = {"fields": fields, "reason": "汛期后复核", "submit": True}
        answer = self.ask("clerk", "POST", f"rules/{rule}/changes", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, who: str, change: Any, step: str, note: str = "") -> httpx.Response:
        path = f"rules/{change['rule']}/changes/{change['id']}/{step}"
        return self.ask(who, "POST", path, {"note": note})


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> RuleCity:
    found = RuleCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    values = [0.5, 1.2, 2.6, 0.4, 0.4]  # every four hours, the last one four hours ago
    rows = [
        Observation(
            "water.nh3n",
            "SGDM13",
            Period(hour - timedelta(hours=4 * (len(values) - n)), PeriodKind.INSTANT),
            value,
            unit="mg/L",
        )
        for n, value in enumerate(values)
    ]
    found.services.observations.append(rows)
    return found


def test_rules_are_listed_with_limits_state_and_topic(city: RuleCity) -> None:
    found = city.get("clerk", "rules?topic=water")
    one = next(one for one in found["items"] if one["id"] == RULE)
    assert one["levels"] == {"红": ">2 mg/L", "黄": ">1.5 mg/L", "蓝": ">1 mg/L"}
    assert (one["state"], one["series"], one["topic_title"]) == ("正常", 15, "水务")
    assert {item["topic"] for item in found["items"]} == {"water"}


def test_rules_are_for_those_who_signed_in_and_changed_by_their_topic_only(city: RuleCity) -> None:
    assert city.get("nobody", "rules")["items"] == []  # the real door asks to sign in
    assert city.ask("nobody", "GET", f"rules/{RULE}").status_code == 401
    body = {"fields": {"hold": "1h"}}
    assert city.ask("viewer", "POST", f"rules/{RULE}/changes", body).status_code == 403
    assert city.ask("clerk", "POST", "rules/economy.load_high/changes", body).status_code == 403


def test_a_rule_is_tried_on_the_past_in_one_sentence(city: RuleCity) -> None:
    found = city.get("clerk", f"rules/{RULE}/backtest")
    assert found["sentence"].startswith("这条规则去年会触发 1 次,其中 红 1;中位持续 8 时")
    assert [one["name"] for one in found["episodes"]] == ["马坝河口"]


def test_a_draft_is_tried_without_being_kept(city: RuleCity) -> None:
    body = {"rule": RULE, "fields": {"levels": {"红": 9.0}, "clear": {}}}
    found = city.ask("clerk", "POST", "rules/backtest", body).json()
    assert "一次也不会触发" in found["sentence"]
    assert city.get("clerk", f"rules/{RULE}")["changes"] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("backtest?from=2099-01-01", "早于"),
        ("backtest?from=2020-01-01&to=2026-01-01", "最多一年"),
        ("backtest?from=昨天", "昨天"),
    ],
)
def test_an_impossible_stretch_of_time_is_refused(city: RuleCity, path: str, said: str) -> None:
    answer = city.ask("clerk", "GET", f"rules/{RULE}/{path}")
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"levels": {"蓝": 1.0, "黄": 3.0, "红": 2.0}, "clear": {}}, "互相矛盾"),
        ({"levels": {"蓝": 2.0, "黄": 1.0}, "clear": {}, "wartime": None}, "反着排"),
        ({"levels": {"黄": "NaN"}}, "级别界限"),
        ({"levels": {"紫": 1}}, "紫"),
        ({"keep": "-5m"}, "不是时长"),
        ({"season": "02-30..13-01"}, "不是日期段"),
        ({"hours": "25:00-26:00"}, "不是时段"),
        ({"when": "water.do"}, "不能在这里改"),
        ({"clear": {"蓝": 5}}, "永远不会恢复"),
        ({"inhibits": ["water.nothing"]}, "没有规则 'water.nothing'"),
        ({"inhibits": [RULE]}, "不能压住自己"),
        ({"days": "sundays"}, "工作日或休息日"),
        ({"group": "组" * 41}, "组名最多 40 字"),
        ({}, "没有要改的"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_fix(
    city: RuleCity, fields: dict[str, Any], said: str
) -> None:
    answer = city.ask("clerk", "POST", f"rules/{RULE}/changes", {"fields": fields})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_change_is_in_force_only_after_another_person_published_it(city: RuleCity) -> None:
    change = city.change({"hold": "10m"}, rule="water.do_low")
    assert change["what"] == "持续多久 0 → 10m"
    assert city.services.rules.require("water.do_low").version == 0
    assert city.step("clerk", change, "publish").status_code == 409
    done = city.step("reviewer", change, "publish")
    assert (done.status_code, done.json()["state_text"]) == (200, "已发布")
    rule = city.services.rules.require("water.do_low")
    assert (rule.version, rule.spec.hold) == (1, timedelta(minutes=10))
    told = city.get("clerk", "rules/water.do_low")
    assert told["versions"][0]["reason"] == "汛期后复核"
    before = (datetime.now(UTC) - timedelta(minutes=5)).isoformat().replace("+", "%2B")
    assert city.get("clerk", f"rules/water.do_low?as_of={before}")["version"] == 0


def test_rules_that_would_inhibit_each_other_are_refused(city: RuleCity) -> None:
    change = city.change({"inhibits": ["water.codmn_class"]}, rule="water.tp_class")
    assert city.step("reviewer", change, "publish").status_code == 200
    answer = city.ask(
        "clerk",
        "POST",
        "rules/water.codmn_class/changes",
        {"fields": {"inhibits": ["water.tp_class"]}},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["item"] == "inhibits"
    assert "互相压住" in answer.json()["detail"]


def test_a_rule_of_workdays_is_tried_and_published_and_says_what_the_calendar_lacks(
    city: RuleCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "water.leakage_high"
    body = {"rule": rule, "fields": {"days": "workdays"}, "from": "2019-12-01", "to": "2020-02-01"}
    tried = city.ask("clerk", "POST", "rules/backtest", body)
    assert tried.status_code == 200
    assert "工作日历没有 2020 年" in tried.json()["note"]
    change = city.change({"days": "workdays", "group": "供水"}, rule=rule)
    assert "工作日或休息日 每天 → 工作日" in change["what"]
    assert city.step("reviewer", change, "publish").status_code == 200
    told = city.get("clerk", f"rules/{rule}")
    assert "只在工作日" in told["terms"]
    assert (told["fields"]["days"], told["fields"]["group"], told["problem"]) == (
        "workdays",
        "供水",
        "",
    )
    monkeypatch.setattr("topics.kit.alerting.rules.unknown_day", lambda *_: "工作日历没有 2027 年")
    assert city.get("clerk", f"rules/{rule}")["problem"] == "工作日历没有 2027 年"


def test_a_rule_is_tried_by_peacetime_by_wartime_or_as_the_city_was_switched(
    city: RuleCity,
) -> None:
    rule, now = RULE, datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    periods = [Period(now - timedelta(hours=4 * n), PeriodKind.INSTANT) for n in range(1, 13)]
    for one in reversed(periods):
        value = Observation("water.nh3n", "SGDM04", one, 0.9, unit="mg/L")  # 蓝 in 战时 alone
        city.services.observations.append([value], live=False)
    fields = {"levels": {"蓝": 1.0, "红": 2.0}, "clear": {}}
    fields |= {"wartime": {"levels": {"蓝": 0.8, "红": 1.5}}, "regions": ["SGDM04"]}

    def tried(mode: str) -> Any:
        body = {"rule": rule, "fields": fields, "mode": mode}
        answer = city.ask("clerk", "POST", "rules/backtest", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert (tried("peacetime")["count"], tried("wartime")["count"]) == (0, 1)
    assert "全程按战时推演" in tried("wartime")["note"]
    assert tried("then")["count"] == 0
    assert "期间一直是平时" in tried("then")["note"]
    begin = now - timedelta(hours=30)
    modes = city.services.modes
    modes.change(by="chief", reason="防汛", now=begin, wartime=True)
    modes.change(by="chief", reason="解除", now=begin + timedelta(hours=9), wartime=False)
    then = tried("then")
    assert (then["count"], "期间切换 2 次" in then["note"]) == (1, True)
    (one,) = then["episodes"]
    assert datetime.fromisoformat(one["to"]) == begin + timedelta(hours=9)
    assert (one["level"], city.get("clerk", f"rules/{rule}/backtest?mode=then")["rule"]) == (
        "蓝",
        rule,
    )
    wrong = city.ask("clerk", "GET", f"rules/{rule}/backtest?mode=peace")
    assert wrong.status_code == 422


def test_its_author_may_not_publish_a_change_even_as_a_reviewer(city: RuleCity) -> None:
    body = {"fields": {"keep": "1h"}, "submit": True}
    change = city.ask("both", "POST", "rules/water.tp_class/changes", body).json()
    refused = city.step("both", change, "publish")
    assert refused.status_code == 409
    assert "另一位审核员" in refused.json()["detail"]
    assert city.step("both", change, "urgent").status_code == 422
    assert city.step("both", change, "urgent", "水厂告急").json()["state"] == "published"


def test_a_change_that_was_overtaken_is_not_published(city: RuleCity) -> None:
    first = city.change({"hold": "20m"}, rule="water.codmn_class")
    second = city.change({"hold": "30m"}, rule="water.codmn_class")
    assert city.step("reviewer", first, "publish").status_code == 200
    refused = city.step("reviewer", second, "publish")
    assert (refused.status_code, refused.json()["type"]) == (409, "tonglan:definition-overtaken")
    assert city.step("reviewer", second, "return", "界限要重核").json()["state"] == "returned"


def test_changes_are_audited(city: RuleCity) -> None:
    city.change({"keep": "2h"}, rule="water.plant_off_standard")
    last = city.services.audit.list(limit=1)[0]
    assert (last.action, last.object) == ("rule.draft", "water.plant_off_standard")


def test_what_nobody_declared_is_unknown(city: RuleCity) -> None:
    assert city.ask("clerk", "GET", "rules/water.nothing").status_code == 404
    change = city.change({"keep": "3h"})
    path = f"rules/water.do_low/changes/{change['id']}/submit"
    assert city.ask("clerk", "POST", path, {}).status_code == 404


def test_wartime_is_switched_in_one_audited_action(city: RuleCity) -> None:
    body = {"wartime": True, "reason": "启动防汛Ⅲ级应急响应"}
    assert city.ask("clerk", "POST", "modes", body).status_code == 403
    assert city.ask("duty", "POST", "modes", body).json()["wartime"] is True
    found = city.get("clerk", "modes")
    assert (found["wartime"], found["history"][0]["reason"]) == (True, "启动防汛Ⅲ级应急响应")
    drill = city.ask("duty", "POST", "modes", {"drill": "防汛演练", "reason": "年度演练"}).json()
    assert (drill["wartime"], drill["drill"]) == (True, "防汛演练")
    shown = city.get("duty", "modes")  # a drill is no switch of 平战
    assert shown["switched"]["reason"] == "启动防汛Ⅲ级应急响应"
    assert [city.get(who, "modes")["may_switch"] for who in ("duty", "clerk")] == [True, False]
    over = city.ask("duty", "POST", "modes", {"drill": "", "wartime": False, "reason": "结束"})
    assert (over.json()["wartime"], over.json()["drill"]) == (False, None)
    assert city.ask("duty", "POST", "modes", {"reason": "无事"}).status_code == 422


def test_the_alerts_of_the_past_month_are_seeded_once(city: RuleCity) -> None:
    assert seed_alerts(city.services, datetime.now(UTC)) == 2
    assert seed_alerts(city.services, datetime.now(UTC)) == 0
    fired = [one for one in city.services.alerts.since(0) if one.step.value == "fired"]
    assert {one.data["title"] for one in fired} == {
        "马坝河口断面氨氮 1.20 mg/L,Ⅳ类",
        "马坝河口断面氨氮 1.20 mg/L,较上次 +140.0 %",
    }


def test_every_rule_of_every_kind_has_a_trial_or_says_what_is_lacking(city: RuleCity) -> None:
    rules = city.services.rules.all().values()
    assert {one.spec.kind for one in rules} >= {"forecast", "anomaly", "late", "density"}
    for one in rules:
        found = city.services.rules.require(one.id)
        told = city.ask("chief", "GET", f"rules/{found.id}/backtest")
        assert told.status_code == 200, told.text
        assert told.json()["sentence"].startswith("这条规则")


NEW = {
    "title": "水温偏高",
    "when": "water.nh3n",
    "kind": "threshold",
    "levels": {"黄": 1.8},
    "hold": "1h",
}


def begin(city: RuleCity, who: str = "clerk", **more: Any) -> httpx.Response:
    body = {"topic": "water", "fields": NEW | more, "reason": "新设站点", "submit": True}
    return city.ask(who, "POST", "rules", body)


def test_a_new_rule_is_tried_reviewed_by_another_and_then_evaluated(city: RuleCity) -> None:
    form = city.get("clerk", "rules/form")
    assert [one["id"] for one in form["topics"]] == ["water"]
    assert city.get("viewer", "rules/form")["topics"] == []
    tried = {"topic": "water", "fields": NEW}
    assert "去年会触发" in city.ask("clerk", "POST", "rules/backtest", tried).json()["sentence"]
    change = begin(city).json()
    rule = change["rule"]
    assert city.ask("clerk", "GET", f"rules/{rule}").status_code == 404  # not yet
    [waiting] = [one for one in city.get("reviewer", "rules")["new"] if one["rule"] == rule]
    assert {one["title"]: one["after"] for one in waiting["differences"]} == {
        "看什么": "water.nh3n",
        "级别界限": "黄 1.8",
        "持续多久": "1h",
        "名称": "水温偏高",
    }
    assert city.step("clerk", change, "publish").status_code == 409
    assert city.step("reviewer", change, "publish").json()["state"] == "published"
    assert rule in {one.id for one in city.services.rules.current()}
    assert city.get("clerk", f"rules/{rule}")["declared"] is False
    assert city.get("reviewer", "rules")["new"] == []


@pytest.mark.parametrize(
    ("fields", "item", "said"),
    [
        ({"when": "economy.gdp"}, "when", "不是这个专题的指标"),
        ({"when": "water.nothing"}, "when", "没有声明"),
        ({"kind": "magic"}, "kind", ""),
        ({"levels": {}}, "levels", "不能为空"),
        ({"levels": {"黄": "高"}}, "levels", "应是数"),
        ({"hours": "8-9"}, "hours", "不是时段"),
        ({"local": {"999999": {"黄": 1}}}, "local", "没有区划或点位"),
        ({"dispatch": "城市管理"}, "dispatch", "方案/类别/编码"),
        (
            {"tests": [{"name": "a", "every": "1h", "values": "9", "expect": []}]},
            "tests",
            "不能为空",
        ),
        (
            {
                "tests": [
                    {
                        "name": "一到就报",
                        "every": "1h",
                        "values": "9",
                        "expect": [{"at": "0s", "level": "黄"}],
                    }
                ]
            },
            "tests",
            "期望黄色,实际在等持续",
        ),
    ],
)
def test_what_is_wrong_with_a_new_rule_is_said_beside_its_field(
    city: RuleCity, fields: dict[str, Any], item: str, said: str
) -> None:
    answer = begin(city, **fields)
    assert answer.status_code == 422, answer.text
    errors = {one["item"]: one["problem"] for one in answer.json()["errors"]}
    assert said in errors[item]


def test_a_new_rule_is_for_those_who_write_in_its_topic(city: RuleCity) -> None:
    assert begin(city, "viewer").status_code == 403
    body = {"topic": "economy", "fields": NEW}
    assert city.ask("clerk", "POST", "rules", body).status_code == 403
    assert city.ask("clerk", "POST", "rules", body | {"topic": "nowhere"}).status_code in (403, 422)


def test_only_a_rule_made_on_the_page_can_be_deleted_and_only_with_a_reason(
    city: RuleCity,
) -> None:
    body = {"fields": {"deleted": True}, "reason": "站点撤了", "submit": True}
    assert city.ask("clerk", "POST", f"rules/{RULE}/changes", body).status_code == 422
    change = begin(city, title="试验").json()
    assert city.step("reviewer", change, "publish").status_code == 200
    path = f"rules/{change['rule']}/changes"
    silent = city.ask("clerk", "POST", path, body | {"reason": ""})
    assert (silent.status_code, silent.json()["errors"][0]["item"]) == (422, "reason")
    gone = city.ask("clerk", "POST", path, body).json()
    assert gone["what"] == "删除这条规则"
    assert city.step("reviewer", gone, "publish").status_code == 200
    assert change["rule"] not in city.services.rules.all()
    before = {one.rule for one in city.services.rule_store.versions()}
    assert change["rule"] in before  # its history stays
