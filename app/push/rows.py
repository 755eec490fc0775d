"""Rows of the overview for screens that look at one region: rendered once, sent when changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from app.push.batches import Batch, Key
from app.push.feeds import Feed
from layers.errors import LayerError
from topics.kit.contracts import Change
from topics.kit.errors import TopicError

logger = logging.getLogger(__name__)

Early = Callable[[str], bool]
RowRenderer = Callable[[Sequence[Change], str, Early], list[dict[str, Any]]]
"""Makes the rows of the changed indicators of a region; called outside the event loop.

The last argument says of which indicators the viewers see values before their release.
"""


class RegionRows:
    """Keeps the rows of one feed and region as last sent and renders what changed."""

    def __init__(self, feed: Feed, region: str, render: RowRenderer) -> None:
        """Serve the screens of `feed` that look at `region`."""
        self._feed = feed
        self._region = region
        self._render = render
        self._pending: dict[Key, Change] = {}
        self._sent: dict[Key, bytes] = {}
        self._task: asyncio.Task[None] | None = None

    def known(self) -> Batch | None:
        """All rows as last sent, for a screen that just came; None when there are none yet."""
        return Batch(rows=dict(self._sent)) if self._sent else None

    def ask(self, changes: Iterable[Change]) -> None:
        """Have the rows of these changes rendered; what comes meanwhile waits for the next turn."""
        self._pending.update(((one.indicator, one.region), one) for one in changes)
        if self._pending and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work(), name=f"rows-{self._region}")

    def stop(self) -> None:
        """Render nothing more."""
        self._pending.clear()
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        while self._pending:
            changes, self._pending = list(self._pending.values()), {}
            try:
                rows = await asyncio.to_thread(
                    self._render, changes, self._region, self._feed.early
                )
            except (LayerError, TopicError) as wrong:
                # The next change or the next minute renders again; the page keeps what it shows.
                logger.warning("总览行暂时不能更新(%s):%s", self._region, wrong)
                return
            self._send(rows)

    def _send(self, rows: list[dict[str, Any]]) -> None:
        made = {(row["indicator"], row["region"]): orjson.dumps(row) for row in rows}
        changed = {key: row for key, row in made.items() if self._sent.get(key) != row}
        if changed:
            self._sent.update(changed)
            self._feed.send(Batch(rows=changed), region=self._region)
