"""One `tonglan run` as an operator starts it: its commands, its parts, its end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import psutil

from tests.holidays import bring_calendar
from tests.ports import held_port, port_of

ROOT = Path(__file__).resolve().parents[2]
_CHINA = ZoneInfo("Asia/Shanghai")
_ONE_TIME = re.compile(r"一次性口令 (\S+)")


class City:
    """A running program on its own home and port."""

    def __init__(self, folder: Path, *, config: str = "", host: str = "127.0.0.1") -> None:
        """Start it; `ready` tells when it can be used."""
        self.home = folder / "home"
        self.config = folder / "config.toml"
        self.config.write_text(config, encoding="utf-8")
        bring_calendar(self.home)
        self._place = held_port()
        self.port = port_of(self._place)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "run.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command("run", "--host", host, "--port", str(self.port)),
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def command(self, *arguments: object) -> list[str]:
        where = ("--home", str(self.home), "--config", str(self.config))
        return [sys.executable, "-m", "app", *map(str, arguments), *where]

    def call(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run another command on the same home while this one runs."""
        return subprocess.run(
            self.command(*arguments),
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=ROOT,
        )

    def answer(self, *arguments: object) -> Any:
        """What a command that must succeed answers with --json."""
        done = self.call(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False

    def wait(self, seconds: float = 480) -> City:
        """Return when it is ready and has said so; fail with its log otherwise."""
        told = eventually(
            lambda: self.said("请用浏览器打开") or self.process.poll() is not None, seconds
        )
        assert told, self._told()[-3000:]
        assert eventually(self.ready, 60), self._told()[-3000:]
        return self

    def said(self, words: str) -> bool:
        return words in self._told()

    def _told(self) -> str:
        """Its log so far, whose last character may be half written."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def one_time_password(self) -> str:
        found = _ONE_TIME.search(self._told())
        assert found, "the start did not show a one-time password"
        return found.group(1)

    def part(self, text: str) -> psutil.Process:
        """The process below the supervisor whose command line carries `text`."""
        return next(one for one in self._below() if text in _command_of(one))

    def lives(self, text: str, *, but: psutil.Process | None = None) -> bool:
        """Whether such a process is there; `but` is one that was killed and does not count."""
        return any(text in _command_of(one) for one in self._below() if one != but)

    def _below(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self, text: str) -> psutil.Process:
        """kill -9 of such a part; returns once it and its own processes do nothing any more."""
        dead = self.part(text)
        # A role may have started the keeper, which outlives it.
        below = [] if text.startswith("role") else dead.children(recursive=True)
        dead.kill()
        assert eventually(lambda: not any(map(runs, [dead, *below])), 120), text
        return dead

    @contextmanager
    def without(self, text: str, *, kept_by: psutil.Process) -> Iterator[None]:
        """kill -9 of such a part, which stays away for the block: who would start it stands still.

        How soon it would be back hangs on the machine, and so what somebody sees meanwhile.
        """
        kept_by.suspend()
        try:
            self.kill(text)
            yield
        finally:
            kept_by.resume()

    def processes(self) -> list[psutil.Process]:
        """Every process of this program or that names its home."""
        mine = self._below()
        named = [one for one in psutil.process_iter(["cmdline"]) if self._names_home(one)]
        return [*mine, *named]

    def _names_home(self, one: psutil.Process) -> bool:
        return any(str(self.home) in word for word in one.info["cmdline"] or ())

    def stop(self) -> None:
        """SIGTERM; returns when it ended with status 0."""
        self.process.terminate()
        assert self.process.wait(timeout=120) == 0, self._told()[-3000:]

    def end(self) -> None:
        """However it stands: it does not run after that, and its port is free."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=120)
        finally:
            self.process.kill()
            self.process.wait()
            self._place.close()


class Desk:
    """A script's way to the observations of a running city, with a token that may write them."""

    def __init__(self, city: City, token: str) -> None:
        self.http = httpx.Client(
            base_url=city.url, headers={"Authorization": f"Bearer {token}"}, timeout=120
        )

    def latest(self, indicator: str, region: str) -> dict[str, Any]:
        return self.listed(indicator=indicator, region=region)[0]

    def listed(self, **asked: Any) -> list[dict[str, Any]]:
        answer = self.http.get(f"/api/v1/observations?{urlencode(asked)}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def push(self, body: Any, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.post("/api/v1/observations", json=body, headers=headers)

    def this_month(self, indicator: str, region: str, value: float) -> dict[str, Any]:
        """Push a monthly value for the month under way, of which the demo says nothing yet."""
        answer = self.push(month_row(indicator, region, value))
        assert answer.status_code == 200, answer.text
        (item,) = answer.json()["items"]
        assert isinstance(item, dict)
        return item


def month_row(indicator: str, region: str, value: float) -> dict[str, Any]:
    period = datetime.now(_CHINA).date().replace(day=1).isoformat()
    return {"indicator": indicator, "region": region, "period": period, "value": value}


def eventually(holds: Callable[[], object], seconds: float) -> bool:
    """Ask again until `holds` is true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def runs(one: psutil.Process) -> bool:
    """Whether it still does anything; who ended and was not yet asked how does not."""
    try:
        return bool(one.is_running() and one.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _command_of(one: psutil.Process) -> str:
    """Its command line; empty of one that ended meanwhile, as a server's helpers do."""
    try:
        return " ".join(one.cmdline())
    except psutil.Error:
        return ""
