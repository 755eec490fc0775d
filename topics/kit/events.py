"""How a stored change reaches the screens: the outbox in PostgreSQL, relayed to the live stream.

An observation and its outbox row are committed together, so a change is never lost; it is relayed
at least once, by the writer right after its commit and by the leader every second.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from layers.errors import StoreUnavailable
from topics.kit.contracts import Change, Observation

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the live stream: `seq` rises by one within an epoch; epochs do not compare."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        """Return the form used as the id of a server-sent event."""
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str | None) -> Position | None:
        """Read "EPOCH-SEQ"; None for anything else, since the text comes from a browser."""
        epoch, dash, seq = (text or "").rpartition("-")
        if not (dash and epoch.isalnum() and epoch.isascii() and seq.isdecimal() and len(seq) < 16):
            return None
        return cls(epoch, int(seq))


@dataclass(frozen=True, slots=True)
class Tail:
    """What was read of the stream: the changes in order and the position after them."""

    position: Position
    changes: Sequence[Change]


class Outbox(Protocol):
    """Changes committed and not yet announced."""

    def drain(self, publish: Callable[[Sequence[Observation]], object]) -> int:
        """Hand all waiting changes to `publish`, oldest first; those it took are removed.

        When `publish` raises, the changes stay. Two drains never run at once.
        """


class ChangeStream(Protocol):
    """Takes changes for the screens."""

    def publish(self, observations: Sequence[Observation]) -> object:
        """Append the observations to the stream and update the latest values."""


class ChangeRelay:
    """Moves committed changes from the outbox to the live stream; never fails its caller."""

    def __init__(self, outbox: Outbox, stream: ChangeStream) -> None:
        """Relay from `outbox` to `stream`."""
        self._outbox = outbox
        self._stream = stream
        self._away = False

    def relay(self) -> int:
        """Announce what waits and return how much; 0 when a store is away (the rows stay)."""
        try:
            moved = self._outbox.drain(self._stream.publish)
        except StoreUnavailable as wrong:
            if not self._away:
                logger.warning("变更暂时不能推送,已留在数据库中待发:%s", wrong)
            self._away = True
            return 0
        if self._away:
            logger.info("变更推送已恢复")
        self._away = False
        return moved
