"""The closed loop on the stream of every page: its funnel at once, then when cases move."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cases.people import CaseDoors
from app.push.cases import CaseNews
from app.push.feeds import Audience, Feed, Viewer
from app.push.live import LivePush
from app.security.contracts import Subject
from tests.api.case_city import PEOPLE, CaseCity
from tests.push.conftest import Events
from topics.kit.cases.lines import Sight
from topics.kit.cases.machine import Order, Person
from topics.kit.cases.transitions import DESK
from topics.kit.stores.valkey import LiveStore

HERE = {**PEOPLE, "nobody": Subject("anonymous", "未登录", anonymous=True)}


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> CaseCity:
    return CaseCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def told(events: Events) -> list[dict[str, Any]]:
    """The funnel of each `cases` event, in order."""
    text = events.text.replace("\r\n", "\n")
    return [json.loads(one)["funnel"] for one in re.findall(r"event: cases\ndata: (.*)\n\n", text)]


def count(funnel: dict[str, Any], stage: str) -> int:
    return next(int(one["count"]) for one in funnel["stages"] if one["stage"] == stage)


@pytest.fixture
def stream(city: CaseCity, store: LiveStore, program: Any) -> Iterator[Any]:
    """Opens streams as somebody named in `hide`."""
    news = CaseNews(city.services, look_every=timedelta(milliseconds=30))
    push = LivePush(store, lambda: [], tellers=[news])
    join, doors = push.hub.join, CaseDoors(city.services)

    def as_somebody(audience: Audience, sees: Any, **more: Any) -> Any:
        viewer = Viewer(cases=lambda: doors.sight(HERE[audience.rights]))
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


def test_a_new_screen_is_told_the_funnel_and_then_each_move(city: CaseCity, stream: Any) -> None:
    duty = stream("duty")
    duty.wait(lambda events: bool(told(events)))
    assert told(duty)[0] | {"from": "", "to": ""} == city.get("duty", "/case-funnel") | {
        "from": "",
        "to": "",
    }
    before = told(duty)[-1]
    case = city.report()["id"]
    duty.wait(lambda events: count(told(events)[-1], "上报") == count(before, "上报") + 1)
    city.move("duty", case, "受理")
    city.move("duty-2", case, "立案")
    duty.wait(lambda events: count(told(events)[-1], "立案") == count(before, "立案") + 1)
    assert told(duty)[-1]["open"] == before["open"] + 1
    again = stream("duty-2")
    again.wait(lambda events: bool(told(events)))
    assert told(again)[0]["open"] == before["open"] + 1


def test_who_may_see_no_case_hears_nothing_and_each_hears_of_own_cases_only(
    city: CaseCity, stream: Any
) -> None:
    duty, water, nobody = stream("duty"), stream("water"), stream("nobody")
    duty.wait(lambda events: bool(told(events)))
    city.report()
    duty.wait(lambda events: told(events)[-1]["open"] > told(events)[0]["open"])
    time.sleep(0.1)
    doors = CaseDoors(city.services)
    for who, screen in (("water", water), ("nobody", nobody)):
        sight = doors.sight(HERE[who])
        assert "城市管理" not in sight.schemes
        assert all(one["open"] == 0 for one in told(screen))
        assert bool(told(screen)) == (sight != Sight())


def test_a_quiet_log_is_not_told_again_and_a_late_commit_is(city: CaseCity) -> None:
    news, heard = CaseNews(city.services), list[Any]()
    sight = Sight(("城市管理",))
    feed = Feed(frozenset(), lambda _: True, viewer=Viewer(cases=lambda: sight))

    def tell(event: str, make: Any, *, greeting: Any) -> None:
        heard.append((event, make(feed), greeting(feed)))

    news._tell = tell
    assert news.look() is True  # who is there says so
    assert heard[-1] == ("cases", None, None)
    assert news.look() is True  # and hears of it
    assert heard[-1][1] is not None
    assert news.look() is False
    first, second = city.report()["id"], city.report()["id"]
    assert news.look() is True
    note, desk = Order("备注", note="看过"), Person("u-duty", DESK)
    cases, now = city.services.cases, datetime.now(UTC)
    with cases.store.writing() as slow:
        cases.move(first, note, desk, now=now, connection=slow)
        cases.move(second, note, desk, now=now)
        assert news.look() is True
        assert news.look() is False
    assert news.look() is True  # its number in the log is lower than one that was seen before
    assert news.look() is False
