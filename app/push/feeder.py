"""The thread that tells the hub what changed: from the stream, or from the database meanwhile."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from app.push.batches import Entry, Key, entry
from app.push.hub import REPLAY
from layers.errors import StoreUnavailable
from topics.kit.contracts import Change, Observation, Period
from topics.kit.events import Position, Tail

logger = logging.getLogger(__name__)

_WAIT = timedelta(seconds=1)
_POLL = timedelta(seconds=2)


class Stream(Protocol):
    """The part of the live store that is read here."""

    def recent(self, limit: int) -> Tail:
        """The newest changes and the position after them."""

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        """The changes after a position."""

    def position(self) -> Position:
        """Where the stream ends."""

    def latest(self) -> list[Change] | None:
        """The latest values, None when they are not filled."""

    def rebuild(self, observations: Sequence[Observation], *, at: Position) -> bool:
        """Fill the latest values."""


class Sink(Protocol):
    """Who is told; called on the feeder's thread."""

    def reset(self, position: Position, latest: Sequence[Entry], recent: Sequence[Entry]) -> None:
        """Everything anew."""

    def advance(self, position: Position, entries: Sequence[Entry]) -> None:
        """What came next."""


class Feeder(threading.Thread):
    """Follows the change stream; while Valkey is away it compares the database every two seconds.

    Nothing is lost in either direction: each way begins with a snapshot of the database. An error
    of any other kind is logged and the way begun anew: screens must not stand still for good.
    """

    def __init__(
        self,
        stream: Stream,
        load: Callable[[], Sequence[Observation]],
        sink: Sink,
        *,
        batch: timedelta = timedelta(milliseconds=200),
    ) -> None:
        """Tell `sink` at most once per `batch`; `load` reads the latest values of the database."""
        super().__init__(name="live-feeder", daemon=True)
        self._stream = stream
        self._load = load
        self._sink = sink
        self._batch = batch
        self._stop_asked = threading.Event()
        self._away = False
        self._broken = False

    def stop(self) -> None:
        """Ask the thread to end; it does within about a second."""
        self._stop_asked.set()

    def run(self) -> None:
        """Follow until stopped."""
        while not self._stop_asked.is_set():
            try:
                self._follow_or_watch()
            except Exception:  # the thread's edge: it must not end
                if not self._broken:
                    logger.exception("实时推送出错,稍后重新开始")
                self._broken = True
                self._stop_asked.wait(_POLL.total_seconds())

    def _follow_or_watch(self) -> None:
        try:
            self._follow()
        except StoreUnavailable as wrong:
            if not self._away:
                logger.warning("实时推送改为定时读数据库:%s", wrong)
            self._away = True
            self._watch_database()

    def _follow(self) -> None:
        """Follow one epoch; returns when it ended or something of it was missed."""
        tail = self._stream.recent(REPLAY)
        # The position first: what is committed while we load comes again as a delta.
        self._sink.reset(tail.position, self._snapshot(tail.position), _entries(tail.changes))
        at = tail.position
        if self._away:
            logger.info("实时推送已恢复")
        self._away = False
        while not self._stop_asked.is_set():
            tail = self._stream.read(at, wait=_WAIT)
            if tail.position.epoch != at.epoch:
                return
            if not tail.changes:
                continue
            if tail.changes[0].seq != at.seq + 1:
                return
            at, told = tail.position, monotonic()
            self._sink.advance(at, _entries(tail.changes))
            self._broken = False
            self._stop_asked.wait(max(0.0, self._batch.total_seconds() - (monotonic() - told)))

    def _snapshot(self, at: Position) -> list[Entry]:
        try:
            observations = self._load()
        except StoreUnavailable:
            # The database is away: what Valkey remembers is better than an empty screen.
            remembered = self._stream.latest()
            if remembered is None:
                raise
            return _entries(remembered)
        self._stream.rebuild(observations, at=at)
        return [_entry(one, 0) for one in observations]

    def _watch_database(self) -> None:
        """Tell differences of the database under an epoch of our own until Valkey answers."""
        at = Position("d" + secrets.token_hex(4), 0)
        known: dict[tuple[Key, Period], Entry] | None = None
        while not self._stop_asked.wait(_POLL.total_seconds()) and not self._answers():
            try:
                observations = self._load()
            except StoreUnavailable:
                continue
            entries = [_entry(one, 0) for one in observations]
            if known is None:
                self._sink.reset(at, entries, ())
            elif changed := [one for one in entries if _differs(one, known.get(_of(one)))]:
                numbered = _numbered(changed, at.seq)
                at = Position(at.epoch, at.seq + len(changed))
                self._sink.advance(at, numbered)
            known = {_of(one): one for one in entries}

    def _answers(self) -> bool:
        try:
            self._stream.position()
        except StoreUnavailable:
            return False
        return True


def _entries(changes: Iterable[Change]) -> list[Entry]:
    return [entry(one) for one in changes]


def _entry(one: Observation, seq: int) -> Entry:
    recorded = one.recorded_at or datetime.now(UTC)
    return entry(
        Change(seq, one.indicator, one.region, one.period, one.value, one.status, recorded)
    )


def _of(one: Entry) -> tuple[Key, Period]:
    """What an entry is about; while a value waits for its release, those before it come along."""
    return one.key, one.change.period


def _differs(one: Entry, known: Entry | None) -> bool:
    return known is None or known.json != one.json


def _numbered(entries: Sequence[Entry], after: int) -> list[Entry]:
    """The entries with sequence numbers from after + 1; the JSON does not carry them."""
    return [
        Entry(replace(one.change, seq=seq), one.json) for seq, one in enumerate(entries, after + 1)
    ]
