"""A Valkey that may be killed, a hub on a real uvicorn, and a reader of its streams."""

from __future__ import annotations

import codecs
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
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
from topics.kit.events import Position
from topics.kit.stores.valkey import LiveStore, connect_valkey

START = datetime(2026, 11, 22, 3, tzinfo=UTC)


def observation(
    value: float, *, indicator: str = "air.pm25_hour", region: str = "440203", hour: int = 0
) -> Observation:
    period = Period(START + timedelta(hours=hour), PeriodKind.HOUR)
    return Observation(indicator, region, period, value, recorded_at=datetime.now(UTC))


class OwnValkey:
    """A private server that a test may kill and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"unix://{folder}/v.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = str(valkey_binary())
        options = ["--port", "0", "--unixsocket", f"{self._folder}/v.sock"]
        options += ["--dir", str(self._folder), "--appendonly", "yes", "--save", ""]
        self._process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with connect_valkey(self.url) as client:
                try:
                    client.ping()
                except Exception:  # noqa: BLE001 - not up yet, whatever it says
                    time.sleep(0.05)
                else:
                    return
        raise RuntimeError("Valkey 没有启动")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    server = OwnValkey(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def store(own_valkey: OwnValkey) -> Iterator[LiveStore]:
    with connect_valkey(own_valkey.url) as client:
        yield LiveStore(client, keep=1000)


class Events:
    """Reads one stream on a thread; `wait` until what came fulfils a condition."""

    def __init__(self, port: int, *, last: str = "", query: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        header = f"Last-Event-ID: {last}\r\n" if last else ""
        self._socket.sendall(
            f"GET /live{query} HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode("ascii")
        )
        self.text = ""
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")().decode
        while got := self._received():
            self.text += decode(got)
        self.ended.set()

    def _received(self) -> bytes:
        try:
            return self._socket.recv(65536)
        except OSError:
            return b""

    @property
    def events(self) -> list[tuple[str, str, list[Any]]]:
        """(event, id, data) in order."""
        found = []
        for block in self.text.replace("\r\n", "\n").split("\n\n"):
            fields = dict(
                line.split(": ", 1)
                for line in block.split("\n")
                if line.startswith(("id: ", "event: ", "data: "))
            )
            if "event" in fields and fields.get("data", "").endswith("]"):
                found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
        return found

    def values(self) -> list[Any]:
        """All values told, in order, without rows."""
        return [row[3] for event, _, data in self.events if event != "rows" for row in data]

    def wait(self, holds: Callable[[Events], bool], patience: float = 60) -> Events:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if holds(self):
                return self
            time.sleep(0.02)
        raise AssertionError(self.text[-2000:])

    def close(self) -> None:
        with suppress(OSError):  # the server may have closed it first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(30)


class Program:
    """A web process in small: /live on a real uvicorn in a thread of this process."""

    def __init__(self, push: LivePush, pace: Pace, grace: int = 2) -> None:
        self.push = push
        self.allowed = True

        async def live(request: Request) -> Response:
            push.start()
            hidden = request.query_params.get("hide", "-")
            screen = push.hub.join(
                Audience(hidden),
                lambda indicator: not indicator.startswith(hidden),
                region=request.query_params.get("region"),
                last=Position.parse(request.headers.get("last-event-id")),
                address="here",
            )
            return EventStream(screen, push.hub.leave, self._still, pace)

        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(512)
        self.port: int = self._socket.getsockname()[1]
        settings = uvicorn.Config(
            Starlette(routes=[Route("/live", live)]),
            log_level="warning",
            timeout_graceful_shutdown=grace,
            lifespan="off",
        )
        self.server = LiveServer(settings, push.close)
        self._thread = threading.Thread(target=self.server.run, args=[[self._socket]])
        self._thread.start()

    async def _still(self) -> bool:
        return self.allowed

    def stop(self) -> bool:
        """Stop as on SIGTERM; whether it ended within a minute."""
        self.server.handle_exit(15, None)
        self._thread.join(60)
        self.push.wait(timedelta(seconds=30))
        return not self._thread.is_alive()


@pytest.fixture
def program() -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def start(push: LivePush, pace: Pace = Pace(), grace: int = 2) -> Program:
        made.append(Program(push, pace, grace))
        return made[-1]

    yield start
    for one in made:
        one.stop()
