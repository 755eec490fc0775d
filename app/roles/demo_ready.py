"""Waiting for the demo's sources, so that the first refresh of a start finds them all."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

_TICK = 0.1
_PATIENCE = 20.0


def await_sources(addresses: Path, *, patience: float = _PATIENCE) -> bool:
    """Return when the simulators of this very run have registered; False when they take too long.

    An older file names the simulators of a former run, which are gone.
    """
    parent = psutil.Process().parent()
    began = parent.create_time() if parent is not None else 0.0
    deadline = time.monotonic() + patience
    while not _written_since(addresses, began):
        if time.monotonic() > deadline:
            return False
        time.sleep(_TICK)
    return True


def _written_since(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime >= moment
    except FileNotFoundError:
        return False
