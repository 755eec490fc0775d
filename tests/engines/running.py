"""Start our processes for a test, look at them, and be sure that none is left."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask again until `holds` is true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(home: Path, name: str = "") -> list[psutil.Process]:
    """Every running process that names this home, works below it, or descends from such a one."""
    found = {one.pid: one for one in psutil.process_iter() if _touches(one, str(home))}
    for one in list(found.values()):
        found.update({child.pid: child for child in _descendants(one)})
    found.pop(os.getpid(), None)
    return [one for one in living(list(found.values())) if name in _name(one)]


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie waiting for the machine's init does not."""
    return [one for one in processes if _runs(one)]


def start(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    """Run Python `code` in a process of its own, its output piped."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        **options,  # type: ignore[call-overload]
    )


def command_of(process: psutil.Process) -> list[str]:
    """The words of its command; none of a process that ended meanwhile, as servers' helpers do."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _touches(process: psutil.Process, home: str) -> bool:
    try:
        return any(home in part for part in process.cmdline()) or process.cwd().startswith(home)
    except psutil.Error:
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
