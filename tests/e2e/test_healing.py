"""The whole `tonglan run`: a part killed by kill -9 comes back, no acknowledged write is lost."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

_HEAL_SECONDS = 120  # a hung restart fails; how fast it is on a quiet machine is no test
_INDICATOR = "ecology.pm25_hour"
_REGION = "440203"
_FIRST = datetime(2021, 1, 1, tzinfo=UTC)


class Program:
    """`tonglan run` on a home without the demo."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.config = folder / "config.toml"
        self.config.write_text("[demo]\nenabled = false\n", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        port = self.url.rsplit(":", 1)[1]
        self.process = subprocess.Popen(self._command("run", "--port", port), cwd=folder)

    def call(self, *arguments: str) -> str:
        """Run another command on the same home."""
        return subprocess.run(
            self._command(*arguments), check=True, capture_output=True, text=True, timeout=120
        ).stdout

    def ready(self) -> bool:
        """Tell whether /readyz says yes."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def part(self, text: str) -> psutil.Process:
        """The process below the supervisor whose command line carries `text`."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next(one for one in children if text in _command_of(one))

    def _command(self, *arguments: str) -> list[str]:
        where = ("--home", str(self.home), "--config", str(self.config))
        return [sys.executable, "-m", "app", *arguments, *where]


class Pusher(threading.Thread):
    """Pushes one hour after the other and remembers those that were acknowledged."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self.stop = threading.Event()
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=5
        )

    def run(self) -> None:
        hour = 0
        while not self.stop.wait(0.02):
            hour += 1
            if self._push(hour):
                self.acknowledged.append(hour)
        self._client.close()

    def _push(self, hour: int) -> bool:
        period = (_FIRST + timedelta(hours=hour)).isoformat()
        body = {"indicator": _INDICATOR, "region": _REGION, "period": period, "value": hour}
        try:
            return self._client.post("/api/v1/observations", json=body).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    one = Program(tmp_path_factory.mktemp("healing"))
    try:
        assert eventually(one.ready, 120)
        yield one
    finally:
        one.process.terminate()
        one.process.wait(timeout=60)


@pytest.fixture(scope="module")
def token(program: Program) -> str:
    scopes = ("--scope", "observations:write", "--scope", "read")
    return str(json.loads(program.call("tokens", "add", *scopes, "--json"))["token"])


@pytest.mark.parametrize(
    "part", ["role web", "role worker", "valkey-server", "bin/postgres", "app.engines.keeper"]
)
def test_a_killed_part_heals_and_no_acknowledged_observation_is_lost(
    program: Program, token: str, part: str
) -> None:
    pusher = Pusher(program.url, token)
    pusher.start()
    assert eventually(lambda: len(pusher.acknowledged) > 10, 60)
    victim = program.part(part)
    victim.kill()
    before = len(pusher.acknowledged)
    assert eventually(lambda: program.ready() and _lives(program, part), _HEAL_SECONDS)
    assert eventually(lambda: len(pusher.acknowledged) > before + 5, _HEAL_SECONDS)
    pusher.stop.set()
    pusher.join(timeout=60)
    assert set(pusher.acknowledged) <= stored_hours(program, token)


def test_the_stop_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one = Program(tmp_path_factory.mktemp("stopping"))
    assert eventually(one.ready, 120)
    everything = psutil.Process(one.process.pid).children(recursive=True)
    one.process.terminate()
    assert one.process.wait(timeout=60) == 0
    _, left = psutil.wait_procs(everything, timeout=30)
    assert left == []


def stored_hours(program: Program, token: str) -> set[int]:
    """The hours that the program still knows."""
    hours: set[int] = set()
    ask = {"indicator": _INDICATOR, "region": _REGION, "from": "2021-01-01", "to": "2022-01-01"}
    path: str | None = "/api/v1/observations?" + str(httpx.QueryParams({**ask, "limit": 10000}))
    with httpx.Client(
        base_url=program.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        while path:
            answer = client.get(path).raise_for_status().json()
            hours |= {int(item["value"]) for item in answer["items"]}
            path = answer["next"]
    return hours


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask again until `holds` is true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _command_of(one: psutil.Process) -> str:
    """Its command line; empty of one that ended meanwhile, as a server's helpers do."""
    try:
        return " ".join(one.cmdline())
    except psutil.Error:
        return ""


def _lives(program: Program, part: str) -> bool:
    try:
        return program.part(part).is_running()
    except (StopIteration, psutil.Error):
        return False
