"""GET /api/v1/explain on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.services import Services
from tests.api.layer_server import Routes, who
from tests.explain.conftest import CITY, GDP, LEAK, WUJIANG, month
from topics.kit.definitions.contracts import ReleaseEntry

URL = "/api/v1/explain"


def explain(asked: Routes, indicator: str = LEAK, name: str = "", **more: str) -> dict[str, Any]:
    params = {"indicator": indicator, **more}
    answer = asked.get(URL, params=params, headers=who(name) if name else {})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_without_a_period_the_latest_is_explained_with_everything_the_contract_names(
    asked: Routes,
) -> None:
    told = explain(asked)
    named = {"value", "sentence", "source", "formula", "inputs", "run", "freshness", "revisions"}
    assert named | {"owner", "quality", "contributions", "target", "citation"} <= set(told)
    assert told["period"] == "2026-10-01T00:00:00+08:00"
    assert told["value"] == 10.64
    assert told["region"] == {"code": CITY, "name": "韶关市"}
    assert told["source"] == "市水务局供水月报"


def test_the_sentence_says_fact_place_time_target_and_the_cards_comparison(asked: Routes) -> None:
    assert explain(asked)["sentence"] == (
        "韶关市 2026 年 10 月供水管网漏损率为 10.6%,高于目标 1.6 个百分点(≤9.0%),"
        "同比上升 1.7 个百分点。"
    )


def test_a_level_is_held_against_the_target_of_its_published_growth(asked: Routes) -> None:
    told = explain(asked, GDP)
    assert told["sentence"] == (
        "韶关市 2026 年前三季度地区生产总值为 1,268.4 亿元,"
        "地区生产总值增速低于目标 0.4 个百分点(≥5.0%),同比增长 4.6%。"
    )
    assert told["contributions"]["why"] == "这是公布的增速,不由各地数值推算"
    assert told["written"]["exact"] == "1,268.43 亿元"


def test_every_revision_stands_there_with_old_and_new(asked: Routes) -> None:
    newest, first = explain(asked, name="viewer")["revisions"]
    assert (newest["old"], newest["new"], newest["first"]) == ("10.1%", "10.6%", False)
    assert (first["old"], first["new"], first["first"]) == ("", "10.1%", True)
    assert newest["who"] == "市水务局供水月报"


def test_who_sent_a_value_is_told_to_the_signed_in_only(asked: Routes) -> None:
    assert {one["who"] for one in explain(asked)["revisions"]} == {"登录后可见"}


def test_as_of_an_earlier_moment_the_value_of_then_is_explained(asked: Routes) -> None:
    told = explain(asked, as_of="2026-11-11T12:00:00")
    assert told["value"] == 10.1
    assert [one["new"] for one in told["revisions"]] == ["10.1%"]
    assert "截至 2026-11-11 12:00:00" in told["citation"]
    assert explain(asked, as_of="2026-11-01")["period"] == "2026-09-01T00:00:00+08:00"


def test_an_earlier_period_is_held_against_the_target_of_its_own_year(asked: Routes) -> None:
    told = explain(asked, period="2025-12")
    assert told["target"] is None
    assert told["latest"] is False
    assert told["history"]["points"][-1]["period"] == "2025-12-01T00:00:00+08:00"


def test_a_missing_value_says_why_and_names_the_last_good_one(asked: Routes) -> None:
    told = explain(asked, region=WUJIANG)
    assert told["value"] is None
    assert told["written"]["text"] == "—"
    assert told["absence"]["why"] == "来源报告缺测"
    assert told["absence"]["last"]["text"] == "9.5%(2026 年 8 月)"
    assert told["sentence"] == (
        "武江区 2026 年 9 月供水管网漏损率没有数据:来源报告缺测,"
        "最近一次有效值为 9.5%(2026 年 8 月)。"
    )


def test_a_period_nobody_reported_is_absent_and_not_zero(asked: Routes) -> None:
    told = explain(asked, region="440205", period="2026-10")
    assert (told["value"], told["status"]) == (None, None)
    assert told["absence"]["why"] == "这一期没有收到数据"


def test_a_region_below_the_indicators_levels_is_told_so(asked: Routes) -> None:
    told = explain(asked, "water.level_shaoguan", region=WUJIANG)
    assert told["absence"]["why"] == "本指标只有全市数据"


def test_the_citation_leads_back_to_the_same_number(asked: Routes) -> None:
    told = explain(asked)
    for part in ("韶关市供水管网漏损率", "2026 年 10 月", "10.64%", "市水务局", "口径第 1 版"):
        assert part in told["citation"]
    assert told["links"]["explain"] in told["citation"]


def test_wrong_questions_are_answered_with_the_fix(asked: Routes) -> None:
    for more, status, words in (
        ({"region": "999999"}, 404, "区划代码"),
        ({"period": "十月"}, 422, "2026-10"),
        ({"as_of": "昨天"}, 422, "写成"),
    ):
        answer = asked.get(URL, params={"indicator": LEAK, **more})
        assert answer.status_code == status, answer.text
        assert words in answer.json()["detail"]


def test_an_unknown_indicator_looks_like_a_hidden_one(asked: Routes) -> None:
    for unknown in ("water.nothing", "nothing", "\0"):
        assert asked.get(URL, params={"indicator": unknown}).status_code == 401
        answer = asked.get(URL, params={"indicator": unknown}, headers=who("viewer"))
        assert answer.status_code == 403
        answer = asked.get(URL, params={"indicator": unknown}, headers=who("admin"))
        assert answer.status_code == 404


def test_a_value_that_waits_for_its_release_is_explained_to_nobody_but_those_named(
    asked: Routes, services: Services
) -> None:
    october = month(2026, 10)
    far = datetime(2099, 1, 1, tzinfo=UTC)
    entry = ReleaseEntry(LEAK, october, far, "等待发布", "test", datetime(2026, 11, 1, tzinfo=UTC))
    services.releases.swap([entry])
    try:
        told = explain(asked)
        assert told["period"] == "2026-09-01T00:00:00+08:00"
        assert "2026-10" not in str(told["history"])
        params = {"indicator": LEAK, "period": "2026-10"}
        assert asked.get(URL, params=params).status_code == 401
        assert asked.get(URL, params=params, headers=who("viewer")).status_code == 403
        assert explain(asked, name="reviewer")["value"] == 10.64
    finally:
        services.releases.swap([])
