"""The live part of one web process: the hub and the thread that feeds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Protocol

from app.push.batches import Entry
from app.push.feeder import Feeder, Sink, Stream
from app.push.hub import Hub, Make
from app.push.rows import RowRenderer
from app.push.shelf import ReleaseAt, at_once
from topics.kit.contracts import Observation
from topics.kit.events import Position


class Teller(Protocol):
    """Something else that is told to the screens, from a thread of its own."""

    def start(self, tell: Callable[..., None]) -> None:
        """Begin; `tell(event, make, greeting=make)` may be called from any thread."""

    def stop(self) -> None:
        """End soon."""


class LivePush:
    """Starts with the first screen and ends with the server."""

    def __init__(
        self,
        stream: Stream,
        load: Callable[[], Sequence[Observation]],
        *,
        render: RowRenderer | None = None,
        also: Sink | None = None,
        batch: timedelta = timedelta(milliseconds=200),
        per_address: int = 500,
        release_at: ReleaseAt = at_once,
        tellers: Sequence[Teller] = (),
    ) -> None:
        """Follow `stream`; `load` reads the latest values of the database.

        Of a series whose newest value waits for `release_at`, `load` gives those before it too.
        `also` is told before the screens are, on the feeder's thread.
        """
        self._stream = stream
        self._also = also
        self._load = load
        self._batch = batch
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feeder: Feeder | None = None
        self._tellers = tellers
        self.hub = Hub(render=render, per_address=per_address, release_at=release_at)

    def start(self) -> None:
        """Begin to follow; called on the event loop, does nothing the second time."""
        if self._feeder is None and not self.hub.closed:
            self._loop = asyncio.get_running_loop()
            self._feeder = Feeder(self._stream, self._load, self, batch=self._batch)
            self._feeder.start()
            for one in self._tellers:
                one.start(self.tell)

    def close(self) -> None:
        """End all streams; may be called from any thread or a signal handler, and twice."""
        if self._feeder is not None:
            self._feeder.stop()
        for one in self._tellers:
            one.stop()
        self._call(self.hub.close)

    def wait(self, patience: timedelta) -> None:
        """Wait for the thread to end after `close`."""
        if self._feeder is not None:
            self._feeder.join(patience.total_seconds())

    def tell(self, event: str, make: Make, *, greeting: Make) -> None:
        """Hand news over to the event loop."""
        self._call(partial(self.hub.tell, event, make, greeting=greeting))

    def reset(self, position: Position, latest: Sequence[Entry], recent: Sequence[Entry]) -> None:
        """Hand a new stream over to the event loop."""
        if self._also is not None:
            self._also.reset(position, latest, recent)
        self._call(self.hub.reset, position, latest, recent)

    def advance(self, position: Position, entries: Sequence[Entry]) -> None:
        """Hand the next changes over to the event loop."""
        if self._also is not None:
            self._also.advance(position, entries)
        self._call(self.hub.advance, position, entries)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop was closed: there is nobody left to tell
            self._loop.call_soon_threadsafe(function, *arguments)
