"""Whom the messages of an alert reach: every receiver of a unit, nobody, and others in 战时."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.alerts.tending import Tending
from app.api import modes
from app.channels.assembly import make_sender
from app.config import ChannelConfig, Config, ReceiverConfig
from app.roles.alerting import EVERY, WARTIME_EVERY, AlertRound
from tests.api.alert_city import AlertCity, alert_city
from tests.api.asked_city import AskedCity
from topics.kit.alerting.book import RuleVersion
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.notify.delivery import NoticeState, Patience

NUMBERS = iter(range(10_000))
RULE, SECTION = "water.nh3n_high", "SGDM07"  # told to 生态环境局 and 水务局
WEBHOOK = ChannelConfig(kind="webhook", url="http://127.0.0.1:9/")
RECEIVERS = {
    "bureau": ReceiverConfig(channel="hook", units=["sthjj"]),
    "lab": ReceiverConfig(channel="hook", units=["sthjj"], levels=["红", "黄"]),
    "office": ReceiverConfig(channel="hook", units=["yjj", "sthjj"], levels=["红"]),
}


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    config = replace(Config(), channels={"hook": WEBHOOK}, receivers=RECEIVERS)
    home = tmp_path_factory.mktemp("home")
    return alert_city(home, module_database_url, valkey_url, config)


@pytest.fixture
def alert(city: AlertCity) -> Iterator[str]:
    name = f"r{next(NUMBERS)}"
    told: dict[str, Any] = {"rule": RULE, "region": SECTION, "route": ["sthjj", "swj"]}
    city.fire(name, level=AlertLevel.YELLOW, **told)
    yield name
    if city.services.alerts.require(name).open:
        city.resolve(name)


def told(city: AlertCity, alert: str) -> set[str]:
    Tending(city.services).turn(datetime.now(UTC))
    return {one.message.receiver for one in city.services.notices.newest(about=f"alert:{alert}:")}


def test_every_receiver_of_a_unit_is_told_and_what_reaches_nobody_is_seen(city, alert):
    assert told(city, alert) == {"receiver:bureau", "receiver:lab", "unit:swj", "duty:值班长"}
    message = city.services.notices.newest(about=f"alert:{alert}:")
    call = next(one.message for one in message if one.message.receiver == "duty:值班长")
    assert "水务局" in call.text
    assert "电话" in call.text
    again = Tending(city.services)
    again.turn(datetime.now(UTC))
    assert len(city.services.notices.newest(about=f"alert:{alert}:")) == len(message)


def test_what_nobody_takes_is_given_up_at_once_and_stands_on_the_alert(city, alert):
    told(city, alert)
    store, now = city.services.notices, datetime.now(UTC)
    while (held := store.claim("unit:swj", now, by="w")) is not None:
        answer = make_sender(city.services)(held)
        assert (answer.ok, answer.final) == (False, True)
        store.record(held, answer, Patience(), started=now, now=now, by="w")
        assert store.find(held.id).state is NoticeState.FAILED
    unsent = city.get("duty", f"/api/v1/alerts/{alert}")["unsent"]
    assert [(one["to"], "units" in one["said"]) for one in unsent] == [("单位 市水务局", True)]
    listed = city.get("duty", f"/api/v1/notices?about=alert:{alert}&state=failed")["items"]
    assert [one["state_text"] for one in listed] == ["未送达"]


def test_the_end_is_told_to_those_who_heard_of_the_alert(city, alert):
    told(city, alert)
    city.resolve(alert)
    Tending(city.services).turn(datetime.now(UTC))
    found = city.services.notices.newest(about=f"alert:{alert}:resolved")
    assert {one.message.receiver for one in found} == {"receiver:bureau", "receiver:lab"}


def test_without_any_receiver_a_line_a_day_says_so_for_each_unit(
    tmp_path, module_database_url, valkey_url
):
    made = alert_city(tmp_path, module_database_url, valkey_url)
    rule = {"rule": RULE, "region": "SGDM08"}
    for name in ("n1", "n2"):
        made.fire(name, level=AlertLevel.BLUE, **rule)
        Tending(made.services).turn(datetime.now(UTC))
        made.resolve(name)
    found = made.services.notices.newest(about="alerts:nothing-set-up:")
    assert {one.message.receiver for one in found} == {"unit:sthjj", "unit:swj"}
    assert made.services.notices.newest(about="alert:n1:") == []


class Modes(AskedCity):
    """The switch of 平战."""

    people = AlertCity.people


def test_one_action_switches_limits_cadence_and_routes_of_alerts_that_are_open(city):
    services, now = city.services, datetime.now(UTC)
    wartime = {"levels": {"蓝": 0.8, "黄": 1.0, "红": 1.5}, "route": ["yjj"]}
    with services.alerts.transaction() as transaction:
        version = RuleVersion(RULE, 1, {"wartime": wartime}, now, "clerk")
        services.rule_store.add(version, connection=transaction)
    period = Period(now.replace(minute=0, second=0, microsecond=0), PeriodKind.INSTANT)
    value = Observation("water.nh3n", "SGDM06", period, 1.6, unit="mg/L")
    services.observations.append([value], live=False)
    leader = AlertRound(services)
    leader.begin()
    leader.once()
    (one,) = [each for each in services.alerts.open() if each.key.region == "SGDM06"]
    assert one.level is AlertLevel.YELLOW
    assert told(city, one.id) == {"receiver:bureau", "receiver:lab", "unit:swj", "duty:值班长"}
    assert not leader.due(datetime.now(UTC) + EVERY / 2)
    before = len(services.audit.list())

    switched = Modes(services, modes).ask(
        "duty", "POST", "/api/v1/modes", json={"wartime": True, "reason": "防汛应急响应"}
    )
    assert switched.status_code == 200
    audited = services.audit.list()
    assert (len(audited) - before, audited[0].actor) == (1, "duty")
    leader.once()
    raised = services.alerts.require(one.id)
    assert (raised.level, raised.limit) == (AlertLevel.RED, 1.5)
    assert leader.due(datetime.now(UTC) + WARTIME_EVERY)
    told(city, one.id)
    red = services.notices.newest(about=f"alert:{one.id}:红:")
    assert {each.message.receiver for each in red} == {"receiver:office"}
    row = city.get("duty", f"/api/v1/alerts/{one.id}")
    waits = datetime.fromisoformat(row["escalates_at"]) - datetime.fromisoformat(
        raised.data["raised_at"]
    )
    assert waits == timedelta(minutes=2)  # five in 平时
    services.modes.change(by="duty", reason="解除", now=datetime.now(UTC), wartime=False)
    city.resolve(one.id)
