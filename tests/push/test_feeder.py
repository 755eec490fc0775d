"""The feeder's thread: nothing ends it, and nobody is told the same twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from app.push import feeder
from app.push.batches import Entry
from app.push.feeder import Feeder
from layers.errors import StoreUnavailable
from topics.kit.contracts import Observation
from topics.kit.events import Position, Tail

from .conftest import observation


class Stream:
    """A stream that is away, or that has nothing to tell."""

    def __init__(self, *, away: bool) -> None:
        self._away = away

    def position(self) -> Position:
        if self._away:
            raise StoreUnavailable("缓存不在")
        return Position("e", 0)

    def recent(self, limit: int) -> Tail:
        return Tail(self.position(), ())

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        time.sleep(0.01)
        return Tail(after, ())

    def latest(self) -> None:
        return None

    def rebuild(self, observations: Sequence[Observation], *, at: Position) -> bool:
        return True


class Sink:
    """Counts what it is told; its first `faults` resets break."""

    def __init__(self, faults: int = 0) -> None:
        self._faults = faults
        self.resets: list[int] = []
        self.advances: list[int] = []

    def reset(self, position: Position, latest: Sequence[Entry], recent: Sequence[Entry]) -> None:
        if self._faults:
            self._faults -= 1
            raise RuntimeError("坏了")
        self.resets.append(len(latest))

    def advance(self, position: Position, entries: Sequence[Entry]) -> None:
        self.advances.append(len(entries))


Start = Callable[..., Feeder]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(feeder, "_POLL", timedelta(milliseconds=20))
    made: list[Feeder] = []

    def started(*parts: Any) -> Feeder:
        made.append(Feeder(*parts))
        made[-1].start()
        return made[-1]

    yield started
    for one in made:
        one.stop()
        one.join(30)


def _wait(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    assert holds()


@pytest.mark.parametrize("away", [False, True], ids=["following", "watching"])
def test_an_unforeseen_error_is_told_once_and_the_way_begun_anew(
    start: Start, caplog: pytest.LogCaptureFixture, away: bool
) -> None:
    sink = Sink(faults=3)
    thread = start(Stream(away=away), lambda: [observation(1)], sink)
    _wait(lambda: sink.resets)
    assert thread.is_alive()
    (told,) = [one for one in caplog.records if one.exc_info]
    assert "实时推送出错" in told.message


def test_an_empty_database_is_told_of_once_and_its_first_value_as_a_change(start: Start) -> None:
    rows: list[Observation] = []
    asked = threading.Semaphore(0)

    def load() -> list[Observation]:
        asked.release()
        return list(rows)

    sink = Sink()
    start(Stream(away=True), load, sink)
    for _ in range(5):
        assert asked.acquire(timeout=30)
    rows.append(observation(1))
    _wait(lambda: sink.advances)
    assert (sink.resets, sink.advances) == ([0], [1])
