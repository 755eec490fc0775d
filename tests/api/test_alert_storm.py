"""Ten thousand alerts within a minute: none is lost, each is one, and the list says the truth."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from app.alerts.tending import Tending
from app.config import ChannelConfig, Config, ReceiverConfig
from app.push.alerts import AlertNews
from app.push.feeds import Feed, Viewer
from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.log import AlertQuery

ALERTS, AT_ONCE = 10_000, 250
PLACES = (
    "440203", "440204", "440205", "440222", "440224",
    "440229", "440232", "440233", "440281", "440282",
)  # fmt: skip
LEVELS = tuple(AlertLevel)


def _event(n: int) -> AlertEvent:
    """Ten counties for each of a thousand rules; every fourth alert is a red one."""
    told = {"rule": f"water.storm{n // 10}", "region": PLACES[n % 10], "topic": "water",
            "title": f"氨氮 {n}", "rule_title": "氨氮", "route": ["swj"]}  # fmt: skip
    at = datetime.now(UTC)
    return AlertEvent(f"n{n}", AlertStep.FIRED, at, level=LEVELS[n % 4], value=2.3, data=told)


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    """After the storm, which leader, desk and screens lived through."""
    told = ReceiverConfig(channel="hook", units=["swj"])
    config = replace(
        Config(),
        channels={"hook": ChannelConfig(kind="webhook", url="http://127.0.0.1:9/")},
        receivers={"hook": told},
    )
    city = alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url, config)
    over, leader = threading.Event(), Tending(city.services)

    def lead() -> None:
        while not over.wait(1):
            leader.turn(datetime.now(UTC))

    def write(start: int) -> None:
        city.services.alerts.append([_event(n) for n in range(start, start + AT_ONCE)])

    with ThreadPoolExecutor(5) as pool:
        leading = pool.submit(lead)
        writing = [pool.submit(write, start) for start in range(0, ALERTS, AT_ONCE)]
        try:
            while wait(writing, timeout=0.5).not_done:
                page = city.get("duty", "/api/v1/alerts?open=1&limit=50")
                assert page["open"] == sum(page["counts"]["level"].values())
        finally:
            over.set()
        leading.result()
        for one in writing:
            one.result()
    for _ in range(2):  # once to arrange the last ones, once to see that nothing is left to do
        leader.turn(datetime.now(UTC))
    return city


@pytest.fixture(scope="module")
def alerts(city: AlertCity) -> Sequence[Alert]:
    return city.services.alerts.open()


def test_none_is_lost_and_each_stands_once(city: AlertCity, alerts: Sequence[Alert]) -> None:
    assert sorted(one.id for one in alerts) == sorted(f"n{n}" for n in range(ALERTS))
    assert {(one.id, one.level) for one in alerts} == {
        (f"n{n}", LEVELS[n % 4]) for n in range(ALERTS)
    }
    fired, after = Counter[str](), 0
    while events := city.services.alerts.since(after, limit=20_000):
        fired.update(one.alert for one in events if one.step is AlertStep.FIRED)
        after = events[-1].id
    assert set(fired.values()) == {1}
    assert len(fired) == ALERTS


def test_each_rule_stands_under_one_head_and_no_red_is_hidden(alerts: Sequence[Alert]) -> None:
    """Ten counties of a rule have one parent: its reds, and the rest under the oldest of them."""
    heads = {one.id: one for one in alerts if one.under is None}
    under = Counter(one.under for one in alerts if one.under is not None)
    assert all(one.under is None for one in alerts if one.level is AlertLevel.RED)
    assert set(under) <= set(heads)
    assert len(under) == ALERTS // 10
    assert len(heads) + sum(under.values()) == ALERTS
    for rule in range(0, ALERTS // 10, 97):
        mine = [one for one in alerts if one.key.rule == f"water.storm{rule}"]
        worst = [one for one in mine if one.level is AlertLevel.RED]
        oldest = min(worst, key=lambda one: (one.fired_at, one.id))
        assert {one.under for one in mine if one.under} == {oldest.id}


def test_the_list_holds_what_stands_and_its_pages_hold_each_once(
    city: AlertCity, alerts: Sequence[Alert]
) -> None:
    standing = {one.id for one in alerts if one.under is None}
    seen, address = list[str](), "/api/v1/alerts?open=1&limit=200"
    page = city.get("duty", address)
    assert page["total"] == len(standing)
    assert page["open"] == page["unacknowledged"] == sum(page["counts"]["level"].values())
    while True:
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        page = city.get("duty", f"{address}&cursor={page['next']}")
    assert len(seen) == len(set(seen))
    assert set(seen) == standing


def test_whoever_stands_was_told_of_once(city: AlertCity, alerts: Sequence[Alert]) -> None:
    store, before, told = city.services.notices, None, Counter[str]()
    while some := store.newest(before=before, limit=5000):
        told.update(str(one.message.data["alert"]) for one in some)
        before = some[-1].id
    standing = {one.id for one in alerts if one.under is None}
    assert standing <= set(told)
    assert all(told[one] == 1 for one in standing)


def test_a_turn_over_a_storm_that_stands_still_writes_nothing(city: AlertCity) -> None:
    last = city.services.alerts.last()
    Tending(city.services).turn(datetime.now(UTC))
    assert city.services.alerts.last() == last


def test_screens_hear_of_a_storm_in_one_short_word_and_the_whole_count(
    city: AlertCity, alerts: Sequence[Alert]
) -> None:
    """A new process looks: at most 200 rows, and the counts of all that stands."""
    told = list[bytes]()
    news = AlertNews(city.services)
    feed = Feed(frozenset(), lambda _: True, viewer=Viewer(lambda *_: True, signed_in=True))

    def tell(_: str, of, *, greeting) -> None:
        word = of(feed)
        told.append(word.head)
        assert len(word.items or ()) <= 200

    news._tell = tell
    news.look()
    standing = [one for one in alerts if one.under is None]
    head = orjson.loads(told[-1])
    assert head["open"] == len(standing)
    assert head["counts"] == {
        level.value: sum(one.level is level for one in standing) for level in LEVELS
    }


def test_escalating_a_storm_tells_each_once_and_leaves_out_who_was_acknowledged(
    city: AlertCity,
) -> None:
    """Last, since it changes the storm: thousands of reds wait beyond their five minutes."""
    first = city.services.alerts.page(AlertQuery(open=True, limit=1), datetime.now(UTC))[0][0]
    city.post("duty", f"alerts/{first.id}/ack")
    later = datetime.now(UTC).replace(microsecond=0) + (
        city.services.handling.of(AlertLevel.RED, wartime=False).ladder[0].after * 2
    )
    for _ in range(2):
        Tending(city.services).turn(later)
    alerts = city.services.alerts.open()
    late = {one.id for one in alerts if one.escalated_at is not None}
    reds = {one.id for one in alerts if one.level is AlertLevel.RED}
    assert late >= reds - {first.id}
    assert first.id not in late
    told = Counter(
        str(one.message.data["alert"])
        for one in city.services.notices.newest(limit=20_000)
        if ":escalated:" in one.message.key
    )
    assert set(told) == late
    assert set(told.values()) == {1}
