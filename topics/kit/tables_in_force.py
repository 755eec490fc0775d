"""Which table is in force: a city's own in its home stands in for the one of the program.

HOME/reference/NAME.csv stands in for data/reference/NAME.csv, HOME/topics/ID/NAME.csv for the table
of the shipped topic ID. A process serves one home; `use_home` says which, before topics are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

SHIPPED = Path(__file__).resolve().parents[1]
"""The folder of the topics that come with the program."""

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
"""The reference tables that come with the program."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Place:
    home: Path | None = None


_PLACE = _Place()
_FORGET: list[Callable[[], None]] = []


def use_home(home: Path | None) -> None:
    """Read the tables of this home from now on (None: the shipped ones); what was kept is gone."""
    _PLACE.home = home
    for forget in _FORGET:
        forget()


def read_once(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function read from its tables until another home is used."""
    kept = cache(read)
    _FORGET.append(kept.cache_clear)
    return cast("Callable[P, T]", kept)


def reference_table(name: str) -> Path:
    """Where a reference table lies: the city's own when there is one, else the shipped one."""
    own = own_path(REFERENCE, name)
    return own if own is not None and own.is_file() else REFERENCE / name


def topic_table(folder: Path, file: str) -> Path:
    """Where a table of a topic lies: the city's own for a shipped topic when there is one."""
    own = own_path(folder, file)
    return own if own is not None and own.is_file() else folder / file


def own_path(folder: Path, file: str) -> Path | None:
    """Where the city's own would lie, there or not; None where no table can stand in."""
    if _PLACE.home is None:
        return None
    if folder == REFERENCE:
        return _PLACE.home / "reference" / file
    if folder.resolve().parent == SHIPPED:
        return _PLACE.home / "topics" / folder.name / file
    return None


def digest_of(path: Path) -> str:
    """SHA-256 of a table's bytes, to be told apart from another edition of it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
