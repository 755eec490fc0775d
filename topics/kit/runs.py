"""What is known about runs of refreshers: the values and the interface of their store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from topics.kit.eventlog import Event, EventKind


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of a source that could not be used: its number (from 1) and why, in Chinese."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Yield:
    """What a run got out of its source."""

    read: int = 0
    kept: int = 0
    refused: int = 0
    refusals: Sequence[Refusal] = ()  # the first ones only; `refused` counts all
    notes: Sequence[str] = ()  # remarks on the batch as a whole
    bytes: int | None = None  # that came over the wire
    http_status: int | None = None
    watermark: str = ""  # up to where the source has been read


@dataclass(frozen=True, slots=True)
class Pause:
    """A refresher that somebody switched off: why, who, when."""

    refresher: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one tick; `fence` tells later leaders from earlier ones."""

    refresher: str
    tick: datetime
    fence: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. `finished` is None while it runs; `failures_in_row` and `last_ok` are as of now.

    `turned` is set by `finish` only: this run was the first to fail, or the first to succeed again.
    """

    id: str
    refresher: str
    cause: str  # "schedule", "catch-up", "retry", "manual" or "backfill"
    tick: datetime
    started: datetime
    finished: datetime | None
    ok: bool | None
    error: str = ""
    read: int = 0
    kept: int = 0
    refused: int = 0
    refusals: Sequence[Refusal] = ()
    failures_in_row: int = 0
    last_ok: datetime | None = None
    turned: bool = False
    notes: Sequence[str] = ()
    bytes: int | None = None
    http_status: int | None = None
    watermark: str = ""
    span: str = ""  # the days that a back-fill read

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it runs."""
        return None if self.finished is None else self.finished - self.started


def turning(record: RunRecord, failures_before: int) -> Event | None:
    """The event of a run that failed first or recovered; None for all others."""
    if record.error and record.failures_in_row == 1:
        kind = EventKind.REFRESHER_FAILED
        data: dict[str, Any] = {"run": record.id, "error": record.error}
    elif not record.error and failures_before:
        kind = EventKind.REFRESHER_RECOVERED
        data = {"run": record.id, "failures": failures_before}
    else:
        return None
    topic = record.refresher.partition(".")[0]
    return Event(kind, record.refresher, topic=topic, data=data, at=record.finished)


class RunLog(Protocol):
    """Claims ticks and remembers every run."""

    def next_fence(self) -> int:
        """A number above all given before; taken by a process when it becomes leader."""

    def claim(self, claim: Claim) -> bool:
        """True once per tick over all processes and times; False for older ticks and leaders."""

    def holds(self, claim: Claim) -> bool:
        """Whether no later tick and no later leader took over since `claim`."""

    def begin(
        self, refresher: str, *, cause: str, tick: datetime, now: datetime, span: str = ""
    ) -> str:
        """Record that a run started and return its id; a back-fill is never the latest run."""

    def finish(
        self, run: str, outcome: Yield, *, error: str, now: datetime, overtaken: bool = False
    ) -> RunRecord:
        """Record how it ended; an empty `error` is success.

        The first failure and the recovery are events, committed together with the record. A run
        that was `overtaken`, and a back-fill, says nothing about how its source stands today and
        counts as neither.
        """

    def latest(self) -> Mapping[str, RunRecord]:
        """The latest run of every refresher that ever ran."""

    def abandon(self, *, now: datetime) -> Sequence[str]:
        """End the runs whose process died, as failed; returns their refreshers."""

    def ticks(self) -> Mapping[str, datetime]:
        """The last claimed tick of every refresher."""


class SeenFiles(Protocol):
    """Remembers which files of a drop folder were taken in."""

    def seen(self, refresher: str) -> frozenset[str]:
        """SHA-256 of all files taken in."""

    def remember(self, refresher: str, sha256: str, name: str, *, now: datetime) -> None:
        """Never offer this content again."""
