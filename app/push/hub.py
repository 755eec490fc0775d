"""The hub of one web process: the latest values, the recent changes, and who listens.

Lives on the event loop; nothing here blocks. The feeder thread tells it what changed.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import timedelta

from app.errors import TooManyStreams
from app.push.batches import Batch, Entry, News
from app.push.feeds import NOBODY, Audience, Feed, Screen, Viewer
from app.push.rows import RegionRows, RowRenderer
from app.push.shelf import ReleaseAt, Shelf, at_once
from topics.kit.events import Position

Make = Callable[[Feed], News | None]
"""Makes the news of one feed; called on the event loop, so it only puts prepared parts together."""

REPLAY = 5000
"""So many changes are held for screens that come back."""


class Hub:
    """Gives every screen a snapshot or what it missed, and then the deltas."""

    def __init__(
        self,
        *,
        render: RowRenderer | None = None,
        per_address: int = 500,
        tidy_every: timedelta = timedelta(seconds=30),
        release_at: ReleaseAt = at_once,
        look_every: timedelta = timedelta(seconds=1),
    ) -> None:
        """Render rows by `render`; one address holds at most `per_address` streams.

        What `release_at` puts off is told at its moment, looked for every `look_every`.
        """
        self._render = render
        self._per_address = per_address
        self._tidy_every = tidy_every
        self._look_every = look_every
        self._shelf = Shelf(release_at)
        self._released: deque[tuple[int, Entry]] = deque(maxlen=REPLAY)  # position, what came out
        self._recent: deque[Entry] = deque(maxlen=REPLAY)
        self._position: Position | None = None
        self._feeds: dict[Audience, Feed] = {}
        self._rows: dict[tuple[Audience, str], RegionRows] = {}
        self._greetings: dict[str, Make] = {}
        self._addresses: Counter[str] = Counter()
        self._tidying: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def screens(self) -> int:
        """How many streams are open."""
        return self._addresses.total()

    # -- told by the feeder --------------------------------------------------------------------

    def reset(self, position: Position, latest: Sequence[Entry], recent: Sequence[Entry]) -> None:
        """A new stream, or one of which something was missed: everybody gets a snapshot."""
        self._shelf.fill(latest)
        self._released.clear()
        self._recent = deque(recent, maxlen=REPLAY)
        self._position = position
        for feed in self._feeds.values():
            feed.forget_snapshot()
            feed.send(feed.snapshot(position, self._shelf.entries()))
        self._ask_all_rows()

    def advance(self, position: Position, entries: Sequence[Entry]) -> None:
        """The next changes of the present stream, in order."""
        self._position = position
        self._recent.extend(entries)
        for one in entries:
            self._shelf.put(one)
        for feed in self._feeds.values():
            if shown := feed.visible(entries):
                feed.send(Batch.delta(position, shown))
        for (audience, region), rows in self._rows.items():
            feed = self._feeds[audience]
            rows.ask(one.change for one in feed.visible(entries) if one.change.region == region)

    def tell(self, event: str, make: Make, *, greeting: Make) -> None:
        """News for every feed; `greeting` is what a screen that comes later is told of it."""
        self._greetings[event] = greeting
        for feed in self._feeds.values():
            if (news := make(feed)) is not None:
                feed.send(Batch(news={event: news}))

    # -- told by the endpoint ------------------------------------------------------------------

    def join(
        self,
        audience: Audience,
        sees: Callable[[str], bool],
        *,
        early: Callable[[str], bool] = lambda _: False,
        region: str | None = None,
        last: Position | None = None,
        address: str = "",
        viewer: Viewer = NOBODY,
    ) -> Screen:
        """A new screen, its mailbox holding what it missed since `last`, or a snapshot."""
        if self._addresses[address] >= self._per_address:
            raise TooManyStreams(
                f"同一地址最多同时打开 {self._per_address} 个实时连接;"
                "请关闭多余的页面,或调大 config.toml 的 live.streams_per_address"
            )
        screen = Screen(audience, region, address)
        self._addresses[address] += 1
        made = Feed(audience.topics, sees, early=early, waits=self._shelf.waits, viewer=viewer)
        feed = self._feeds.setdefault(audience, made)
        feed.screens.add(screen)
        if self._position is not None:
            screen.mailbox.put(self._greeting(feed, last, self._position))
        self._show_rows(screen, feed)
        for event, greeting in self._greetings.items():
            if (news := greeting(feed)) is not None:
                screen.mailbox.put(Batch(news={event: news}))
        if self._tidying is None:
            self._tidying = asyncio.create_task(self._tidy(), name="hub-tidy")
            self._looking = asyncio.create_task(self._look(), name="hub-releases")
        if self.closed:
            screen.mailbox.close()
        return screen

    def leave(self, screen: Screen) -> None:
        """The screen is gone; its feed and rows go with the last of them."""
        feed = self._feeds.get(screen.audience)
        if feed is None or screen not in feed.screens:
            return
        feed.screens.discard(screen)
        self._addresses[screen.address] -= 1
        self._addresses += Counter()  # drops the zeros
        alike = [one for one in feed.screens if one.region == screen.region]
        rows = (screen.audience, screen.region or "")
        if not alike and rows in self._rows:
            self._rows.pop(rows).stop()
        if not feed.screens:
            del self._feeds[screen.audience]

    def close(self) -> None:
        """End all streams and take no new ones; called when the server is asked to stop."""
        self.closed = True
        for task in (self._tidying, self._looking):
            if task is not None:
                task.cancel()
        for rows in self._rows.values():
            rows.stop()
        for feed in self._feeds.values():
            for screen in feed.screens:
                screen.mailbox.close()

    # ------------------------------------------------------------------------------------------

    def _greeting(self, feed: Feed, last: Position | None, now: Position) -> Batch:
        if last is not None and last.epoch == now.epoch and self._holds_since(last.seq, now.seq):
            missed = [one for one in self._recent if one.change.seq > last.seq]
            # What came out at its release has an old number: it may have been missed all the same.
            missed += [one for seq, one in self._released if seq >= last.seq]
            return Batch.delta(now, feed.visible(missed))
        return feed.snapshot(now, self._shelf.entries())

    def _holds_since(self, seq: int, now: int) -> bool:
        first = self._recent[0].change.seq if self._recent else now + 1
        return first - 1 <= seq <= now

    def _show_rows(self, screen: Screen, feed: Feed) -> None:
        if self._render is None or screen.region is None:
            return
        key = (screen.audience, screen.region)
        if key not in self._rows:
            self._rows[key] = RegionRows(feed, screen.region, self._render)
        if known := self._rows[key].known():
            screen.mailbox.put(known)
        self._ask_rows(key)

    def _ask_rows(self, key: tuple[Audience, str]) -> None:
        audience, region = key
        here = (one for one in self._shelf.entries() if one.change.region == region)
        self._rows[key].ask(one.change for one in self._feeds[audience].visible(here))

    def _ask_all_rows(self) -> None:
        for key in self._rows:
            self._ask_rows(key)

    async def _tidy(self) -> None:
        """Ask permissions and ages again from time to time: values age without changing."""
        while True:
            await asyncio.sleep(self._tidy_every.total_seconds())
            self._shelf.recheck()
            for feed in self._feeds.values():
                feed.forget_decisions()
            self._ask_all_rows()

    async def _look(self) -> None:
        """Tell at its moment what had to wait, to those who had to wait: nothing is written."""
        while True:
            await asyncio.sleep(self._look_every.total_seconds())
            self.release()

    def release(self) -> None:
        """Tell what is released by now and was not told yet."""
        due = self._shelf.due()
        if not due or self._position is None:
            return
        self._released.extend((self._position.seq, one) for one in due)
        for feed in self._feeds.values():
            feed.forget_snapshot()
            if new := [one for one in feed.visible(due) if not feed.early(one.change.indicator)]:
                feed.send(Batch.delta(self._position, new))
        for (audience, region), rows in self._rows.items():
            feed = self._feeds[audience]
            rows.ask(one.change for one in feed.visible(due) if one.change.region == region)
