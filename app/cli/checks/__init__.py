"""What `tonglan doctor` looks at, one file per kind of thing."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checks.engines import check_engines
from app.cli.checks.finding import Check
from app.cli.checks.machine import check_machine
from app.cli.checks.program import check_program
from app.cli.checks.topics import check_topics
from app.config import Config

__all__ = ["Check", "check_all"]


def check_all(config: Config) -> Iterator[Check]:
    """Every finding, in the order in which they should be mended."""
    yield from check_program()
    yield from check_machine(config)
    yield from check_topics(config)
    yield from check_engines(config)
