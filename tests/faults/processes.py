"""The web and the worker as processes of their own on a test's engines, to be killed at will."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

ROOT = Path(__file__).resolve().parents[2]
_KILLED = "killed"
CONFIG = "[review]\nrequired = true\nin_demo = true\n[uploads]\nspare_mb = 0\n"
WEB = """
import sys
from pathlib import Path
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.roles.web import serve
config, home, valkey, postgres, fd = sys.argv[1:]
urls = EngineUrls(valkey=valkey, postgres=postgres)
serve(load_config(Path(config), home=Path(home)), urls, [int(fd)])
"""
# A worker that stands still once it has told the named step, until there is HOME/go: who looks at
# a busy worker sees it there, however short the step is. It has a minute to hand back what it does.
WORKER = """
import sys, time
from pathlib import Path
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.roles import worker
from topics.kit.jobs import Throttled
config, home, valkey, postgres, still = sys.argv[1:]
told = Throttled.__call__

def tell(self, step, done, of):
    told(self, step, done, of)
    while step == still and not (Path(home) / "go").exists():
        time.sleep(0.01)

Throttled.__call__ = tell
worker._GRACE_S = 60.0
urls = EngineUrls(valkey=valkey, postgres=postgres)
worker.work(load_config(Path(config), home=Path(home)), urls)
"""


def eventually(holds: Callable[[], object], patience: float = 240, every: float = 0.01) -> bool:
    """Ask until it holds or the patience is over."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def marked(url: str) -> str:
    """The database for a process that will be killed: the server knows its connections by name."""
    return f"{url}{'&' if '?' in url else '?'}application_name={_KILLED}"


def let_go(url: str) -> bool:
    """Whether the server has noticed the death of all that were connected by a `marked` address.

    It may be told of a transaction's end and still be storing it when who told it is dead: before,
    nobody can say what there is to read.
    """
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
    with psycopg.connect(url) as connection:
        return connection.execute(asked, [_KILLED]).fetchone() == (0,)


class Web:
    """The web role on a port that stays the same when it is killed and started again."""

    def __init__(self, home: Path, valkey: str, postgres: str) -> None:
        """Nothing is started yet."""
        config = home / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        self.home = home
        self._arguments = [str(config), str(home), valkey, postgres]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        fd = self._listener.fileno()
        command = [sys.executable, "-c", WEB, *self._arguments, str(fd)]
        self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=[fd])
        assert eventually(self._answers, every=0.1)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def memory(self) -> int:
        """The most memory that the process ever held, in bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def close(self) -> None:
        """End for good."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._listener.close()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def worker(
    home: Path, valkey: str, postgres: str, *, still: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """A running worker role; killed at the end of the block if it still runs.

    It stands still in the step `still` of a job, until `go`.
    """
    config = home / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-c", WORKER, str(config), str(home), valkey, postgres, still]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def go(home: Path) -> None:
    """Let the workers that stand still go on."""
    (home / "go").touch()
