"""The real program without its demo, for benchmarks that ask it over HTTP."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.e2e.city import City

_CONFIG = "[demo]\nenabled = false\n[web]\nprocesses = {processes}\n"


@contextmanager
def running_program(*, processes: int = 2) -> Iterator[City]:
    """`tonglan run` on a fresh home, with so many web processes."""
    with tempfile.TemporaryDirectory(prefix="tl-bench-") as folder:
        city = City(Path(folder), config=_CONFIG.format(processes=processes))
        try:
            yield city.wait()
            city.stop()
        finally:
            city.process.kill()
            city.process.wait()


def token(city: City, *scopes: str) -> str:
    """A new token with these scopes."""
    wanted = [part for scope in scopes for part in ("--scope", scope)]
    return str(city.answer("tokens", "add", *wanted)["token"])


def web_processes(city: City) -> list[psutil.Process]:
    """The web processes, oldest first."""
    children = psutil.Process(city.process.pid).children(recursive=True)
    mine = [one for one in children if "role web" in " ".join(one.cmdline())]
    return sorted(mine, key=lambda one: one.pid)


def own_mb(processes: list[psutil.Process]) -> list[float]:
    """Megabytes that each process has for itself alone: without what maps share."""
    return [one.memory_full_info().uss / 1e6 for one in processes]
