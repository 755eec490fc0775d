"""From a pushed value to the alert on every screen: where does the time go?

    python -m tests.benchmarks.bench_value_to_screen [--screens 50 --alerts 30] [--peace]

A private PostgreSQL and Valkey; values come by POST /api/v1/observations, the leader's round runs
as in the worker (in 战时 every second, with --peace every five), the web process pushes, screens
read /live. Each value breaches the shipped rule water.nh3n_high at one section and a good one ends
it again; a section is breached twice at most, for one that goes to and fro is kept firing as
flapping. Four stretches: asked → answered (the value is stored and readable), → evaluated (the
moment of the evaluation that fired), → stored (alert, event and standing committed), → on screen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app import migrations
from app.api import observations
from app.config import Config, EngineConfig
from app.engines import attach
from app.problems import install_problems
from app.roles.alerting import AlertRound
from app.security.install import protect
from app.security.tokens import Issuer
from tests.api.alert_city import AlertCity, alert_city
from tests.benchmarks.bench_alert_push import _serve, _share
from tests.security.serving import serving
from topics.kit.alerting.contracts import AlertEvent, AlertStep
from topics.kit.periods import ZONE

RULE, INDICATOR = "water.nh3n_high", "water.nh3n"
BAD, GOOD = 3.0, 0.2
_ROW = re.compile(rb'"id":"([0-9a-f]{16})"')
_PATIENCE = 30.0


@dataclass
class Fired:
    """One alert's way in seconds since 1970."""

    asked: float = 0.0
    answered: float = 0.0
    evaluated: float = 0.0
    stored: float = 0.0


class Screens:
    """Streams that note when each alert first came to each of them."""

    def __init__(self, port: int, count: int) -> None:
        self._port, self._stop = port, asyncio.Event()
        self.arrived: list[dict[str, float]] = [{} for _ in range(count)]
        self.connected = 0

    async def run(self) -> None:
        """Read until told to stop."""
        await asyncio.gather(*(self._read(one) for one in self.arrived))

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    async def _read(self, found: dict[str, float]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        rest = await reader.read(1)  # the answer has begun
        self.connected += 1
        while not self._stop.is_set():
            with suppress(TimeoutError):
                got = await asyncio.wait_for(reader.read(1 << 16), 0.5)
                now = time.time()
                *lines, rest = (rest + got).split(b"\n")
                for name in (name for line in lines for name in _ROW.findall(line)):
                    found.setdefault(name.decode(), now)
        writer.close()


class Leader:
    """The worker's round in a thread; `fired` says what became of each value."""

    def __init__(self, city: AlertCity) -> None:
        self.fired: dict[str, Fired] = {}
        self.resolved = 0
        self._round = AlertRound(city.services, told=self._told)
        self._over = False
        self._thread = threading.Thread(target=self._lead, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._over = True
        self._round.end()
        self._thread.join(10)

    def _lead(self) -> None:
        self._round.begin()
        while not self._over:
            self._round.beat()

    def _told(self, events: Sequence[AlertEvent]) -> None:
        now = time.time()
        for one in events:
            if one.step is AlertStep.FIRED and one.data.get("rule") == RULE:
                self.fired[one.alert] = Fired(evaluated=one.at.timestamp(), stored=now)
            self.resolved += one.step is AlertStep.RESOLVED


def _push(client: httpx.Client, token: dict[str, str], section: str, value: float) -> None:
    now = datetime.now(UTC).astimezone(ZONE)
    at = now.replace(hour=now.hour // 4 * 4, minute=0, second=0, microsecond=0)
    row = {"indicator": INDICATOR, "region": section, "period": at.isoformat(), "value": value}
    answer = client.post("/api/v1/observations", json=row, headers=token)
    assert answer.status_code == 200, answer.text


def _until(condition: Any) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.01)


def _measure(
    city: AlertCity, client: httpx.Client, leader: Leader, screens: Screens, alerts: int
) -> dict[str, Fired]:
    _, secret = Issuer(city.services.tokens, city.services.audit).issue(
        ["observations:write"], topic=None, by="benchmark"
    )
    token = {"Authorization": f"Bearer {secret}"}
    sections = city.services.rules.require(RULE).series
    assert alerts <= 2 * len(sections), f"at most {2 * len(sections)} alerts: more would flap"
    way: dict[str, Fired] = {}
    for n in range(alerts):
        section, known = sections[n % len(sections)], set(leader.fired)
        time.sleep(0.137 * (n % 8))  # anywhere in the second
        asked = time.time()
        _push(client, token, section, BAD)
        answered = time.time()
        _until(lambda known=known: set(leader.fired) - known)
        alert = (set(leader.fired) - known).pop()
        way[alert] = replace(leader.fired[alert], asked=asked, answered=answered)
        _until(lambda alert=alert: all(alert in one for one in screens.arrived))
        ended = leader.resolved
        _push(client, token, section, GOOD)
        _until(lambda ended=ended: leader.resolved > ended)
    return way


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screens", type=int, default=50)
    parser.add_argument("--alerts", type=int, default=30)
    parser.add_argument("--peace", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with attach(home / "engines", EngineConfig()) as urls:
            migrations.upgrade(urls.postgres)
            config = replace(Config(), home_path=home)
            city = alert_city(home, urls.postgres, urls.valkey, config)
            if not asked.peace:
                city.services.modes.change(
                    by="benchmark", reason="测量", now=datetime.now(UTC), wartime=True
                )
            way, screens = _run(city, asked.screens, asked.alerts)
    _say(way, screens, asked)


def _run(city: AlertCity, count: int, alerts: int) -> tuple[dict[str, Fired], Screens]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server, thread = _serve(city, port)
    _until(lambda: server.started)
    screens = Screens(port, count)
    reading = threading.Thread(target=lambda: asyncio.run(screens.run()), daemon=True)
    reading.start()
    leader = Leader(city)
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    application.include_router(observations.router(city.services))
    install_problems(application)
    protect(application, city.services)
    try:
        _until(lambda: screens.connected == count)
        with serving(application) as client:
            way = _measure(city, client, leader, screens, alerts)
    finally:
        leader.stop()
        screens.stop()
        reading.join(5)
        server.handle_exit(15, None)
        thread.join(5)
    return way, screens


def _say(way: dict[str, Fired], screens: Screens, asked: argparse.Namespace) -> None:
    ways = list(way.items())
    shown = [(one[alert], fired) for alert, fired in ways for one in screens.arrived]
    stretches = {
        "asked_to_answered": [one.answered - one.asked for _, one in ways],
        "answered_to_evaluated": [max(0.0, one.evaluated - one.answered) for _, one in ways],
        "evaluated_to_stored": [one.stored - one.evaluated for _, one in ways],
        "stored_to_screen": [at - one.stored for at, one in shown],
        "evaluated_to_screen": [at - one.evaluated for at, one in shown],
        "asked_to_screen": [at - one.asked for at, one in shown],
    }
    result = {
        "screens": asked.screens,
        "alerts": asked.alerts,
        "cadence_s": 5 if asked.peace else 1,
        **{
            name: {"p50_s": _share(found, 0.5), "p99_s": _share(found, 0.99)}
            for name, found in stretches.items()
        },
    }
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
