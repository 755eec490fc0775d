"""`tonglan run`: everything of one city on one machine, and the only one who restarts its parts."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from app.config import Config
from app.engines import EngineUrls, attach
from app.engines.identity import adopt_orphans
from app.errors import EngineFailed, HomeInUse
from app.roles.child import Child
from app.roles.orders import Orders
from app.roles.orphans import end_orphans, reap
from app.roles.readiness import is_ready
from app.roles.sockets import address_to_open, listening

_TICK = 0.1
_STOP_SECONDS = 2.0  # web and worker; the engines have the rest of the five
_log = logging.getLogger("tonglan.supervisor")


class Stopped(BaseException):
    """Somebody asked us to stop while we were still starting."""


class Supervisor:
    """Starts engines and roles in order, keeps them alive, and stops them all.

    `roles` names what runs beside the preparation: `web`, `worker`, `demo`.
    """

    def __init__(
        self,
        config: Config,
        config_path: Path | None,
        console: Console,
        roles: tuple[str, ...],
        program: str = "app",
    ) -> None:
        """Run `roles` of the city of `config`, read from `config_path`; tell people on `console`.

        `program` is the module that plays the roles when run.
        """
        self._program = program
        self._config = config
        self._config_path = config_path
        self._console = console
        self._roles = roles
        self._children: list[Child] = []
        self._stopping = False
        self._starting = True

    def run(self) -> None:
        """Start all, then watch until SIGTERM or Ctrl-C; raises AppError when a start fails."""
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        adopt_orphans()
        web = self._config.web
        try:
            with (
                only_one(self._config.home_path, wanted=len(self._roles) > 1),
                listening(web.host, web.port, wanted="web" in self._roles) as fds,
            ):
                self._supervise(fds)
        except Stopped:
            _log.info("stopped while starting")

    def _supervise(self, fds: tuple[int, ...]) -> None:
        first = self._child("准备", "role", "first-start")
        self._children = [first, *self._made(fds)]
        try:
            for child in self._children:  # they load their code while the engines start
                child.start()
            home, engines = self._config.home_path, self._config.engines
            with attach(home, engines, notice=_log.warning) as urls:
                try:
                    orders = self._orders(urls, fds)
                    self._prepare(first, orders)
                    self._watch(orders)
                finally:
                    self._finish()  # while the engines still run
        finally:
            self._finish()

    def _made(self, fds: tuple[int, ...]) -> list[Child]:
        made: list[Child] = []
        if "web" in self._roles:
            count = max(1, self._config.web.processes)
            made += [self._child(f"web-{n + 1}", "role", "web", fds=fds) for n in range(count)]
        if "worker" in self._roles:
            made.append(self._child("worker", "role", "worker"))
        if "demo" in self._roles:
            made.append(self._child("demo-sources", "demo-sources"))
        return made

    def _child(self, name: str, *command: str, fds: tuple[int, ...] = ()) -> Child:
        return Child(name, self._program, *command, fds=fds)

    def _orders(self, urls: EngineUrls, fds: tuple[int, ...]) -> Orders:
        return Orders(
            home=str(self._config.home_path),
            config=str(self._config_path.resolve()) if self._config_path else None,
            host=self._config.web.host,
            port=self._config.web.port,
            valkey=urls.valkey,
            postgres=urls.postgres,
            fds=fds,
            seed="demo" in self._roles,
        )

    def _prepare(self, first: Child, orders: Orders) -> None:
        """Let the preparation run to its end; the database is ready for the others then."""
        first.tell(orders)
        while first.alive():
            time.sleep(_TICK)
        self._children.remove(first)
        first.finish(time.monotonic())
        if first.status() != 0:
            raise EngineFailed("启动前的准备没有完成,原因见上;排除后请重新运行 tonglan run")

    def _watch(self, orders: Orders) -> None:
        for child in self._children:
            child.tell(orders)
        self._starting = False
        told = "web" not in self._roles
        while not self._stopping:
            if any([child.revive(time.monotonic()) for child in self._children]):  # noqa: C419 - all
                end_orphans({child.pid() for child in self._children})
            reap({child.pid() for child in self._children})
            if not told and is_ready(self._config.web.port, self._config.web.host):
                told = True
                self._tell_address()
            time.sleep(_TICK)

    def _tell_address(self) -> None:
        address = address_to_open(self._config.web.host, self._config.web.port)
        self._console.print(f"[bold green]已就绪[/] 请用浏览器打开 [bold]{address}[/]")
        self._console.print("按 Ctrl-C 停止")

    def _finish(self) -> None:
        self._starting = False  # a signal from here on must not interrupt the cleaning up
        for child in self._children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children:
            child.finish(deadline)
        if self._children:
            end_orphans(set())
        self._children = []

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping and number == signal.SIGINT:  # the second Ctrl-C
            for child in self._children:
                child.send(signal.SIGKILL)
            os._exit(130)
        self._stopping = True
        if self._starting:
            self._starting = False
            raise Stopped


@contextmanager
def only_one(home: Path, *, wanted: bool) -> Iterator[None]:
    """Hold the right to run this home; raises HomeInUse when another `tonglan run` has it."""
    if not wanted:
        yield
        return
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HomeInUse(
                f"数据目录 {home} 已有 tonglan run 在运行(进程 {lock.read().strip() or '未知'});"
                "请先停止它,或用 --home 另指一个目录"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
