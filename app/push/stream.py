"""One open stream as an HTTP answer: batches as they come, a beat when nothing does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.push.feeds import Screen

_HELLO = b"retry: 1000\n\n"
# Proxies are content with a comment; a page never hears of one, and its watchdog waits for this.
_ALIVE = b": \n\nevent: beat\ndata: 0\n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stream waits for what."""

    keepalive: timedelta = timedelta(seconds=15)
    recheck: timedelta = timedelta(seconds=60)
    stalled: timedelta = timedelta(seconds=60)  # a screen that takes nothing for so long is let go


class EventStream(Response):
    """Streams a screen's mailbox until the browser leaves, the hub closes or the rights change."""

    def __init__(
        self,
        screen: Screen,
        leave: Callable[[Screen], None],
        still_allowed: Callable[[], Awaitable[bool]],
        pace: Pace,
    ) -> None:
        """Serve `screen`; `leave` is called exactly once, however the stream ends."""
        super().__init__(media_type="text/event-stream")
        self._screen = screen
        self._leave = leave
        self._still_allowed = still_allowed
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        gone = asyncio.create_task(self._until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._write(send, _HELLO)
            await self._pump(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            # Returning without an end makes the server drop the connection, which is what we want.
            return
        finally:
            gone.cancel()
            self._leave(self._screen)

    async def _pump(self, send: Send) -> None:
        checked = monotonic()
        mailbox = self._screen.mailbox
        while not mailbox.closed:
            batch = await mailbox.take(self._pace.keepalive)
            if mailbox.closed:
                return
            if monotonic() - checked >= self._pace.recheck.total_seconds():
                if not await self._still_allowed():
                    return  # the browser comes back and is asked who it is
                checked = monotonic()
            await self._write(send, _ALIVE if batch is None else batch.encoded)

    async def _write(self, send: Send, body: bytes) -> None:
        async with asyncio.timeout(self._pace.stalled.total_seconds()):
            await send({"type": "http.response.body", "body": body, "more_body": True})

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._screen.mailbox.close()
