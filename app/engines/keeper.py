"""The keeper: one process per home that runs the private engines while anybody is attached.

A client connects to the keeper's unix socket, names the engines it needs and keeps the connection.
When the last connection closes, by leaving or by kill -9, the engines are stopped and the keeper
ends. So nobody hands anything over, and nobody's death takes the engines from somebody else.
Run as `python -m app.engines.keeper ENGINES_FOLDER SOCKET_FOLDER`.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from app.engines.contracts import Engine
from app.engines.identity import adopt_orphans
from app.engines.lock import EnginesLock
from app.engines.places import KEEPER_SOCKET
from app.engines.postgres import Postgres
from app.engines.process import rotate
from app.engines.restarts import Restarts
from app.engines.valkey import Valkey
from app.errors import EngineFailed

_FIRST_CLIENT_SECONDS = 2.0
_TICK = 0.1
_LOCK_SECONDS = 20.0
_STOP_SECONDS = 2.0
_LEAVE_SECONDS = 4.0

_log = logging.getLogger("tonglan.engines")


class Keeper:
    """The engines of one home and those who are attached to them."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        """Keep engines in `folder`, listening in `sockets`; the caller holds the home's lock."""
        self._folder = folder
        self._sockets = sockets
        self._selector = selectors.DefaultSelector()
        self._clients: dict[socket.socket, bytes] = {}
        self._waiting: list[tuple[socket.socket, dict[str, Any]]] = []
        self._left: list[socket.socket] = []
        self._engines: dict[str, Engine] = {}
        self._restarts: dict[str, Restarts] = {}
        self._notices: list[str] = []
        self._told_to_end = 0.0
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def run(self) -> None:
        """Serve until nobody is attached, then stop the engines."""
        path = self._sockets / KEEPER_SOCKET
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        started = time.monotonic()
        try:
            while self._wanted() or time.monotonic() - started < _FIRST_CLIENT_SECONDS:
                self._poll(_TICK)
                self._serve_waiting()
                self._restart_dead()
                self._reap()
                if self._left and not self._wanted():
                    break
        finally:
            path.unlink(missing_ok=True)  # first: who comes now starts the next keeper
            self._listener.close()
            self._stop()

    def end_soon(self, number: int, frame: object) -> None:
        """Give the attached a few seconds to leave, then end (a machine shutting down)."""
        self._told_to_end = self._told_to_end or time.monotonic()

    def _wanted(self) -> bool:
        if self._told_to_end and time.monotonic() - self._told_to_end > _LEAVE_SECONDS:
            return False
        return bool(self._clients)

    def _still_wanted(self) -> bool:
        """Hear who has left meanwhile: an engine's start may be called off."""
        self._poll(0)
        return self._wanted()

    def _poll(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            if line is self._listener:
                client, _ = self._listener.accept()
                client.settimeout(1.0)
                self._clients[client] = b""
                self._selector.register(client, selectors.EVENT_READ)
            else:
                self._hear(line)

    def _hear(self, client: socket.socket) -> None:
        try:
            said = client.recv(4096)
        except OSError:
            said = b""
        if not said:
            self._selector.unregister(client)
            del self._clients[client]
            if self._clients:
                client.close()
            else:
                self._left.append(client)  # closed, by our end, when the engines have stopped
            return
        self._clients[client] += said
        while b"\n" in self._clients[client]:
            line, _, self._clients[client] = self._clients[client].partition(b"\n")
            self._waiting.append((client, json.loads(line)))

    def _serve_waiting(self) -> None:
        while self._waiting:
            client, wish = self._waiting.pop(0)
            try:
                urls = {name: self._running(name, wish) for name in wish["engines"]}
                answer: dict[str, Any] = {"urls": urls, "notices": self._notices}
            except (EngineFailed, OSError) as wrong:
                _log.exception("engine start")
                answer = {"error": str(wrong)}
            self._tell(client, answer)

    def _running(self, name: str, wish: dict[str, Any]) -> str:
        if name not in self._engines:
            engine = self._make(name, str(wish.get("run_as", "")))
            engine.start()
            self._engines[name] = engine
            self._restarts[name] = Restarts()
            _log.info("%s started", name)
        return self._engines[name].url

    def _make(self, name: str, run_as: str) -> Engine:
        if name == "postgres":
            return Postgres(self._folder, self._sockets, run_as, self._still_wanted)
        return Valkey(self._folder, self._sockets, self._report, self._still_wanted)

    def _restart_dead(self) -> None:
        for name, engine in self._engines.items():
            restarts = self._restarts[name]
            if not self._wanted() or not engine.dead() or not restarts.due(time.monotonic()):
                continue
            restarts.count(time.monotonic())
            self._report(f"内置 {name} 意外退出,正在重新启动")
            try:
                engine.stop(0)
                engine.start()
                restarts.started(time.monotonic())
            except (EngineFailed, OSError):
                _log.exception("%s restart", name)

    def _report(self, text: str) -> None:
        _log.warning(text)
        self._notices = [*self._notices[-9:], text]
        for client in self._clients:
            self._tell(client, {"notice": text})

    def _tell(self, client: socket.socket, message: dict[str, Any]) -> None:
        try:
            client.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            _log.info("a client left before it could be told")

    def _reap(self) -> None:
        """Collect adopted processes that ended; those of the engines are left to their owner."""
        mine = {engine.pid() for engine in self._engines.values()}
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None or ended.si_pid in mine:
                return
            os.waitpid(ended.si_pid, 0)

    def _stop(self) -> None:
        for name in ("postgres", "valkey"):
            if name in self._engines:
                self._engines[name].stop(_STOP_SECONDS)
                _log.info("%s stopped", name)


def take_lock(lock: EnginesLock, sockets: Path) -> bool:
    """Wait for the home's lock; False when another keeper holds it and answers."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while not lock.take():
        if keeper_answers(sockets) or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def keeper_answers(sockets: Path) -> bool:
    """Tell whether a keeper accepts connections in `sockets`."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1.0)
            line.connect(str(sockets / KEEPER_SOCKET))
            return True
    except OSError:
        return False


def become_owner(folder: Path) -> None:
    """Serve an ordinary user's home as that user, also when root asks: files keep one owner."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    try:
        os.initgroups(pwd.getpwuid(owner.st_uid).pw_name, owner.st_gid)
    except KeyError:
        os.setgroups([])
    os.setresgid(owner.st_gid, owner.st_gid, owner.st_gid)
    os.setresuid(owner.st_uid, owner.st_uid, owner.st_uid)


def main() -> None:
    """Serve the home named on the command line; standard error is the keeper's log."""
    folder, sockets = Path(sys.argv[1]), Path(sys.argv[2])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    os.umask(0o077)
    os.chdir("/")
    become_owner(folder)
    rotate(folder / "keeper.log")
    with EnginesLock(folder) as lock:
        if not take_lock(lock, sockets):
            return
        adopt_orphans()
        keeper = Keeper(folder, sockets)
        signal.signal(signal.SIGTERM, keeper.end_soon)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        keeper.run()


if __name__ == "__main__":
    main()
