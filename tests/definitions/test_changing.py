"""A definition is changed by one person and let through by another; everybody sees what became."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api import changes, definition_files, indicator_definitions, releases
from app.definitions.files import export
from app.services import Services
from tests.api.layer_server import PEOPLE, Routes, serve, who
from tests.definitions.conftest import GROWTH, TOTAL, month
from topics.kit.periods import spelt

TITLE, URL = "总产值", f"/api/v1/definitions/{TOTAL}"
DAY = "2026-10-01"


@pytest.fixture(scope="module")
def asked(services: Services) -> Routes:
    config = services.config
    reviewed = replace(
        config,
        demo=replace(config.demo, enabled=False),
        review=replace(config.review, required=True),
    )
    here = replace(services, config=reviewed)
    modules = (indicator_definitions, definition_files, releases, changes)
    return serve(*(one.router(here) for one in modules))


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    """A second reviewer, who holds the right everywhere."""
    PEOPLE["second"] = replace(PEOPLE["admin"], id="u9", name="己")
    yield
    del PEOPLE["second"]


def ask(asked: Routes, name: str, path: str = URL, status: int = 200, **body: Any) -> Any:
    method = "POST" if body else "GET"
    answer = asked.ask(method, path, headers=who(name), **({"json": body} if body else {}))
    assert answer.status_code == status, answer.text
    return answer.json()


def drafted(asked: Routes, fields: dict[str, Any], name: str = "clerk", **more: Any) -> Any:
    body = {"fields": fields, "reason": "年度统计制度", "submit": True} | more
    return ask(asked, name, f"{URL}/changes", **body)


def step(asked: Routes, change: Any, to: str, name: str, status: int = 200, note: str = "") -> Any:
    path = f"/api/v1/definition-changes/{change['id']}/transitions"
    return ask(asked, name, path, status, to=to, note=note)


def test_a_change_waits_for_another_person_and_then_is_in_force(
    asked: Routes, services: Services
) -> None:
    change = drafted(asked, {"thresholds": {"warn": 60, "bad": 50}}, "admin")
    assert (change["state"], services.catalogue.indicator(TOTAL).thresholds) == ("submitted", None)
    refused = step(asked, change, "publish", "admin", 409)
    assert "另一位审核员" in refused["detail"]
    done = step(asked, change, "publish", "second")
    assert (done["state"], done["version"]) == ("published", 2)
    limits = services.catalogue.indicator(TOTAL).thresholds
    assert limits is not None
    assert (limits.warn, limits.bad) == (60, 50)
    again = drafted(asked, {"thresholds": {"warn": 55, "bad": 50}}, "clerk")
    assert again["sentence"] == "阈值 黄灯 60 → 55"
    step(asked, again, "return", "second", 422)
    assert step(asked, again, "return", "second", note="依据不足")["note"] == "依据不足"
    assert step(asked, again, "withdraw", "clerk")["state"] == "withdrawn"


def test_a_clerk_neither_publishes_nor_a_viewer_drafts(asked: Routes) -> None:
    change = drafted(asked, {"legal": "统计法"})
    step(asked, change, "publish", "clerk", 409)
    ask(asked, "viewer", f"{URL}/changes", 403, fields={"legal": "x"}, reason="试试")
    step(asked, change, "withdraw", "viewer", 403)
    step(asked, change, "withdraw", "clerk")


def test_an_urgent_change_needs_a_reason_and_is_marked(asked: Routes, services: Services) -> None:
    change = drafted(asked, {"owner_person": "李工"}, "admin")
    step(asked, change, "urgent", "admin", 422)
    done = step(asked, change, "urgent", "admin", note="系统即将上线")
    assert (done["urgent"], done["state"]) == (True, "published")
    newest = services.audit.list(limit=1, action="indicator.urgent")[0]
    assert newest.object == TOTAL
    assert "系统即将上线" in newest.detail


def test_a_changed_meaning_needs_a_day_and_breaks_comparison(
    asked: Routes, services: Services
) -> None:
    body = {"fields": {"definition": "含规模以下"}, "reason": "五经普"}
    refused = ask(asked, "clerk", f"{URL}/changes", 422, **body)
    assert [one["item"] for one in refused["errors"]] == ["valid_from"]
    change = drafted(asked, {"definition": "含规模以下"}, valid_from=DAY)
    assert change["breaks"]
    step(asked, change, "publish", "second")
    book = services.definitions
    assert book.broken_between(TOTAL, month(9), month(10)) is not None
    assert book.broken_between(TOTAL, month(8), month(9)) is None
    listed = ask(asked, "viewer", "/api/v1/definitions?q=zcz")
    assert [one["breaks"] for one in listed["items"] if one["id"] == TOTAL] == [[DAY]]


def test_two_people_changing_one_field_do_not_overwrite_each_other(asked: Routes) -> None:
    first = drafted(asked, {"source": "直报"}, "admin")
    second = drafted(asked, {"source": "年报", "legal": "制度"}, "clerk")
    step(asked, first, "publish", "second")
    refused = step(asked, second, "publish", "second", 409)
    assert "重新提交" in refused["detail"]
    step(asked, second, "withdraw", "clerk")


@pytest.mark.parametrize(
    ("fields", "item"),
    [
        ({"owner": "nobody"}, "owner"),
        ({"precision": 12}, "precision"),
        ({"title": None}, "title"),
        ({"comparison": {"label": "同比", "published": "stat.no"}}, "comparison"),
        ({"classification": "敏感"}, "classification"),
        ({"release": {"day": 40}}, "release"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    asked: Routes, services: Services, fields: dict[str, Any], item: str
) -> None:
    before = len(services.definition_changes.list())
    body = {"fields": fields, "reason": "试一试"}
    refused = ask(asked, "clerk", f"{URL}/changes", 422, **body)
    assert [one["item"] for one in refused["errors"]] == [item]
    assert len(services.definition_changes.list()) == before


def test_what_is_not_there_and_what_is_hidden_answer_alike(asked: Routes) -> None:
    for name in ("stat.none", "x"):
        assert asked.get(f"/api/v1/definitions/{name}").status_code == 401
    assert asked.get("/api/v1/definitions/stat.none", headers=who("admin")).status_code == 404
    found = asked.get("/api/v1/definitions")
    assert {one["id"] for one in found.json()["items"]} >= {TOTAL, GROWTH}


@pytest.mark.parametrize("typed", ["总产值", "zcz", "zongchan", "stat.total", "统计局 总产值"])
def test_an_indicator_is_found_by_what_people_type(asked: Routes, typed: str) -> None:
    answer = asked.get("/api/v1/definitions", params={"q": typed, "topic": "stat"})
    assert answer.json()["items"][0]["id"] == TOTAL


def test_the_detail_says_versions_relations_and_readers(asked: Routes) -> None:
    told = ask(asked, "viewer")
    assert told["versions"][-1]["sentence"] == "首次建立"
    assert {one["from"] for one in told["graph"]["edges"]} == {GROWTH}
    early = [one["role"] for one in told["readers"] if one["early"]]
    assert early == ["clerk", "reviewer"]


def test_as_of_an_earlier_moment_the_earlier_definition_is_told(asked: Routes) -> None:
    told = asked.get(URL, params={"as_of": "2026-01-01"}, headers=who("viewer")).json()
    assert (told["definition"], len(told["versions"])) == ("规模以上企业总产值", 1)


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "toml"])
def test_a_file_just_exported_changes_nothing(asked: Routes, form: str) -> None:
    path = f"/api/v1/definition-files?format={form}"
    body = asked.get(path, headers=who("viewer")).content
    told = asked.ask("POST", path, content=body, headers=who("admin")).json()
    assert (told["items"], told["problems"]) == ([], [])
    assert told["same"] > 20


def test_a_file_is_compared_before_it_becomes_changes(asked: Routes, services: Services) -> None:
    spec = services.catalogue.indicator(TOTAL)
    body = export(services, [spec], "toml").decode().replace('scale = "plain"', 'scale = "wan"')
    path = "/api/v1/definition-files?format=toml"
    before = len(services.definition_changes.list())
    told = asked.ask("POST", path, content=body, headers=who("clerk")).json()
    assert [one["sentence"] for one in told["items"]] == ["万/亿写法 不换算 → 万"]
    assert len(services.definition_changes.list()) == before
    path += "&submit=true&reason=统一写法"
    made = asked.ask("POST", path, content=body, headers=who("clerk")).json()["changes"]
    assert services.definition_changes.require(made[0]).state == "submitted"


def test_a_file_with_a_wrong_cell_is_not_handed_in(asked: Routes) -> None:
    path = "/api/v1/definition-files?format=toml&submit=true&reason=批量"
    body = '[[indicators]]\nid = "stat.none"\n[[indicators]]\nid = "stat.total"\nprecision = 99\n'
    answer = asked.ask("POST", path, content=body, headers=who("clerk"))
    assert answer.status_code == 422
    told = asked.ask("POST", path.replace("true", "false"), content=body, headers=who("clerk"))
    rows = [(one["row"], one["column"]) for one in told.json()["problems"]]
    assert rows == [(1, "编号"), (2, "小数位数")]


# -- release calendar and changes -----------------------------------------------------------------


def test_the_calendar_says_what_comes_when_and_never_a_value(asked: Routes) -> None:
    told = ask(asked, "viewer", "/api/v1/releases?month=2026-09")
    mine = {one["indicator"]: one for one in told["items"] if one["topic"] == "stat"}
    assert mine[TOTAL]["period_text"].endswith("8 月")
    assert mine[TOTAL]["release_at"] == "2026-09-18T10:00:00+08:00"
    assert "12345" not in str(told)
    assert all("value" not in one for one in told["items"])


def test_a_date_is_moved_with_a_reason_by_a_reviewer_only(
    asked: Routes, services: Services
) -> None:
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    body = {"indicator": GROWTH, "period": spelt(month(9)), "release_at": later, "reason": "假期"}
    ask(asked, "clerk", "/api/v1/releases", 403, **body)
    ask(asked, "admin", "/api/v1/releases", 422, **(body | {"reason": " "}))
    ask(asked, "admin", "/api/v1/releases", **body)
    moved = services.releases.at(services.catalogue.indicator(GROWTH), month(9))
    assert moved == datetime.fromisoformat(later)
    released = body | {"period": spelt(month(7))}
    refused = ask(asked, "admin", "/api/v1/releases", 409, **released)
    assert "已经发布" in refused["detail"]


def test_one_search_says_who_changed_what_from_what_to_what_and_why(asked: Routes) -> None:
    told = ask(asked, "admin", "/api/v1/changes?object=总产值")
    found = {(one["title"], one["what"], one["why"]) for one in told["items"]}
    assert (TITLE, "阈值 无 → 黄灯 60 红灯 50", "年度统计制度") in found
    assert any("口径调整,前后不可比" in what for _, what, _ in found)
    assert told["items"] == sorted(told["items"], key=lambda one: one["at"], reverse=True)
    assert told["audit"]


def test_the_search_goes_on_where_it_stopped_and_finds_by_person_and_time(asked: Routes) -> None:
    first = ask(asked, "admin", f"/api/v1/changes?object={TOTAL}&limit=2")
    more = asked.get(
        "/api/v1/changes",
        params={"object": TOTAL, "limit": 2, "next": first["next"]},
        headers=who("admin"),
    ).json()
    shown = [one["at"] for one in first["items"] + more["items"]]
    assert len(set(shown)) == 4
    assert ask(asked, "admin", "/api/v1/changes?person=谁也不是")["items"] == []
    assert ask(asked, "admin", "/api/v1/changes?to=2020-01-01")["items"] == []


def test_without_the_right_to_audit_no_audit_and_without_login_no_name_is_told(
    asked: Routes,
) -> None:
    viewer = ask(asked, "viewer", f"/api/v1/changes?object={TOTAL}")
    assert not viewer["audit"]
    assert {one["kind"] for one in viewer["items"]} <= {"定义", "发布"}
    anybody = asked.get("/api/v1/changes", params={"object": TOTAL}).json()
    assert {one["who"] for one in anybody["items"]} <= {"专题清单", "—"}
