"""The body of one request into one upload, block by block, with at most 1 MB in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from time import monotonic

from anyio import to_thread
from starlette.types import Message, Receive

from app.api.tus import Checksum
from layers.errors import BadChecksum, UploadBusy
from layers.stores.upload_writer import UploadWriter

_BLOCK = 1 << 20
_LOOK_S = 0.5
_IDLE_S = 2.0  # without a byte for so long, a writer gives way to whoever asks
_PATIENCE_S = 60.0  # and gives up by itself after so long
_DRAIN_BYTES = 32 << 20
_DRAIN_S = 5.0

AskedFor = Callable[[bool], bool]
"""Whether somebody wants the upload; told whether its writer has been idle."""


async def take_body(
    writer: UploadWriter, receive: Receive, asked_for: AskedFor, promised: Checksum | None
) -> bool:
    """Write the request's bytes and close the writer; False when the client went away before.

    What came is kept even when the client goes away, unless a checksum was promised: then all of
    it counts or nothing. Raises BadChecksum, UploadBusy (somebody else took over), UploadTooLarge
    and StoreUnavailable.
    """
    digest = hashlib.sha256() if promised else None
    body = _Body(receive, asked_for)

    def take(block: bytes) -> None:
        writer.write(block)
        if digest is not None:
            digest.update(block)

    try:
        async for block in body:
            await to_thread.run_sync(take, block)
        if promised is not None and digest is not None and body.complete:
            if not promised.holds(digest.digest()):
                raise BadChecksum("收到的内容与校验值不一致,已丢弃;请从上一个进度重新发送这一段")
            await to_thread.run_sync(writer.keep)
    except asyncio.CancelledError:
        # The process stops and waits for no thread any more: what came is kept here and now.
        writer.close()
        raise
    finally:
        body.close()
        if not writer.closed:
            await to_thread.run_sync(writer.close)
    return body.complete


class Incoming:
    """The messages of one request; knows whether the last of them came."""

    def __init__(self, receive: Receive) -> None:
        """Read from `receive`."""
        self._receive = receive
        self.ended = False

    async def __call__(self) -> Message:
        """The next message."""
        message = await self._receive()
        self.ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read on for a moment, so that a client in the middle of sending hears the answer."""
        until, seen = monotonic() + _DRAIN_S, 0
        while not self.ended and seen < _DRAIN_BYTES and monotonic() < until:
            try:
                message = await asyncio.wait_for(self(), max(0.0, until - monotonic()))
            except TimeoutError:
                return
            seen += len(message.get("body", b""))


class _Body:
    """Blocks of about 1 MB; hands over what it has whenever the client pauses."""

    def __init__(self, receive: Receive, asked_for: AskedFor) -> None:
        self.complete = False
        self._receive = receive
        self._asked_for = asked_for
        self._next: asyncio.Task[Message] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = bytearray()
        heard = looked = monotonic()
        while True:
            message = await self._message()
            now = monotonic()
            if message is not None:
                heard = now
                held += message.get("body", b"")
            ended = message is not None and self._ended(message)
            due = message is None or now - looked >= _LOOK_S
            if held and (ended or due or len(held) >= _BLOCK):
                yield bytes(held)
                held.clear()
            if ended or (due and await self._gives_way(now - heard)):
                return
            looked = now if due else looked

    def _ended(self, message: Message) -> bool:
        if message["type"] != "http.request":
            return True  # the client hung up
        self.complete = not message.get("more_body", False)
        return self.complete

    async def _message(self) -> Message | None:
        """The next message; None when none came within a moment."""
        if self._next is None:
            self._next = asyncio.ensure_future(_awaited(self._receive))
        done, _ = await asyncio.wait({self._next}, timeout=_LOOK_S)
        if not done:
            return None
        task, self._next = self._next, None
        return task.result()

    async def _gives_way(self, silent: float) -> bool:
        """True when the client is silent for too long; raises UploadBusy when it was replaced."""
        if await to_thread.run_sync(self._asked_for, silent >= _IDLE_S):
            raise _taken_over()
        return silent >= _PATIENCE_S

    def close(self) -> None:
        if self._next is not None:
            self._next.cancel()


async def _awaited(receive: Receive) -> Message:
    return await receive()


def _taken_over() -> UploadBusy:
    return UploadBusy("这个上传已由另一个请求接手;请用 HEAD 查询进度后继续")
