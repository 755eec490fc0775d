"""What cannot be asked of an alert, and receivers that lie, are said in words; nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.channels.sender import Sender
from app.config import ChannelConfig, Config, ReceiverConfig
from tests.api.alert_city import AlertCity, alert_city
from tests.channels.receivers import ERROR_PAGE, JSON, Got, hangs, receiver
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import NoticeState, Patience
from topics.kit.notify.lanes import Lanes
from topics.kit.refresh.hosts import HostGuard

A = "/api/v1/alerts"


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    made = alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)
    made.fire("bad-red")
    return made


def at(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


@pytest.mark.parametrize(
    ("body", "item", "said"),
    [
        (
            {"until": timedelta(hours=-1), "reason": "检修"},
            "until",
            "暂停的截止时间已过;请选以后的时间",
        ),
        (
            {"until": timedelta(hours=3), "reason": "检修"},
            "until",
            "红色告警最长暂停 2 小时;请选更近的时间",
        ),
        ({"until": timedelta(hours=1.9), "reason": " "}, "reason", "暂停提醒要写原因,如 设备检修"),
        ({"until": "2026-02-31", "reason": "检修"}, "", "不是时间;写成 2026-10-01"),
        ({"reason": "检修"}, "until", "没有写;请补上"),
        ({"until": timedelta(hours=1.9), "reason": "检修", "why": "x"}, "why", "不认识"),
        ({"until": 5, "reason": "检修"}, "until", "应是文字"),
    ],
)
def test_a_pause_that_cannot_be_names_the_field_and_the_fix_and_pauses_nothing(
    city: AlertCity, body: dict[str, Any], item: str, said: str
) -> None:
    before = city.steps("bad-red")
    if isinstance(until := body.get("until"), timedelta):
        body = body | {"until": (datetime.now(UTC) + until).isoformat()}
    answer = city.post("duty", "alerts/bad-red/pause", body)
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert said in told["detail"]
    assert [one["item"] for one in told.get("errors", [])] == ([item] if item else [])
    assert "Traceback" not in answer.text
    assert city.steps("bad-red") == before


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"category": "城市管理/事项/99001", "unit": "swj"}, 422, "没有大类 99"),
        ({"category": "06026"}, 422, "写成 方案/种类/代码"),
        ({"region": "999999"}, 422, "没有区划 '999999';请从列表里选"),
        ({"unit": "nobody"}, 422, "nobody"),
    ],
)
def test_a_dispatch_that_cannot_be_makes_no_case(
    city: AlertCity, body: dict[str, Any], status: int, said: str
) -> None:
    order = {"category": "城市管理/事项/06026", "region": "440205"} | body
    answer = city.post("duty", "alerts/bad-red/dispatch", order)
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]
    assert city.get("duty", f"{A}/bad-red")["case"] is None


def _says(status: int, kind: str, body: str) -> Callable[[Got], tuple[int, str, bytes]]:
    return lambda _: (status, kind, body.encode())


LIARS: dict[str, tuple[str, Any, str]] = {
    "page": ("webhook", lambda _: ERROR_PAGE, "返回 200,但内容是网页"),
    "wecom": (
        "wecom",
        _says(200, JSON, '{"errcode": 45009, "errmsg": "api freq out of limit"}'),
        "机器人拒收:errcode 45009",
    ),
    "refuses": ("webhook", _says(503, JSON, "{}"), "返回 HTTP 503"),
    "slow": ("webhook", hangs(5), "秒内没有回答"),
    "dead": ("webhook", None, "连不上"),
}


@pytest.fixture(params=LIARS)
def liar(
    request: pytest.FixtureRequest, tmp_path: Path, module_database_url: str, valkey_url: str
) -> Iterator[tuple[AlertCity, str, str]]:
    """A city that tells one receiver, which lies in the way asked for, and an honest one."""
    name = request.param
    kind, answer, said = LIARS[name]
    with receiver(answer or (lambda _: ERROR_PAGE)) as there, receiver() as honest:
        url = "http://127.0.0.1:9/in" if answer is None else there.url
        config = replace(
            Config(),
            channels={
                "way": ChannelConfig(kind=kind, url=url, timeout_s=1),
                "good": ChannelConfig(kind="webhook", url=honest.url),
            },
            receivers={
                name: ReceiverConfig(channel="way"),
                f"good-{name}": ReceiverConfig(channel="good"),
            },
        )
        yield alert_city(tmp_path, module_database_url, valkey_url, config), name, said


def sent(city: AlertCity, name: str) -> dict[str, Any]:
    """The one message to the receiver, as the shift reads it."""
    states = "&".join(f"state={one.value}" for one in NoticeState)
    items = city.get("duty", f"/api/v1/notices?{states}&about=lie:")["items"]
    (one,) = (one for one in items if one["receiver"] == f"receiver:{name}")
    return dict(one)


def test_a_receiver_that_lies_is_named_to_the_shift_and_delays_no_other(
    liar: tuple[AlertCity, str, str],
) -> None:
    city, name, said = liar
    services, stop = city.services, threading.Event()
    told = [
        Message(f"lie:{one}", f"receiver:{one}", "氨氮 2.31 mg/L", "")
        for one in (name, f"good-{name}")
    ]
    services.notices.send(told, now=datetime.now(UTC))
    guarded = Sender(services.directory, HostGuard(local=True))
    patience = Patience(first=timedelta(milliseconds=10), give_up=2)
    lanes = Lanes(services.notices, guarded, worker=name, patience=patience)
    deadline = time.monotonic() + 60
    while sent(city, name)["state"] != "failed" and time.monotonic() < deadline:
        lanes.start_due(stop)
        time.sleep(0.02)
    lied = sent(city, name)
    assert (lied["state_text"], lied["attempts"]) == ("未送达", 2)
    assert said in lied["said"]
    assert [one["ok"] for one in lied["tries"]] == [False, False]
    assert all(said in one["said"] for one in lied["tries"])
    assert sent(city, f"good-{name}")["state_text"] == "已送达"
    assert city.get("duty", A)["items"], "screens stay live"
