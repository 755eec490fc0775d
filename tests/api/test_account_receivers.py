"""Messages to an account go to its own channel, else to its 通知; to nobody at all is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.channels.assembly import make_sender
from app.channels.directory import Directory
from app.channels.settings import Way
from app.config import ChannelConfig
from app.security.accounts import People
from app.security.contracts import Grant, Role
from tests.api.asked_city import AskedCity
from tests.api.directive_city import DirectiveCity
from topics.kit.duty.contracts import Person
from topics.kit.errors import NobodyTakes, NoWay
from topics.kit.notify.contracts import Channel, Message
from topics.kit.notify.delivery import Answer, Notice, NoticeState

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MAIL = Way("mail", Channel.MAIL, "smtp://127.0.0.1", ChannelConfig(kind="mail"))
HE = Person("p-he", "何市长", "szf", "市长", "13800000000", "he@example.gov.cn", "he")


def told(receiver: str) -> Message:
    return Message("k", receiver, "督办有反馈", "已整改")


def directory(person: Person | None, *, known: bool, ways: bool = True) -> Directory:
    return Directory(
        {"mail": MAIL} if ways else {},
        {},
        account=lambda _: person,
        signs_in=lambda _: known,
    )


def test_an_account_is_told_over_the_channel_of_its_person() -> None:
    way = directory(HE, known=True).way_to(told("account:he"), NOW)
    assert (way.kind, way.address) == (Channel.MAIL, "he@example.gov.cn")


def test_an_account_without_a_channel_reads_it_here() -> None:
    for one in (directory(HE, known=True, ways=False), directory(None, known=True)):
        assert one.inside(told("account:he"))
        with pytest.raises(NoWay):
            one.way_to(told("account:he"), NOW)


def test_an_account_that_nobody_can_sign_in_with_is_undeliverable_and_says_what_to_do() -> None:
    one = directory(None, known=False)
    assert not one.inside(told("account:gone"))
    with pytest.raises(NobodyTakes, match="不存在或已停用"):
        one.way_to(told("account:gone"), NOW)


def test_others_than_accounts_are_never_told_here_alone() -> None:
    one = directory(None, known=True)
    assert not any(one.inside(told(to)) for to in ("unit:swj", "person:he", "duty:值班长"))


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AskedCity:
    return DirectiveCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def sent(city: AskedCity, account: str) -> Answer:
    notice = Notice(0, told(f"account:{account}"), NoticeState.WAITING, NOW, 0, NOW, "")
    return make_sender(city.services)(notice)


def test_the_sender_of_the_program_knows_the_accounts_of_today(city: DirectiveCity) -> None:
    people = People(city.services.accounts, city.services.audit)
    people.add("heshi", display_name="何市长", grants=[Grant(Role.LEADER)], by="t")
    account = city.services.accounts.require("heshi").id
    there = sent(city, account)
    assert (there.ok, there.target) == (True, "站内通知")
    people.set_disabled("heshi", disabled=True, by="t")
    gone = sent(city, account)
    assert (gone.ok, gone.final, "已停用" in gone.said) == (False, True, True)
    assert not sent(city, "nobody").ok


def test_the_answer_to_a_directive_is_told_to_the_account_that_issued_it(
    city: DirectiveCity,
) -> None:
    one = city.issue().json()["id"]
    assert city.move("wang", one, "已签收").status_code == 200
    found = city.services.notices.newest(about=f"directive:{one}:签收")
    assert [told.message.receiver for told in found] == ["account:he"]
