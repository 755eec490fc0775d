"""Work with the engines of a home, whoever runs them: `with attach(home, config.engines) as urls:`.

Configured URLs are used as they are. For the rest this process attaches to the home's keeper,
starting it when nobody has, and again should it be killed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config import EngineConfig
from app.engines.contracts import EngineUrls
from app.engines.places import KEEPER_SOCKET, engines_folder, socket_folder
from app.engines.python import python_command, python_environment
from app.errors import EngineFailed

_ATTACH_SECONDS = 120.0
_LEAVE_SECONDS = 10.0  # more than the keeper gives its engines to end, one after the other
_REAP_SECONDS = 2.0
_log = logging.getLogger("tonglan.engines")


@contextmanager
def attach(
    home: Path, engines: EngineConfig, *, notice: Callable[[str], None] = _log.warning
) -> Iterator[EngineUrls]:
    """Yield where the engines answer; private ones run at least until the end of the block.

    `notice` hears, in Chinese, what the keeper repaired meanwhile. Raises EngineFailed.
    """
    given = {"valkey": engines.valkey_url, "postgres": engines.postgres_url}
    needed = [name for name, url in given.items() if not url]
    if not needed:
        yield EngineUrls(**given)
        return
    attachment = Attachment(home.resolve(), needed, engines.run_as, notice)
    urls = attachment.open()
    try:
        yield EngineUrls(**(given | urls))
    finally:
        attachment.close()


class Attachment:
    """One process's connection to the keeper of a home; renewed when the keeper dies."""

    def __init__(
        self, home: Path, engines: list[str], run_as: str, notice: Callable[[str], None]
    ) -> None:
        """Need `engines` of `home`; nothing is started yet."""
        self._folder = engines_folder(home)
        self._sockets = socket_folder(home)
        self._wish = {"engines": engines, "run_as": run_as}
        self._notice = notice
        self._closing = threading.Event()
        self._lines = threading.Lock()  # guards `_line` against a leave while coming back
        self._keepers: list[int] = []
        self._line: socket.socket | None = None
        self._watcher = threading.Thread(target=self._watch, name="engines", daemon=True)

    def open(self) -> dict[str, str]:
        """Attach, starting the keeper if there is none; return the engines' URLs."""
        try:
            urls = self._connect()
        except BaseException:
            self.close()
            raise
        self._watcher.start()
        return urls

    def close(self) -> None:
        """Leave. Returns when the engines have stopped, or at once if others still need them."""
        with self._lines:
            self._closing.set()
            self._end(self._line)
        if self._watcher.is_alive():
            self._watcher.join(_LEAVE_SECONDS)
        if self._line is not None:
            self._line.close()
        self._reap(_REAP_SECONDS)

    def _end(self, line: socket.socket | None) -> None:
        """Say our end; the keeper answers with its own once it has nothing left to do for us."""
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)

    def _take(self, line: socket.socket) -> None:
        """Make `line` the one a leave ends, also one that came while we were connecting."""
        with self._lines:
            self._line = line
            if self._closing.is_set():
                self._end(line)

    def _connect(self) -> dict[str, str]:
        deadline = time.monotonic() + _ATTACH_SECONDS
        keeper = 0
        while time.monotonic() < deadline and not self._closing.is_set():
            line = self._call()
            if line is None:
                if keeper == 0 or self._ended(keeper):
                    keeper = self._spawn()
                time.sleep(0.02)
                continue
            self._take(line)
            answer = self._ask(line)
            if answer is not None:
                return answer
            line.close()  # it was just ending: the next one will have us
        raise EngineFailed(
            f"内置引擎没有应答;请查看 {self._folder / 'keeper.log'},"
            "确认没有别的程序占用这个数据目录"
        )

    def _call(self) -> socket.socket | None:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(self._sockets / KEEPER_SOCKET))
        except PermissionError as wrong:
            line.close()
            raise EngineFailed(
                f"没有权限使用 {self._sockets} 里的内置引擎;请用启动它的同一个系统用户执行"
            ) from wrong
        except OSError:
            line.close()
            return None
        return line

    def _ask(self, line: socket.socket) -> dict[str, str] | None:
        line.settimeout(_ATTACH_SECONDS)
        try:
            line.sendall(json.dumps(self._wish).encode() + b"\n")
            for message in _messages(line):
                if "error" in message:
                    line.close()
                    raise EngineFailed(str(message["error"]))
                if "urls" in message:
                    for text in message["notices"]:
                        self._notice(text)
                    return dict(message["urls"])
                self._hear(message)
        except OSError:
            return None
        return None

    def _hear(self, message: dict[str, Any]) -> None:
        if "notice" in message:
            self._notice(str(message["notice"]))

    def _watch(self) -> None:
        """Listen until the keeper closes; come back to a new one unless we are leaving."""
        while self._line is not None:
            with contextlib.suppress(OSError):
                self._line.settimeout(None)
                for message in _messages(self._line):
                    self._hear(message)
            if self._closing.is_set():
                return
            self._line.close()
            self._notice("内置引擎的守护进程意外退出,正在重新启动")
            try:
                self._connect()
            except EngineFailed as wrong:
                if not self._closing.is_set():
                    self._notice(str(wrong))
                self._closing.wait(1.0)

    def _spawn(self) -> int:
        """Start a keeper in a session of its own; it outlives us when others are attached."""
        command = python_command("app.engines.keeper", str(self._folder), str(self._sockets))
        log = os.open(
            self._folder / "keeper.log",
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC,
            0o600,
        )
        try:
            pid = os.posix_spawn(
                command[0],
                command,
                python_environment(),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, log, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setsid=True,
                setsigmask=[],
            )
        finally:
            os.close(log)
        self._keepers.append(pid)
        return pid

    def _ended(self, pid: int) -> bool:
        if pid not in self._keepers:
            return True
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            self._keepers.remove(pid)
        return bool(ended)

    def _reap(self, seconds: float) -> None:
        """Collect our keepers that have ended; one that serves others is left to them."""
        deadline = time.monotonic() + seconds
        while any([not self._ended(pid) for pid in tuple(self._keepers)]):  # noqa: C419 - reap all
            if time.monotonic() > deadline or self._serves_others():
                return
            time.sleep(0.02)

    def _serves_others(self) -> bool:
        return (self._sockets / KEEPER_SOCKET).exists()


def _messages(line: socket.socket) -> Iterator[dict[str, Any]]:
    with line.makefile("rb") as lines:
        for text in lines:
            yield json.loads(text)
