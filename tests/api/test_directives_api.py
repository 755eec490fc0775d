"""督办 over HTTP: issued, signed, answered, returned, closed; seen by those whom it concerns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.directive_city import ABOUT, DirectiveCity, soon


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    return DirectiveCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def issued(city: DirectiveCity, **changes: str) -> str:
    answer = city.issue(**changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def beside(city: DirectiveCity, about: str) -> list[str]:
    return [one["reply"] for one in city.get("he", f"/api/v1/directives?about={about}")["items"]]


def test_the_reply_stands_beside_the_number_until_it_is_closed(city: DirectiveCity) -> None:
    about = "indicator:ecology.aqi|440203"
    named = issued(city, about=about)
    assert city.move("wang", named, "已签收").status_code == 200
    assert city.move("wang", named, "已反馈", "已洒水降尘").json()["reply"] == "已洒水降尘"
    assert beside(city, about) == ["已洒水降尘"]
    closed = city.move("he", named, "办结").json()
    assert closed["state"] == "办结"
    assert [one["step"] for one in closed["timeline"]] == ["签发", "签收", "反馈", "办结"]
    assert beside(city, about) == []


def test_a_number_is_the_same_in_whatever_period(city: DirectiveCity) -> None:
    issued(city, about="indicator:ecology.aqi|440204")
    assert beside(city, "indicator:ecology.aqi|440204|2026-11-01T00:00:00%2B08:00") == [""]


def test_a_returned_answer_goes_back_to_the_unit_with_the_reason(city: DirectiveCity) -> None:
    named = issued(city)
    city.move("wang", named, "已签收")
    city.move("wang", named, "已反馈", "正在办理")
    back = city.move("gao", named, "退回", "没有写明原因").json()
    assert (back["state"], back["returned"], back["returned_why"]) == ("已签收", 1, "没有写明原因")
    seen = city.get("wang", f"/api/v1/directives/{named}")
    assert [one["to"] for one in seen["allowed"]] == ["已反馈"]


def test_an_illegal_step_answers_409_with_the_allowed_ones(city: DirectiveCity) -> None:
    named = issued(city)
    refused = city.move("wang", named, "已反馈", "太早")
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["已签收"])
    assert city.get("he", f"/api/v1/directives/{named}")["state"] == "待签收"


def test_only_a_leader_issues(city: DirectiveCity) -> None:
    for who in ("wang", "zhang", "viewer"):
        assert city.issue(who).status_code == 403
    assert city.issue("").status_code == 401


def test_another_unit_cannot_answer(city: DirectiveCity) -> None:
    named = issued(city)
    assert city.move("li", named, "已签收").status_code == 409


def test_what_cannot_be_is_refused_field_by_field(city: DirectiveCity) -> None:
    answer = city.issue(unit="nobody", deadline="2020-01-01T00:00")
    assert answer.status_code == 422
    wrong = {one["item"] for one in answer.json()["errors"]}
    assert wrong == {"unit", "deadline"}
    assert city.issue(deadline="下周").json()["type"] == "tonglan:bad-request"
    assert city.issue(about="ecology.aqi").status_code == 422
    assert city.issue(deadline=soon(500)).status_code == 422


def test_an_unknown_number_is_not_found(city: DirectiveCity) -> None:
    assert city.issue("admin", about="indicator:ecology.nothing").status_code == 404


def test_as_of_shows_the_board_of_that_moment(city: DirectiveCity) -> None:
    named = issued(city)
    before = datetime.now(UTC).isoformat().replace("+", "%2B")
    city.move("wang", named, "已签收")
    city.move("he", named, "撤销", "重复签发")
    then = city.get("he", f"/api/v1/directives/{named}?as_of={before}")
    assert (then["state"], len(then["timeline"])) == ("待签收", 1)
    open_then = city.get("he", f"/api/v1/directives?open=1&as_of={before}")["items"]
    assert named in {one["id"] for one in open_then}
    open_now = city.get("he", "/api/v1/directives?open=1")["items"]
    assert named not in {one["id"] for one in open_now}


def test_a_unit_finds_its_own(city: DirectiveCity) -> None:
    issued(city, unit="sthjj")
    mine = city.get("li", "/api/v1/directives?mine=1")["items"]
    assert {one["unit"] for one in mine} == {"sthjj"}
    assert city.get("zhang", "/api/v1/directives?mine=1")["items"] == []


def test_lists_go_on_where_they_stopped(city: DirectiveCity) -> None:
    for _ in range(3):
        issued(city)
    first = city.get("he", "/api/v1/directives?limit=2")
    rest = city.get("he", f"/api/v1/directives?limit=200&cursor={first['next']}")
    names = [one["id"] for one in first["items"] + rest["items"]]
    assert len(names) == len(set(names)) == len(city.get("he", "/api/v1/directives")["items"])


def test_every_step_is_in_the_audit(city: DirectiveCity) -> None:
    named = issued(city)
    city.move("wang", named, "已签收")
    trail = city.services.audit.list(about=named, limit=5)
    assert [(one.actor, one.action) for one in trail] == [("wang", "directive.signed")]


def test_nobody_finds_one_by_guessing(city: DirectiveCity) -> None:
    assert city.get("", "/api/v1/directives")["items"] == []
    assert city.ask("he", "GET", "/api/v1/directives/0000").status_code == 404


def test_the_service_says_what_is_open_about_many_things_at_once(city: DirectiveCity) -> None:
    named = issued(city, about="indicator:ecology.aqi|440222")
    ids = ["ecology.aqi|440222", "ecology.aqi|440224"]
    found = city.services.directives.open_about("indicator", ids)
    assert {key: one.id for key, one in found.items()} == {"ecology.aqi|440222": named}
    assert ABOUT not in found


def test_the_same_key_never_issues_twice(city: DirectiveCity) -> None:
    body = {"about": ABOUT, "unit": "swj", "text": "只签发一次", "deadline": soon()}
    headers = {"Idempotency-Key": "once"}
    first, again = (
        city.ask("he", "POST", "/api/v1/directives", json=body, headers=headers) for _ in range(2)
    )
    assert first.json()["id"] == again.json()["id"]
    other = city.ask(
        "he", "POST", "/api/v1/directives", json=body | {"text": "另一件"}, headers=headers
    )
    assert (other.status_code, other.json()["type"]) == (422, "tonglan:idempotency-key-reused")


def test_the_government_of_a_place_is_a_unit(city: DirectiveCity) -> None:
    assert city.issue(unit="region:440205").json()["unit_name"] == "曲江区(属地)"
    assert city.issue(unit="region:999999").status_code == 422


def test_what_is_told_is_kept_with_the_step(city: DirectiveCity) -> None:
    named = issued(city)
    kept = city.services.notices.newest(about=f"directive:{named}")
    assert [one.message.receiver for one in kept] == ["unit:swj"]


def test_an_overdue_one_is_reminded_of_once(city: DirectiveCity) -> None:
    issued(city, deadline=soon(0.5))
    later = datetime.now(UTC) + timedelta(days=1)
    assert city.services.directives.remind(later) > 0
    assert city.services.directives.remind(later) == 0


def test_a_thing_that_is_not_there_cannot_be_its_subject(city: DirectiveCity) -> None:
    for about in ("alert:nothing", "case:nothing"):
        assert city.issue(about=about).status_code == 404
    assert city.issue(about="weather:sun").status_code == 422
