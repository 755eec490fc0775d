"""What the leading worker does about cases: everybody is reached, once, and only who has to act."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.config import ChannelConfig, Config, ReceiverConfig
from app.roles import case_work
from app.roles.case_work import case_beats, remind
from app.services import Services
from tests.api.asked_city import composed
from tests.topics.cases.case_desk import DUTY, HANDLER, SUPPORT, at, report
from topics.kit.cases.machine import Order, Person

NOW, LATE = at("02 09:00"), at("20 09:00")
CHANNELS = {"hook": ChannelConfig(kind="webhook", url="http://127.0.0.1:9/hook")}
RECEIVERS = {
    "cgj": ReceiverConfig(channel="hook", units=["cgj"]),
    "zjj": ReceiverConfig(channel="hook", units=["zjj"]),
    "desk": ReceiverConfig(channel="hook", duties=["值班长"]),
}


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> Services:
    config = replace(Config(), channels=CHANNELS, receivers=RECEIVERS)
    return composed(tmp_path_factory.mktemp("home"), module_database_url, valkey_url, config)


@pytest.fixture(autouse=True)
def nothing_yet(services: Services, module_database_url: str) -> None:
    engine = sa.create_engine(module_database_url)
    with engine.begin() as connection:
        for name in ("case_event, case_file, case_told", "notice CASCADE"):
            connection.execute(sa.text(f"TRUNCATE {name}"))
    engine.dispose()


def case(services: Services, *words: str, support: tuple[str, ...] = ()) -> str:
    made = services.cases.report(report(at=NOW, text="示例"), now=NOW).case.id
    for word in words:
        who: Person = HANDLER if word in ("签收", "处置", "反馈") else DUTY
        unit = "cgj" if word == "派遣" else None
        order = Order(word, note="说明", unit=unit, support=support, until=NOW + timedelta(days=9))
        services.cases.move(made, order, who, now=NOW)
    return made


def told(services: Services) -> list[tuple[str, str]]:
    return sorted(
        (one.message.receiver, one.message.title[:4]) for one in services.notices.newest(limit=500)
    )


def test_a_late_stage_of_the_desk_is_told_to_the_chief_and_no_unit(services: Services) -> None:
    case(services)
    case(services, "受理", "立案")
    case(services, "受理", "立案", "派遣", "签收", "处置", "反馈")
    assert remind(services, LATE) == 3
    assert told(services) == [("duty:值班长", "事件超期")] * 3


def test_late_handling_is_told_to_the_lead_and_to_each_support_that_has_not_answered(
    services: Services,
) -> None:
    first = case(services, "受理", "立案", "派遣", support=("zjj",))
    remind(services, LATE)
    assert told(services) == [("receiver:cgj", "事件超期"), ("receiver:zjj", "事件超期")]
    second = case(services, "受理", "立案", "派遣", support=("zjj",))
    for word in ("签收", "处置", "反馈"):
        services.cases.move(second, Order(word, note="好"), SUPPORT, now=NOW)
    assert remind(services, LATE) == 1
    assert first != second


def test_a_case_that_stands_is_told_to_nobody(services: Services) -> None:
    case(services, "受理", "立案", "派遣", "挂账", support=("zjj",))
    assert remind(services, LATE) == 0


def test_everybody_is_reached_however_many_are_late(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_work, "BATCH", 3)
    for _ in range(10):
        case(services, "受理", "立案", "派遣")
    assert remind(services, LATE) == 10


def test_what_was_told_is_neither_told_nor_looked_at_again_until_it_is_late(
    services: Services,
) -> None:
    made = case(services, "受理", "立案", "派遣")
    due = services.cases.require(made).due
    assert due is not None
    work, ahead = services.cases.lists.work, timedelta(minutes=30)
    assert remind(services, due - ahead) == 1
    assert work.untold(due - timedelta(minutes=1), LATE, None, 9) == []
    assert remind(services, due) == 1
    assert work.untold(LATE, LATE, None, 9) == []
    assert remind(services, LATE) == 0
    services.cases.move(made, Order("备注", note="催办"), DUTY, now=NOW)
    assert remind(services, LATE) == 0
    assert [one[1] for one in told(services)] == ["事件将到", "事件超期"]


def test_the_beats_of_the_program_do_it(services: Services, monkeypatch: Any) -> None:
    made = case(services, "受理", "立案", "派遣")
    assert services.cases.require(made).due is not None

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return LATE

    monkeypatch.setattr(case_work, "datetime", Later)
    beats = {one.name: one for one in case_beats(services)}
    beats["cases-remind"].act()
    assert told(services) == [("receiver:cgj", "事件超期")]
