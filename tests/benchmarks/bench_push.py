"""Push under load: `python -m tests.benchmarks.bench_push [--screens 200 --rate 100 --seconds 20]`.

A private Valkey, a writer, one web process and the screens are processes of their own. One more
screen stalls: it reads nothing. Printed as JSON: latency from write to arrival, share of a core.
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
        store.publish([Observation(indicator, "440200", _PERIOD, time.time(), recorded_at=now)])
        time.sleep(max(0.0, begun + (number + 1) / rate - time.perf_counter()))


class Screen(asyncio.Protocol):
    """A screen that notes how old each change is when it arrives."""

    def __init__(self, ages: list[float]) -> None:
        self._ages = ages
        self._rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        now = time.time()
        text = self._rest + data
        end = text.rfind(b"]") + 1
        self._ages += [now - float(one) for one in _STAMP.findall(text[:end])]
        self._rest = text[end:]


async def watch(port: int, screens: int, seconds: float, server: psutil.Process) -> dict[str, Any]:
    """Open the screens, measure for `seconds`."""
    loop, ages = asyncio.get_running_loop(), list[float]()
    for _ in range(screens):
        await loop.create_connection(lambda: Screen(ages), "127.0.0.1", port)
    stalled = socket.create_connection(("127.0.0.1", port))
    stalled.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(3)
    ages.clear()
    used, begun = sum(server.cpu_times()[:2]), time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - begun
    share = (sum(server.cpu_times()[:2]) - used) / took
    ages.sort()
    stalled.close()
    return {
        "screens": screens,
        "delivered_per_s": round(len(ages) / took),
        "p50_ms": round(ages[len(ages) // 2] * 1000),
        "p99_ms": round(ages[int(len(ages) * 0.99)] * 1000),
        "max_ms": round(ages[-1] * 1000),
        "server_core_share": round(share, 3),
        "server_rss_mb": round(server.memory_info().rss / 1e6),
    }


def main() -> None:
    """Run the benchmark, or one of its processes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--role", choices=["serve", "write"])
    parser.add_argument("--url", default="")
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
        options = ["--port", "0", "--unixsocket", f"{folder}/v.sock", "--dir", folder]
        commands = [[str(valkey_binary()), *options, "--save", "", "--loglevel", "warning"]]
        mine = [sys.executable, "-m", "tests.benchmarks.bench_push", "--url", url]
        mine += ["--port", str(given.port), "--rate", str(given.rate)]
        commands.append([*mine, "--role", "serve"])
        commands.append([*mine, "--role", "write", "--seconds", str(given.seconds + 30)])
        running: list[subprocess.Popen[bytes]] = []
        try:
            for command in commands:
                running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
                time.sleep(3 if len(running) == 2 else 0.5)
            server = psutil.Process(running[1].pid)
            print(json.dumps(asyncio.run(watch(given.port, given.screens, given.seconds, server))))  # noqa: T201 - the result
        finally:
            begun = time.perf_counter()
            for one in reversed(running):
                one.terminate()
                one.wait()
            stopped = timedelta(seconds=time.perf_counter() - begun)
            print(f"stopped in {stopped.total_seconds():.1f} s")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
