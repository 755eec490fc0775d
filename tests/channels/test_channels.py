"""Each channel against a real receiver: what goes out, and what counts as delivered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.channels.directory import Directory
from app.channels.sender import Sender
from app.channels.settings import receivers_of, ways_of
from app.config import ChannelConfig, Config, ReceiverConfig
from app.errors import BadConfig
from layers.contracts import Classification
from tests.channels.receivers import ERROR_PAGE, JSON, Got, hangs, mail_server, receiver
from topics.kit.duty.contracts import Person, Shift
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Notice, NoticeState
from topics.kit.refresh.hosts import HostGuard

NOW = datetime(2026, 11, 26, 2, 24, tzinfo=UTC)
GUARD = HostGuard(local=True)


def message(*told: str, **more: Any) -> Message:
    return Message(*told, **{"classification": Classification.INTERNAL, **more})


MESSAGE = message(
    "alert:1:fired", "receiver:desk", "马坝河下游氨氮 2.31 mg/L", "劣Ⅴ类", "红", "/alerts?id=1"
)


def notice(one: Message = MESSAGE) -> Notice:
    return Notice(1, one, NoticeState.WAITING, NOW, 0, NOW, "")


def sender(kind: str, url: str, *, guard: HostGuard = GUARD, **options) -> Sender:
    address = options.pop("address", "")
    config = Config(
        channels={"way": ChannelConfig(kind=kind, url=url, **{"timeout_s": 1, **options})},
        receivers={"desk": ReceiverConfig(channel="way", title="值班群", address=address)},
    )
    directory = Directory(ways_of(config), receivers_of(config))
    return Sender(directory, guard, base_url="https://city.example/", clock=lambda: NOW)


def test_a_webhook_gets_the_message_with_a_signature_over_time_and_body(tmp_path):
    (tmp_path / "key").write_text("geheim")
    with receiver() as there:
        answer = sender("webhook", there.url, secret_file=str(tmp_path / "key"))(notice())
    got = there.got[0]
    said = json.loads(got.body)
    assert answer.ok
    assert (said["title"], said["link"]) == (MESSAGE.title, "https://city.example/alerts?id=1")
    assert said["id"] == got.headers["idempotency-key"] == notice().token
    signed = got.headers["x-timestamp"].encode() + b"." + got.body
    mark = hmac.new(b"geheim", signed, hashlib.sha256).hexdigest()
    assert got.headers["x-signature"] == mark


def test_a_wecom_robot_gets_markdown_and_its_key_from_the_environment(monkeypatch):
    monkeypatch.setenv("ROBOT_KEY", "abc")
    with receiver() as there:
        answer = sender("wecom", there.url, token_env="ROBOT_KEY")(notice())
    assert answer.ok
    assert there.got[0].path == "/in?key=abc"
    assert MESSAGE.title in json.loads(there.got[0].body)["markdown"]["content"]


def test_a_dingtalk_robot_gets_the_sign_its_secret_makes(monkeypatch):
    monkeypatch.setenv("DING_TOKEN", "t0")
    monkeypatch.setenv("DING_SECRET", "SEC1")
    with receiver() as there:
        sender("dingtalk", there.url, token_env="DING_TOKEN", secret_env="DING_SECRET")(notice())
    asked = parse_qs(urlsplit(there.got[0].path).query)
    moment = asked["timestamp"][0]
    mark = hmac.new(b"SEC1", f"{moment}\nSEC1".encode(), hashlib.sha256).digest()
    assert asked["access_token"] == ["t0"]
    assert moment == str(int(NOW.timestamp() * 1000))
    assert unquote(asked["sign"][0]) == base64.b64encode(mark).decode()


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_that_answers_200_with_an_errcode_did_not_take_it(kind):
    refusal = (200, JSON, '{"errcode": 45009, "errmsg": "频率超限"}'.encode())
    with receiver(lambda _: refusal) as there:
        answer = sender(kind, there.url)(notice())
    assert not answer.ok
    assert "45009" in answer.said


@pytest.mark.parametrize("kind", ["webhook", "wecom", "dingtalk", "sms", "voice"])
def test_an_error_page_with_status_200_is_no_delivery(kind):
    with receiver(lambda _: ERROR_PAGE) as there:
        answer = sender(kind, there.url, body='{"m":"{phone}"}', address="13800000000")(notice())
    assert not answer.ok
    assert "网页" in answer.said


def test_an_error_page_that_calls_itself_json_is_no_delivery_either():
    with receiver(lambda _: (200, JSON, b"<html>oops</html>")) as there:
        assert not sender("webhook", there.url)(notice()).ok


def test_a_gateway_gets_its_own_template_with_every_value_escaped():
    template = '{"to": "{phone}", "content": "{text}", "id": "{key}"}'
    odd = message("k", "receiver:desk", '引号 " 与 {phone}', "换\n行")
    with receiver(lambda _: (200, JSON, b'{"code": "0"}')) as there:
        way = sender(
            "sms", there.url, body=template, address="13812345678", ok_field="code", ok_value="0"
        )
        assert way(notice(odd)).ok
    said = json.loads(there.got[0].body)
    assert said["to"] == "13812345678"
    assert said["content"] == '引号 " 与 (phone)。换\n行'


def test_a_gateway_with_a_form_gets_a_form():
    with receiver() as there:
        sender(
            "voice",
            there.url,
            body="to={phone}&say={title}",
            content_type="application/x-www-form-urlencoded",
            address="0751-1",
        )(notice(message("k", "receiver:desk", "a&b=c", "")))
    assert parse_qs(there.got[0].body.decode()) == {"to": ["0751-1"], "say": ["a&b=c"]}


def test_a_gateway_whose_code_says_no_did_not_take_it():
    with receiver(lambda _: (200, JSON, b'{"code": 7, "msg": "no credit"}')) as there:
        way = sender("sms", there.url, body="{phone}", address="138", ok_field="code")
        answer = way(notice())
    assert not answer.ok
    assert "code = 7" in answer.said


def test_a_receiver_that_hangs_is_let_go_at_the_deadline():
    with receiver(hangs(1.5)) as there:
        answer = sender("webhook", there.url)(notice())
    assert not answer.ok
    assert "1 秒内没有" in answer.said


def test_a_redirect_is_not_followed_with_the_message():
    def lead(_: Got):
        return (302, JSON, b"{}")

    with receiver(lead) as there:
        answer = sender("webhook", there.url)(notice())
    assert not answer.ok
    assert len(there.got) == 1


def test_nothing_is_sent_to_an_inner_address_that_nobody_allowed():
    with receiver() as there:
        answer = sender("webhook", there.url, guard=HostGuard())(notice())
    assert not answer.ok
    assert "allow_hosts" in answer.said
    assert there.got == []


def test_a_key_is_in_no_answer(monkeypatch):
    monkeypatch.setenv("ROBOT_KEY", "very-secret")
    answer = sender("wecom", "http://127.0.0.1:9/in", token_env="ROBOT_KEY")(notice())
    assert not answer.ok
    assert "very-secret" not in answer.said + answer.target


def test_a_letter_is_sent_with_its_key_and_a_title_of_one_line():
    with mail_server() as there:
        way = sender("mail", there.url, sender="duty@city.example", address="a@b.example")
        answer = way(notice(message("k", "receiver:desk", "标题\r\nBcc: x@y.example", "正文")))
    assert answer.ok, answer.said
    head = there.letters[0].split("\r\n\r\n")[0]
    assert f"Idempotency-Key: {notice(message('k', 'receiver:desk', '', '')).token}" in head
    assert "\nBcc:" not in head


def test_a_mail_server_that_refuses_the_address_is_a_failure():
    with mail_server(refuse=True) as there:
        way = sender("mail", there.url, sender="duty@city.example", address="a@b.example")
        answer = way(notice())
    assert not answer.ok
    assert "550" in answer.said


def test_a_mail_server_that_drips_is_cut_off():
    with mail_server(drip=True) as there:
        way = sender("mail", there.url, sender="duty@city.example", address="a@b.example")
        assert not way(notice()).ok


class Always:
    """A roster with one shift."""

    def at(self, moment):
        leader = Person("li", "李某", "zfb", "带班领导", "13900000000", "li@city.example")
        return Shift(NOW, NOW, leader, None)


def _directory(*, roster=None, **config) -> Directory:
    made = Config(**config)
    return Directory(ways_of(made), receivers_of(made), roster=roster)


SMS = ChannelConfig(kind="sms", url="http://sms.example/x", body="{phone}")
MAIL = ChannelConfig(kind="mail", url="smtp://mail.example", sender="a@b.example")


def test_an_urgent_word_to_the_leader_on_duty_goes_by_sms_to_his_number():
    directory = _directory(roster=Always(), channels={"mail": MAIL, "sms": SMS})
    way = directory.way_to(message("k", "duty:带班领导", "t", "", urgent=True), NOW)
    assert (way.kind, way.address) == ("sms", "13900000000")


def test_what_is_not_urgent_goes_to_the_leader_by_mail():
    directory = _directory(roster=Always(), channels={"mail": MAIL, "sms": SMS})
    way = directory.way_to(message("k", "duty:带班领导", "t", ""), NOW)
    assert (way.kind, way.address) == ("mail", "li@city.example")


def test_a_hole_in_the_roster_leads_to_the_receiver_that_stands_in():
    stand_in = ReceiverConfig(channel="sms", address="138", duties=["带班领导"])
    directory = _directory(channels={"sms": SMS}, receivers={"office": stand_in})
    assert directory.way_to(message("k", "duty:带班领导", "t", ""), NOW).address == "138"


def test_a_unit_is_reached_by_the_receiver_that_takes_its_level():
    both = {
        "red": ReceiverConfig(channel="sms", address="1", units=["swj"], levels=["红"]),
        "all": ReceiverConfig(channel="sms", address="2", units=["swj"]),
    }
    directory = _directory(channels={"sms": SMS}, receivers=both)
    assert directory.way_to(message("k", "unit:swj", "t", "", level="黄"), NOW).address == "2"
    assert directory.way_to(message("k", "unit:swj", "t", "", level="红"), NOW).address == "1"


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("receiver:nobody", "receivers.nobody"),
        ("unit:swj", "units"),
        ("duty:带班领导", "排班"),
        ("person:x", "通讯录"),
        ("x", "读不懂"),
    ],
)
def test_who_cannot_be_reached_is_said_with_what_to_set_up(to, said):
    made = Sender(_directory(), GUARD)(notice(message("k", to, "t", "")))
    assert not made.ok
    assert said in made.said


SENSITIVE = message(
    "case:9:late", "receiver:desk", "事件超期:2026-1126-0001 邻里纠纷", "某人与某人争吵",
    link="/cases/9", classification=Classification.SENSITIVE, brief="事件超期:2026-1126-0001",
    data={"text": "某人"},
)  # fmt: skip


def test_of_what_is_more_secret_than_the_channel_only_kind_number_and_place_go_out():
    with receiver() as there:
        assert sender("webhook", there.url)(notice(SENSITIVE)).ok
    said = json.loads(there.got[0].body)
    assert (said["title"], said["link"]) == (SENSITIVE.brief, "https://city.example/cases/9")
    assert "纠纷" not in there.got[0].body.decode()
    assert "某人" not in there.got[0].body.decode()


def test_a_channel_that_may_carry_it_tells_it_whole():
    with receiver() as there:
        assert sender("webhook", there.url, highest="敏感")(notice(SENSITIVE)).ok
    assert json.loads(there.got[0].body)["text"] == "某人与某人争吵"


def test_a_letter_or_a_text_message_tells_no_more_than_the_channel_may_carry():
    with mail_server() as there:
        way = sender("mail", there.url, sender="duty@city.example", address="a@b.example")
        assert way(notice(SENSITIVE)).ok
    with receiver() as gateway:
        way = sender("sms", gateway.url, body="{phone} {title} {text}", address="138")
        assert way(notice(SENSITIVE)).ok
    whole = there.letters[0] + gateway.got[0].body.decode()
    assert "某人" not in whole
    assert "纠纷" not in whole


def test_a_message_that_says_nothing_of_its_class_counts_as_sensitive():
    with receiver() as there:
        assert sender("webhook", there.url)(notice(Message("k", "receiver:desk", "t", "x"))).ok
    assert json.loads(there.got[0].body)["title"] == "有一条消息"


def test_an_unknown_class_of_a_channel_is_refused_with_those_there_are():
    with pytest.raises(BadConfig, match=r"channels.way.highest = '绝密' 不认识;可写 公开、内部"):
        sender("webhook", "http://127.0.0.1:9/", highest="绝密")
