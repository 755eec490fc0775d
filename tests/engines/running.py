"""Start our processes for a test, look at them, and be sure that none is left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds: what hangs fails; how fast the rest is on a busy machine is no test


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask again until `holds` is true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


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


def sessions_of(processes: list[psutil.Process]) -> set[int]:
    """The sessions they belong to; one that ended meanwhile, as servers' helpers do, has none."""
    found = set()
    for one in processes:
        with contextlib.suppress(ProcessLookupError):
            found.add(os.getsid(one.pid))
    return found


def owners_of(processes: list[psutil.Process]) -> set[int]:
    """The users they run as; one that ended meanwhile has none."""
    found = set()
    for one in processes:
        with contextlib.suppress(psutil.Error):
            found.add(one.uids().effective)
    return found


def masters_of(home: Path) -> list[psutil.Process]:
    """The servers of PostgreSQL that nobody of PostgreSQL has started.

    A child that has just been forked still carries the command line of its server.
    """
    servers = processes_of(home, "postgres")
    numbers = {one.pid for one in servers}
    return [one for one in servers if _parent(one) not in numbers]


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


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
