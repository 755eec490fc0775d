"""One POST to a receiver: guarded, bounded in time and size, its answer judged for what it is."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
import orjson

from topics.kit.errors import RefreshFailed, SourceRefused
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.network import Deadline, GuardedTransport

_MOST = 256 << 10  # no receiver has more to say than that


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered: a success by HTTP's own rules, and not a web page."""

    status: int
    body: bytes

    def document(self) -> Mapping[str, Any]:
        """The answer as a JSON object; SourceRefused for anything else."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            raise SourceRefused(f"回答不是 JSON:{shortened(self.body)}") from wrong
        if not isinstance(found, dict):
            raise SourceRefused(f"回答不是 JSON 对象:{shortened(self.body)}")
        return found


def post(
    url: httpx.URL,
    body: bytes,
    headers: Mapping[str, str],
    *,
    guard: HostGuard,
    name: str,
    seconds: float,
    ca_file: str = "",
) -> Reply:
    """Send the body and return the answer; RefreshFailed says in words what went wrong.

    No redirect is followed: a message with its secret goes to the configured host or nowhere.
    """
    deadline = Deadline(seconds, f"{seconds:g} 秒内没有答完")
    transport = GuardedTransport(guard, deadline, name, trust=_trust(url, ca_file, name))
    try:
        with (
            httpx.Client(transport=transport, timeout=seconds, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            reply = Reply(response.status_code, _body(response, deadline))
            kind = response.headers.get("content-type", "").lower()
    except httpx.TimeoutException as wrong:
        raise RefreshFailed(f"{seconds:g} 秒内没有回答") from wrong
    except httpx.RemoteProtocolError as wrong:
        raise RefreshFailed("回答传到一半断了") from wrong
    except httpx.HTTPError as wrong:
        # The library's words may quote the address with its key: they are not passed on.
        raise RefreshFailed(f"连不上 {url.host}({type(wrong).__name__})") from wrong
    if not 200 <= reply.status < 300:
        raise RefreshFailed(f"返回 HTTP {reply.status}:{shortened(reply.body)}")
    if "html" in kind or reply.body.lstrip()[:1] == b"<":
        raise RefreshFailed("返回 200,但内容是网页(可能是错误页或登录页),不算送达")
    return reply


def shortened(body: bytes) -> str:
    """The beginning of an answer, for a person to read."""
    return " ".join(body[:200].decode("utf-8", "replace").split())[:120] or "(空)"


def _body(response: httpx.Response, deadline: Deadline) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > _MOST:
            raise RefreshFailed("回答过长,不算送达")
        deadline.left()
        parts.append(part)
    return b"".join(parts)


@lru_cache(maxsize=16)
def _context(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file or None)


def _trust(url: httpx.URL, ca_file: str, name: str) -> ssl.SSLContext:
    try:
        return _context(ca_file if url.scheme == "https" else "")
    except OSError as wrong:
        raise SourceRefused(f"{name}:CA 文件 {ca_file} 读不了;请检查路径和格式") from wrong
