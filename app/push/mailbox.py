"""What waits for one screen: at most one batch, into which all later ones are merged."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from app.push.batches import Batch


class Mailbox:
    """Never blocks its sender; a slow reader finds the newest values, not a queue."""

    def __init__(self) -> None:
        """Begin empty and open."""
        self._waiting: Batch | None = None
        self._ready = asyncio.Event()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed

    def put(self, batch: Batch) -> None:
        """Add a batch. While the reader keeps up it gets the very object, encoded once for all."""
        self._waiting = batch if self._waiting is None else self._waiting.merged(batch)
        self._ready.set()

    async def take(self, patience: timedelta) -> Batch | None:
        """What waits, as soon as something does; None when patience ends or the box is closed."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._ready.wait()
        except TimeoutError:
            return None
        if self._closed:
            return None
        batch, self._waiting = self._waiting, None
        self._ready.clear()
        return batch

    def close(self) -> None:
        """Wake the reader for the last time."""
        self._closed = True
        self._waiting = None
        self._ready.set()
