"""A definition of an indicator and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from topics.kit.contracts import Period
from topics.kit.manifest_indicators import IndicatorSpec


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """One version of a definition; `number` counts from 1.

    It says what periods mean that start on or after `valid_from` (None: all); `breaks` means that
    values before and after must not be compared (口径 changed). `author` is a subject's id,
    "manifest" for what the topic's file says.
    """

    indicator: str
    number: int
    spec: IndicatorSpec
    valid_from: date | None
    recorded_at: datetime
    author: str
    reason: str = ""
    breaks: bool = False


class Definitions(Protocol):
    """Every version of every definition."""

    def history(
        self, indicator: str, *, as_of: datetime | None = None
    ) -> Sequence[DefinitionVersion]:
        """The versions known at `as_of`, oldest first."""

    def broken_between(
        self, indicator: str, earlier: Period, later: Period, *, as_of: datetime | None = None
    ) -> DefinitionVersion | None:
        """The version that keeps two periods from being compared; None when none does."""


class Releases(Protocol):
    """When a value of an indicator and period may be shown to everybody."""

    def at(self, spec: IndicatorSpec, period: Period) -> datetime | None:
        """The moment of release (UTC); None: at once."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it is kept: the fields it set (None: back to the default), `number` from 1.

    `manifest` is what the topic's file said in full, of versions that came from there.
    """

    indicator: str
    number: int
    fields: Mapping[str, Any]
    valid_from: date | None
    recorded_at: datetime
    author: str
    reason: str = ""
    breaks: bool = False
    manifest: Mapping[str, Any] | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """The moment of release set for one period by hand; `release_at` None: by the rule again."""

    indicator: str
    period: Period
    release_at: datetime | None
    reason: str
    author: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Everything stored of definitions and releases at one moment; `mark` changes with it."""

    mark: tuple[int, int]
    versions: Sequence[StoredVersion]
    releases: Sequence[ReleaseEntry]


class DefinitionStore(Protocol):
    """Keeps versions and release entries; rows are only ever added."""

    def mark(self) -> tuple[int, int]:
        """A cheap mark that differs whenever something was added."""

    def load(self) -> Known:
        """Everything, oldest first."""

    def add(self, versions: Sequence[StoredVersion], *, connection: Any = None) -> None:
        """Add versions; DefinitionOvertaken when a number is taken."""
