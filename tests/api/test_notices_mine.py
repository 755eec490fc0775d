"""通知: what is meant for a person is listed, counted and marked as read for that person alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api import notices
from app.security.contracts import Grant, Role, Subject
from app.security.people import AuditEvent
from layers.contracts import Classification
from tests.api.asked_city import AskedCity, composed
from topics.kit.duty.contracts import Person, Shift
from topics.kit.notify.contracts import Message

PEOPLE = {
    "he": Subject("he", "何市长", frozenset({Grant(Role.LEADER)})),
    "wang": Subject("wang", "王芳", frozenset({Grant(Role.HANDLER)}), unit="swj"),
    "li": Subject("li", "李文", frozenset({Grant(Role.HANDLER)}), unit="swj"),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER)}), unit="swj"),
    "nobody": Subject("anonymous", "未登录", anonymous=True),
}
NUMBERS = iter(range(1_000))
MINE = "/api/v1/notices/mine"


class Inbox(AskedCity):
    people = PEOPLE

    def tell(self, receiver: str, title: str = "督办", **more: Any) -> str:
        key = f"n{next(NUMBERS)}"
        told = {"classification": Classification.INTERNAL, "topic": "water", **more}
        self.services.notices.send([Message(key, receiver, f"{title} {key}", "内容", **told)])
        return f"{title} {key}"

    def mine(self, who: str, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask(who, "GET", MINE + query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def unread(self, who: str) -> int:
        return int(self.ask(who, "GET", MINE + "?limit=0").json()["unread"])

    def read(self, who: str, **body: Any) -> Any:
        answer = self.ask(who, "POST", MINE + "/read", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory, database_url: str, valkey_url: str) -> Inbox:
    return Inbox(composed(tmp_path_factory.mktemp("home"), database_url, valkey_url), notices)


def test_what_is_for_the_account_or_its_unit_is_listed_newest_first(city: Inbox) -> None:
    own = city.tell("account:wang")
    units = city.tell("unit:swj")
    city.tell("account:li")
    city.tell("unit:sthjj")
    assert [one["title"] for one in city.mine("wang")] == [units, own]
    assert [one["to"] for one in city.mine("wang")] == ["单位 市水务局", "您本人"]
    assert city.mine("he") == []


def test_read_marks_are_ones_own(city: Inbox) -> None:
    city.tell("unit:swj")
    city.tell("unit:swj")
    first, second = city.mine("wang")
    assert city.read("wang", ids=[first["id"]]) == {"marked": 1, "unread": 1}
    assert city.read("wang", ids=[first["id"]]) == {"marked": 0, "unread": 1}
    assert [one["id"] for one in city.mine("wang", "?unread=1")] == [second["id"]]
    assert city.unread("li") == 2
    assert city.read("li", until=first["id"]) == {"marked": 2, "unread": 0}
    assert city.unread("wang") == 1


def test_of_others_messages_none_is_marked(city: Inbox) -> None:
    city.tell("account:he")
    (one,) = city.mine("he")
    assert city.read("wang", ids=[one["id"]])["marked"] == 0
    assert city.unread("he") == 1


def test_what_several_receivers_take_for_a_unit_is_one_message(city: Inbox) -> None:
    told = Message("k", "receiver:one", "t", "x", address="unit:swj")
    again = Message("k", "receiver:two", "t", "x", address="unit:swj")
    city.services.notices.send([told, again])
    assert len(city.mine("wang")) == 1
    assert city.unread("wang") == 1


def test_a_page_goes_on_where_the_one_before_ended(city: Inbox) -> None:
    titles = [city.tell("account:wang") for _ in range(5)]
    first = city.ask("wang", "GET", MINE + "?limit=2").json()
    rest = city.ask("wang", "GET", MINE + f"?limit=10&cursor={first['next']}").json()
    listed = [one["title"] for one in (*first["items"], *rest["items"])]
    assert listed == titles[::-1]
    assert rest["next"] is None


def test_of_what_the_reader_may_not_read_only_kind_and_number_are_told(city: Inbox) -> None:
    secret = {"classification": Classification.SENSITIVE, "brief": "督办(编号 1)", "link": "/x"}
    city.tell("unit:swj", "机密事项", **secret)
    (seen,) = city.mine("wang")
    (hidden,) = city.mine("viewer")
    assert (seen["hidden"], seen["text"], seen["link"]) == (False, "内容", "/x")
    assert (hidden["hidden"], hidden["title"], hidden["link"]) == (True, "督办(编号 1)", None)
    assert "内容超出您的权限" in hidden["text"]


def test_a_message_for_a_post_is_for_who_held_it_then(city: Inbox) -> None:
    now = datetime.now(UTC)
    duty = city.services.duty
    wang = Person("p-wang", "王芳", "swj", "科员", "13800000000", account="wang")
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    with city.services.audit.recording(AuditEvent("t", "duty.test", "x")) as connection:
        known = {"by": "t", "now": now, "connection": connection}
        duty.people.save([(wang, "wf")], **known)
        shift = Shift(begin, end, None, wang)
        duty.roster.put([shift], begin, end, reason="排班", **known)
    title = city.tell("duty:值班长")
    city.tell("duty:带班领导")
    city.tell("person:p-wang")
    assert title in [one["title"] for one in city.mine("wang")]
    assert len(city.mine("wang")) == 2
    assert city.mine("li") == []


def test_a_message_that_waits_for_its_time_is_not_told_before(city: Inbox) -> None:
    city.tell("account:wang", not_before=datetime.now(UTC) + timedelta(hours=1))
    assert (city.mine("wang"), city.unread("wang")) == ([], 0)


def test_a_visitor_is_sent_to_sign_in(city: Inbox) -> None:
    assert city.ask("nobody", "GET", MINE).status_code == 401
    assert city.ask("nobody", "POST", MINE + "/read", json={"ids": [1]}).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, {"ids": [1], "until": 2}, {"ids": [0]}, {"until": 2**63}, {"ids": ["x"]}, {"x": 1}]
)
def test_a_mark_that_says_nothing_clear_is_refused(city: Inbox, body: dict[str, Any]) -> None:
    assert city.ask("wang", "POST", MINE + "/read", json=body).status_code in (400, 422)


def test_a_cursor_that_is_not_ours_is_refused(city: Inbox) -> None:
    assert city.ask("wang", "GET", MINE + "?cursor=abc").status_code == 422
