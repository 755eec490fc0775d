"""Alerts on the stream of every page: counts at once, then what changed, masked for each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.alerts.sight import AlertSight
from app.push.alerts import AlertNews
from app.push.batches import Batch, News
from app.push.feeds import Audience, Viewer
from app.push.hub import Hub
from app.push.live import LivePush
from tests.api.alert_city import PEOPLE, AlertCity, alert_city
from tests.push.conftest import Events
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.stores.valkey import LiveStore


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def told(events: Events) -> list[dict[str, Any]]:
    """The data of each `alerts` event, in order."""
    text = events.text.replace("\r\n", "\n")
    return [json.loads(one) for one in re.findall(r"event: alerts\ndata: (.*)\n\n", text)]


@pytest.fixture
def stream(city: AlertCity, store: LiveStore, program: Any) -> Iterator[Any]:
    """Opens streams as somebody named in `hide`."""
    news = AlertNews(city.services, look_every=timedelta(milliseconds=30))
    push = LivePush(store, lambda: [], tellers=[news])
    join = push.hub.join

    def as_somebody(audience: Audience, sees: Any, **more: Any) -> Any:
        who = PEOPLE[audience.rights]
        sight = AlertSight(city.services, who)
        viewer = Viewer(sight.sees, signed_in=not who.anonymous, forget=sight.forget)
        return join(audience, sees, viewer=viewer, **more)

    push.hub.join = as_somebody  # type: ignore[method-assign]
    port = program(push).port
    opened: list[Events] = []

    def open_as(who: str) -> Events:
        opened.append(Events(port, query=f"?hide={who}"))
        return opened[-1]

    yield open_as
    for one in opened:
        one.close()


def test_a_new_screen_is_told_the_counts_and_then_each_change(city, stream):
    city.fire("n1", rule="water.n1", level=AlertLevel.ORANGE)
    duty = stream("duty")
    duty.wait(lambda events: any(one["counts"]["橙"] == 1 for one in told(events)))
    city.post("duty", "alerts/n1/ack")
    duty.wait(lambda events: any(one["changed"] for one in told(events)))
    last = told(duty)[-1]
    assert last["changed"][-1]["state"] == "已确认"
    assert last["changed"][-1]["acknowledged"]["by"] == "duty"
    assert (last["open"], last["unacknowledged"]) == (1, 0)
    again = stream("duty")
    again.wait(lambda events: bool(told(events)))
    assert told(again)[0]["changed"] == []
    assert told(again)[0]["counts"] == {"红": 0, "橙": 1, "黄": 0, "蓝": 0}
    city.resolve("n1")
    duty.wait(lambda events: told(events)[-1]["open"] == 0)


def test_who_may_not_see_an_alert_hears_neither_of_it_nor_of_its_count(city, stream):
    duty, nobody = stream("duty"), stream("nobody")
    duty.wait(lambda events: bool(told(events)))
    nobody.wait(lambda events: bool(told(events)))
    city.fire("n2", rule="water.n2")
    duty.wait(lambda events: any(one["changed"] for one in told(events)))
    time.sleep(0.1)
    assert all(one["open"] == 0 and one["changed"] == [] for one in told(nobody))
    city.resolve("n2")


def test_a_drill_is_told_to_every_page(city, stream):
    duty = stream("duty")
    duty.wait(lambda events: bool(told(events)))
    now = datetime.now(UTC)
    city.services.modes.change(by="duty", reason="演练", now=now, drill="防汛演练")
    duty.wait(lambda events: told(events)[-1]["drill"] == "防汛演练")
    city.services.modes.change(by="duty", reason="结束", now=now, end_drill=True)


def test_a_slow_screen_gets_the_newest_of_each_alert_and_no_queue():
    first = News(b'{"open":1}', {"a": b"1", "b": b"2"})
    later = News(b'{"open":2}', {"a": b"3"})
    merged = Batch(news={"alerts": first}).merged(Batch(news={"alerts": later}))
    assert merged.encoded == b'event: alerts\ndata: {"open":2,"changed":[2,3]}\n\n'


def test_many_changes_keep_the_newest_three_hundred():
    news = News(b"{}", {})
    for n in range(1000):
        news = news.merged(News(b"{}", {str(n): b"1"}))
    assert news.items is not None
    assert list(news.items) == [str(n) for n in range(700, 1000)]


def test_news_without_items_is_its_newest_word():
    hub = Hub()
    hub.tell("cases", lambda _: News(b'{"funnel":1}'), greeting=lambda _: News(b'{"funnel":1}'))
    assert News(b'{"funnel":1}').encoded("cases") == b'event: cases\ndata: {"funnel":1}\n\n'
