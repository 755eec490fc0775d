"""`tonglan run` with stub roles and real engines: healing, stopping, leaving nothing behind."""

from __future__ import annotations

import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from running import PATIENCE, eventually, living, processes_of, start

from tests.ports import held_port, port_of

_RUN = """
import dataclasses, sys
from pathlib import Path
from rich.console import Console
from app.config import load_config
from app.roles.orders import with_address
from app.roles.supervisor import Supervisor
config = with_address(load_config(None, home=Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
# As long as a busy machine takes for the end of the engines.
sys.modules["app.engines.attach"]._LEAVE_SECONDS = 120.0
Supervisor(config, None, Console(), ("web", "worker"), program="stub_program").run()
"""


class Running:
    """One supervisor under test."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.place = held_port()
        self.port = port_of(self.place)
        self.process: subprocess.Popen[str] = start(_RUN, home, self.port)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def everything(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def named(self, text: str) -> psutil.Process | None:
        for one in self.everything()[1:]:
            try:
                if any(text in part for part in one.cmdline()[:6]):
                    return one
            except psutil.Error:
                continue
        return None


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    one = Running(home)
    try:
        assert eventually(one.ready, PATIENCE), one.process.poll()
        assert eventually(lambda: len(processes_of(home, "postgres")) > 3, PATIENCE)
        yield one
    finally:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.communicate(timeout=PATIENCE)
        one.place.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(running: Running, number: int) -> None:
    everything = running.everything()
    running.process.send_signal(number)
    running.process.wait(timeout=PATIENCE)
    assert running.process.returncode == 0
    assert not living(everything)


def test_each_killed_child_is_replaced_and_nothing_is_left_of_it(running: Running) -> None:
    for name in ("web", "worker", "valkey-server", "bin/postgres", "app.engines.keeper"):
        victim = running.named(name)
        assert victim is not None, name
        left = victim.children(recursive=True)
        victim.kill()
        assert eventually(
            lambda name=name, old=victim.pid: (
                (found := running.named(name)) is not None and found.pid != old
            ),
            PATIENCE,
        ), name
        assert eventually(running.ready, PATIENCE)
        assert eventually(lambda left=left: not living(left), PATIENCE), name


def test_killing_the_supervisor_leaves_no_orphan_and_the_next_start_works(home: Path) -> None:
    first = Running(home)
    assert eventually(first.ready, PATIENCE)
    everything = first.everything()
    first.process.kill()
    first.process.wait(timeout=PATIENCE)
    first.process.communicate(timeout=PATIENCE)
    second = Running(home)
    try:
        assert eventually(second.ready, PATIENCE)
        assert eventually(lambda: not living(everything), PATIENCE)
    finally:
        second.process.terminate()
        second.process.communicate(timeout=PATIENCE)
        for one in (first, second):
            one.place.close()


def test_a_second_run_on_the_same_home_is_refused_in_words(running: Running) -> None:
    second = Running(running.home)
    said, _ = second.process.communicate(timeout=PATIENCE)
    second.place.close()
    assert second.process.returncode != 0
    assert "已有 tonglan run 在运行" in said
    assert running.ready()


def test_a_port_in_use_is_named_with_the_fix(running: Running, tmp_path: Path) -> None:
    other = start(_RUN, tmp_path / "other", running.port)
    said, _ = other.communicate(timeout=PATIENCE)
    assert other.returncode != 0
    assert f"端口 {running.port} 已被占用" in said
    assert f"--port {running.port + 1}" in said


def hears(process: int, number: signal.Signals) -> bool:
    """Whether the process has begun to listen to the signal; before, it would just die of it."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    caught = next(one for one in status.splitlines() if one.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_the_stop_during_the_start_is_heard(home: Path) -> None:
    place = held_port()
    one = start(_RUN, home, port_of(place))
    assert eventually(lambda: hears(one.pid, signal.SIGTERM), PATIENCE)
    one.terminate()
    one.communicate(timeout=PATIENCE)
    assert one.returncode == 0
    place.close()
    assert eventually(lambda: not processes_of(home), PATIENCE)
