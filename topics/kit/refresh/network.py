"""Connections that go only to checked addresses and end at a deadline, however slowly one drips."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from topics.kit.errors import SourceTimeout
from topics.kit.refresh.hosts import HostGuard

_SYNC = httpcore.SyncBackend


class Deadline:
    """The moment at which an exchange must be over, whatever it is doing then."""

    def __init__(self, seconds: float, said: str) -> None:
        """`said` is the text of the SourceTimeout."""
        self._until = time.monotonic() + seconds
        self._said = said

    def left(self, timeout: float | None = None) -> float:
        """Seconds left, at most `timeout`; raises SourceTimeout when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise SourceTimeout(self._said)
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A stream of which no single step outlasts the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the address that the guard checked, never to a name."""

    def __init__(self, guard: HostGuard, deadline: Deadline, name: str) -> None:
        self._guard = guard
        self._deadline = deadline
        self._name = name
        self._inner = _SYNC()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._guard.addresses(host, port, self._name)
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except httpcore.ConnectError:
                if not left:
                    raise
            else:
                return _Stream(stream, self._deadline)
        raise AssertionError("a guard gives at least one address")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class GuardedTransport(httpx.HTTPTransport):
    """httpx's own transport on guarded connections; no proxy, so that nothing resolves for us."""

    def __init__(
        self, guard: HostGuard, deadline: Deadline, name: str, *, trust: ssl.SSLContext
    ) -> None:
        """Trust what `trust` trusts; `name` is what errors call the source."""
        super().__init__(verify=trust, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust, network_backend=_Backend(guard, deadline, name)
        )
