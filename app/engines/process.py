"""One owned server process: started to die with its owner, stopped kindly, leftovers ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from app.engines.identity import Identity, become, die_with_parent

_LOG_MAX = 10_000_000


def launch(
    command: Sequence[str | Path], *, log: Path, death_signal: int, identity: Identity | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, as `identity`, ended by `death_signal` if we die.

    Must be called from the main thread: the parent-death signal follows the calling thread.
    """
    rotate(log)
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=_environment(),
            start_new_session=True,  # Ctrl-C must not stop engines before web and worker
            preexec_fn=_prepare(identity, death_signal, os.getpid()),
        )


def run_as(
    command: Sequence[str | Path], *, identity: Identity | None, text: str = "", timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end as `identity`, giving it `text` on standard input."""
    return subprocess.run(
        [str(part) for part in command],
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        timeout=timeout,
        check=False,
        preexec_fn=_prepare(identity, signal.SIGKILL, os.getpid()),
    )


def processes_in(folder: Path, program: str, mark: str = "") -> list[psutil.Process]:
    """The running processes of `program` that work in `folder`, or carry `mark` in their title."""
    real = os.path.realpath(folder)
    return [one for one in psutil.process_iter() if _works_in(one, real, program, mark)]


def end(processes: Sequence[psutil.Process], signals: Sequence[tuple[int, float]]) -> bool:
    """Send each signal to those still alive and wait; tell whether all are gone."""
    left = list(processes)
    for number, patience in signals:
        for process in left:
            _signal(process, number)
        _, left = psutil.wait_procs(left, timeout=patience)
        if not left:
            return True
    return not left


def always() -> bool:
    """True: an engine that is wanted until told otherwise."""
    return True


def wait_until(holds: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Ask `holds` until it is true or `seconds` are over; return its last answer."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def tail(log: Path, lines: int = 4) -> str:
    """The last lines of a log, for an error text."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return " / ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())


def rotate(log: Path) -> None:
    """Put a log that has grown large aside as `.1`."""
    if log.exists() and log.stat().st_size > _LOG_MAX:
        log.replace(log.with_name(log.name + ".1"))


def _prepare(identity: Identity | None, death_signal: int, parent: int) -> Callable[[], None]:
    def prepare() -> None:
        os.umask(0o077)
        if identity is not None:
            become(identity)
        # Last: changing the user clears the parent-death signal.
        die_with_parent(death_signal, parent)

    return prepare


def _environment() -> dict[str, str]:
    """A plain environment: the operator's locale, PG* and library settings stay outside."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _works_in(process: psutil.Process, folder: str, program: str, mark: str) -> bool:
    try:
        if not process.name().startswith(program):
            return False
        if mark and any(mark in part for part in process.cmdline()):
            return True  # in a container root may not read the working directory of another user
        return process.cwd() == folder
    except psutil.Error:
        return False


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return
