"""Processes that a dead child left to the supervisor (it is the child subreaper)."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet

import psutil

_KEEPER = "app.engines.keeper"  # also our child, but it leaves by itself when nobody needs it


def end_orphans(known: AbstractSet[int]) -> None:
    """Kill every child process that is neither `known` nor the engines' keeper."""
    strangers = [one for one in psutil.Process().children() if _is_orphan(one, known)]
    for one in strangers:
        _kill(one)
    psutil.wait_procs(strangers, timeout=3.0)


def reap(known: AbstractSet[int]) -> None:
    """Collect the children that ended and are not `known`; those report to their owners."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in known:
            return
        os.waitpid(ended.si_pid, 0)


def _is_orphan(process: psutil.Process, known: AbstractSet[int]) -> bool:
    try:
        return process.pid not in known and _KEEPER not in process.cmdline()
    except psutil.Error:
        return False


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return
