"""Alert on screen: `python -m tests.benchmarks.bench_alert_push [--screens 50 --alerts 100]`.

A private PostgreSQL and Valkey, one web process with /live, and screens that read it. Alerts are
written to the log as the evaluation writes them; a screen's clock stops when the row of the alert
has arrived. The peer is a page that asks GET /api/v1/alerts every second, on the same log. Then
10,000 alerts within a minute: what the list of the desk takes meanwhile, and one turn of the
leader. Printed as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import migrations
from app.alerts.sight import AlertSight
from app.alerts.tending import Tending
from app.config import Config, EngineConfig
from app.engines import attach
from app.push.alerts import AlertNews
from app.push.feeds import Audience, Viewer
from app.push.live import LivePush
from app.push.server import LiveServer
from app.push.stream import EventStream, Pace
from tests.api.alert_city import PEOPLE, AlertCity, alert_city
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep

_ROW = re.compile(rb'"id":"(s\d+)"')


async def _always() -> bool:
    return True


def _serve(city: AlertCity, port: int) -> tuple[LiveServer, threading.Thread]:
    services = city.services
    push = LivePush(services.live, list, tellers=[AlertNews(services)])
    sight = AlertSight(services, PEOPLE["duty"])

    async def live(_: Request) -> Response:
        push.start()
        viewer = Viewer(sight.sees, signed_in=True)
        screen = push.hub.join(Audience("all"), lambda _: True, viewer=viewer)
        return EventStream(screen, push.hub.leave, _always, Pace())

    application = Starlette(routes=[Route("/live", live)])
    config = uvicorn.Config(application, port=port, log_level="warning", lifespan="off")
    server = LiveServer(config, push.close)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    return server, thread


async def _watch(port: int, arrived: list[tuple[str, float]], stop: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
    rest = b""
    while not stop.is_set():
        with suppress(TimeoutError):
            got = await asyncio.wait_for(reader.read(1 << 16), 0.5)
            now = time.time()
            lines = (rest + got).split(b"\n")
            rest = lines.pop()
            found = (name for line in lines for name in _ROW.findall(line))
            arrived += [(name.decode(), now) for name in found]
    writer.close()


def _event(name: str, n: int) -> AlertEvent:
    told = {"rule": f"water.{name}", "region": "440205", "topic": "water", "title": name}
    level = list(AlertLevel)[n % 4]
    return AlertEvent(name, AlertStep.FIRED, datetime.now(UTC), level=level, value=2.3, data=told)


async def _pushed(city: AlertCity, port: int, screens: int, alerts: int) -> list[float]:
    arrived: list[tuple[str, float]] = []
    stop = asyncio.Event()
    watching = [asyncio.create_task(_watch(port, arrived, stop)) for _ in range(screens)]
    await asyncio.sleep(2)
    written: dict[str, float] = {}
    for n in range(alerts):
        name = f"s{n}"
        written[name] = time.time()
        await asyncio.to_thread(city.services.alerts.append, [_event(name, n)])
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    stop.set()
    await asyncio.gather(*watching)
    first: dict[str, list[float]] = {}
    for name, at in arrived:
        if name in written:
            first.setdefault(name, []).append(at - written[name])
    # The first arrival on each screen: later ones are changes of the same alert.
    return [took for found in first.values() for took in sorted(found)[:screens]]


def _polled(city: AlertCity, alerts: int) -> list[float]:
    """The peer: how long until a page that asks every second has the alert."""
    took = []
    for n in range(alerts):
        # Where in its second an alert falls is even.
        waits, begun = (n + 0.5) / alerts, time.perf_counter()
        city.get("duty", "/api/v1/alerts?open=1")
        took.append(waits + time.perf_counter() - begun)
    return took


def _share(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 3)


def _stormy(n: int, counties: Sequence[str]) -> AlertEvent:
    """Ten counties for each rule, so that the leader has groups to make."""
    told = {"rule": f"water.w{n // 10}", "region": counties[n % 10], "topic": "water",
            "title": f"w{n}", "rule_title": "w", "route": ["swj"]}  # fmt: skip
    level = list(AlertLevel)[n % 4]
    return AlertEvent(
        f"w{n}", AlertStep.FIRED, datetime.now(UTC), level=level, value=2.3, data=told
    )


def _storm(city: AlertCity, count: int) -> dict[str, Any]:
    """So many alerts in batches of 500, and the list read meanwhile."""
    counties = [one.code for one in city.services.regions.all() if one.level == "county"]
    listed, begun = [], time.perf_counter()
    for start in range(0, count, 500):
        city.services.alerts.append([_stormy(n, counties) for n in range(start, start + 500)])
        asked = time.perf_counter()
        page = city.get("duty", "/api/v1/alerts?open=1&limit=50")
        listed.append(time.perf_counter() - asked)
    wrote = time.perf_counter() - begun
    tending, turns = Tending(city.services), []
    for _ in range(3):
        turned, busy = time.perf_counter(), time.process_time()
        tending.turn(datetime.now(UTC))
        turns.append((time.perf_counter() - turned, time.process_time() - busy))
    calm = []
    for _ in range(5):
        asked = time.perf_counter()
        city.get("duty", "/api/v1/alerts?open=1&limit=50")
        calm.append(time.perf_counter() - asked)
    return {
        "alerts": count,
        "written_and_listed_s": round(wrote, 1),
        "list_ms_median": round(1000 * median(listed)),
        "list_ms_last": round(1000 * listed[-1]),
        "open_in_list": page["open"],
        "list_ms_afterwards": round(1000 * median(calm)),
        "leader_turns_s": [round(wall, 2) for wall, _ in turns],
        "leader_turns_own_s": [round(busy, 2) for _, busy in turns],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screens", type=int, default=50)
    parser.add_argument("--alerts", type=int, default=100)
    parser.add_argument("--storm", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with attach(home / "engines", EngineConfig()) as urls:
            migrations.upgrade(urls.postgres)
            config = replace(Config(), home_path=home)
            city = alert_city(home, urls.postgres, urls.valkey, config)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            server, thread = _serve(city, port)
            time.sleep(1)
            took = asyncio.run(_pushed(city, port, asked.screens, asked.alerts))
            polled = _polled(city, 50)
            storm = _storm(city, asked.storm)
            server.handle_exit(15, None)
            thread.join(5)
    print(  # noqa: T201 - this is its output
        json.dumps(
            {
                "screens": asked.screens,
                "arrivals": len(took),
                "expected": asked.screens * asked.alerts,
                "p50_s": _share(took, 0.5),
                "p99_s": _share(took, 0.99),
                "polling_p50_s": _share(polled, 0.5),
                "polling_p99_s": _share(polled, 0.99),
                "storm": storm,
            }
        )
    )


if __name__ == "__main__":
    main()
