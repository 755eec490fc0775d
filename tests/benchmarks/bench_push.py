"""Push under load: `python -m tests.benchmarks.bench_push [--screens 200 --rate 100 --seconds 20]`.

A private Valkey, a writer, the web processes (`--webs 2`) and the screens are processes of their
own. One more screen stalls: it reads nothing. `--kill` kills Valkey in the middle, for three
seconds. Printed as JSON: latency from write to arrival, share of a core of each web process, and
with `--kill` how long after Valkey's return every screen was told of changes again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.engines.valkey import valkey_binary
from app.push.feeds import Audience
from app.push.live import LivePush
from app.push.server import LiveServer
from app.push.stream import EventStream, Pace
from layers.errors import StoreUnavailable
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.stores.valkey import LiveStore, connect_valkey

_STAMP = re.compile(rb'",(1[0-9]{9}\.[0-9]+),"ok"')
_PERIOD = Period(datetime(2026, 11, 22, tzinfo=UTC), PeriodKind.HOUR)


async def _always() -> bool:
    return True


def serve(url: str, port: int) -> None:
    """The web process: /live and nothing else."""
    push = LivePush(LiveStore(connect_valkey(url)), list)

    async def live(_: Request) -> Response:
        push.start()
        screen = push.hub.join(Audience("all"), lambda _: True)
        return EventStream(screen, push.hub.leave, _always, Pace())

    application = Starlette(routes=[Route("/live", live)])
    config = uvicorn.Config(application, port=port, log_level="warning", lifespan="off")
    LiveServer(config, push.close).run()


def write(url: str, rate: int, seconds: float) -> None:
    """The writer: `rate` changes a second, one at a time, each with its time as its value."""
    store, begun = LiveStore(connect_valkey(url)), time.perf_counter()
    for number in range(int(rate * seconds)):
        indicator = f"bench.i{number % 100}"
        now = datetime.now(UTC)
        with suppress(StoreUnavailable):  # what a killed Valkey missed is not measured
            store.publish([Observation(indicator, "440200", _PERIOD, time.time(), recorded_at=now)])
        time.sleep(max(0.0, begun + (number + 1) / rate - time.perf_counter()))


class Screen(asyncio.Protocol):
    """A screen that notes how old each change is when it arrives."""

    def __init__(self, ages: list[float]) -> None:
        self._ages = ages
        self.last = 0.0  # when the newest change that was told of was written
        self._rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        now = time.time()
        text = self._rest + data
        end = text.rfind(b"]") + 1
        stamps = [float(one) for one in _STAMP.findall(text[:end])]
        self._ages += [now - one for one in stamps]
        self.last = max([self.last, *stamps])
        self._rest = text[end:]


async def watch(
    ports: list[int], given: argparse.Namespace, servers: list[psutil.Process], valkey: Valkey
) -> dict[str, Any]:
    """Open the screens, spread over the web processes, and measure."""
    loop, ages, seconds = asyncio.get_running_loop(), list[float](), given.seconds
    screens = [Screen(ages) for _ in range(given.screens)]
    for number, one in enumerate(screens):
        await loop.create_connection(lambda one=one: one, "127.0.0.1", ports[number % len(ports)])
    stalled = socket.create_connection(("127.0.0.1", ports[0]))
    stalled.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(3)
    ages.clear()
    used, begun = [_used(one) for one in servers], time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - begun
    shares = [(_used(one) - was) / took for one, was in zip(servers, used, strict=True)]
    told = sorted(ages)
    found = {
        "screens": given.screens,
        "webs": len(servers),
        "delivered_per_s": round(len(told) / took),
        "p50_ms": round(told[len(told) // 2] * 1000),
        "p99_ms": round(told[int(len(told) * 0.99)] * 1000),
        "max_ms": round(told[-1] * 1000),
        "server_core_share": [round(one, 3) for one in shares],
        "server_rss_mb": [round(one.memory_info().rss / 1e6) for one in servers],
    }
    if given.kill:
        found["told_again_after_s"] = await _killed(valkey, screens)
    stalled.close()
    return found


async def _killed(valkey: Valkey, screens: list[Screen]) -> float:
    """Seconds from Valkey's return until every screen was told of something written after it."""
    valkey.kill()
    await asyncio.sleep(3)
    valkey.start()
    back = time.time()
    while any(one.last <= back for one in screens):
        await asyncio.sleep(0.01)
        if time.time() - back > 60:
            raise TimeoutError("some screen hears nothing")
    return round(time.time() - back, 2)


def _used(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _await(port: int) -> None:
    """Wait until a web process takes connections."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise TimeoutError(str(port))


class Valkey:
    """The private server, killed and started again."""

    def __init__(self, folder: str) -> None:
        """Start it."""
        options = ["--port", "0", "--unixsocket", f"{folder}/v.sock", "--dir", folder]
        self._command = [str(valkey_binary()), *options, "--save", "", "--loglevel", "warning"]
        self.start()

    def start(self) -> None:
        """Run it."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


def main() -> None:
    """Run the benchmark, or one of its processes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--role", choices=["serve", "write"])
    parser.add_argument("--url", default="")
    parser.add_argument("--webs", type=int, default=1)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--port", type=int, default=18961)
    given = parser.parse_args()
    if given.role == "serve":
        serve(given.url, given.port)
    elif given.role == "write":
        write(given.url, given.rate, given.seconds)
    else:
        _all(given)


def _all(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"unix://{folder}/v.sock"
        ports = [given.port + number for number in range(given.webs)]
        running: list[subprocess.Popen[bytes]] = []

        def start(*options: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "tests.benchmarks.bench_push", "--url", url, *options]
            running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            return running[-1]

        valkey = Valkey(folder)
        try:
            time.sleep(0.5)
            webs = [start("--role", "serve", "--port", str(port)) for port in ports]
            for port in ports:
                _await(port)
            lasts = str(given.seconds + 90)
            start("--role", "write", "--rate", str(given.rate), "--seconds", lasts)
            servers = [psutil.Process(one.pid) for one in webs]
            found = asyncio.run(watch(ports, given, servers, valkey))
            print(json.dumps(found))  # noqa: T201 - the result
        finally:
            begun = time.perf_counter()
            for one in reversed(running):
                one.terminate()
                one.wait()
            stopped = timedelta(seconds=time.perf_counter() - begun)
            print(f"stopped in {stopped.total_seconds():.1f} s")  # noqa: T201 - the result
            valkey.kill()


if __name__ == "__main__":
    main()
