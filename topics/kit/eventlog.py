"""What happened in the city's program, as a log that only grows.

A state that has a history is the fold of its events up to `as_of`, oldest first; nothing else is
stored of it. So the same question about the same moment always has the same answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from layers.errors import StoreUnavailable

logger = logging.getLogger(__name__)


class EventKind(StrEnum):
    """What the program itself records; topics may add kinds of their own."""

    REFRESHER_FAILED = "refresher.failed"  # the first failure; those after it are in the runs
    REFRESHER_RECOVERED = "refresher.recovered"
    REFRESHER_ASKED = "refresher.asked"  # somebody had it run now
    LEADER_TOOK_OVER = "leader.took-over"
    LEADER_STEPPED_DOWN = "leader.stepped-down"
    QUALITY_RAISED = "quality.raised"  # a value or series became doubtful
    QUALITY_CLEARED = "quality.cleared"
    LAYER_PUBLISHED = "layer.published"
    LAYER_ROLLED_BACK = "layer.rolled-back"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to `object`; `id` and a missing `at` are set by the store.

    `data` is JSON; `actor` is a subject's id, or "system" for what the program did by itself.
    """

    kind: str
    object: str
    topic: str | None = None
    region: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: str = "system"
    at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the log: events are ordered by moment, then by id."""

    at: datetime
    id: int


class PatientLog:
    """Notes what happens in a process while the database may be away: nothing is raised.

    What cannot be written waits in memory, with the moment at which it happened.
    """

    def __init__(self, append: Callable[[Sequence[Event]], object]) -> None:
        """Write by `append`."""
        self._append = append
        self._waiting: list[Event] = []
        self._lock = threading.Lock()

    def note(self, event: Event) -> None:
        """Record the event as of now, at once where the database answers."""
        with self._lock:
            self._waiting.append(replace(event, at=event.at or datetime.now(UTC)))
        self.flush()

    def flush(self) -> None:
        """Write what waits, if the database answers."""
        with self._lock:
            if not self._waiting:
                return
            try:
                self._append(self._waiting)
            except StoreUnavailable as wrong:
                logger.debug("事件暂存待写:%s", wrong)
            else:
                self._waiting = []
