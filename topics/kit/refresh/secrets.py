"""How a request shows its secret; the secret itself is in no manifest, log, error or answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from pathlib import Path

import httpx

from topics.kit.errors import SourceRefused
from topics.kit.refresh.contracts import SourceSettings

AUTHS = ("bearer", "basic", "header", "query", "hmac")


def secret_of(source: SourceSettings, name: str) -> str:
    """The source's secret, empty when it has none; SourceRefused names the file, never more."""
    if source.secret:
        return source.secret
    return read_secret(source.secret_file, name) if source.secret_file else ""


def read_secret(path: str, name: str) -> str:
    """The first line of a secret's file; SourceRefused names the file, never the secret."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split()
    except OSError as wrong:
        raise SourceRefused(f"{name}:读不到口令文件 {path}({wrong.strerror});请检查权限") from wrong
    except UnicodeDecodeError as wrong:
        raise SourceRefused(f"{name}:口令文件 {path} 不是文本;请写入一行口令或令牌") from wrong
    if not lines:
        raise SourceRefused(f"{name}:口令文件 {path} 是空的;请写入一行口令或令牌")
    return lines[0]


def signed(
    url: httpx.URL, source: SourceSettings, name: str, *, now: float | None = None
) -> tuple[httpx.URL, dict[str, str]]:
    """The address and headers with the secret shown as the source wants it.

    HMAC: X-Timestamp holds seconds since 1970, X-Signature the hexadecimal HMAC-SHA256 of method,
    path with query and timestamp, joined by line feeds; X-Key holds `user`.
    """
    secret = secret_of(source, name)
    if not secret:
        return url, {}
    if source.auth == "basic":
        pair = base64.b64encode(f"{source.user}:{secret}".encode()).decode()
        return url, {"Authorization": f"Basic {pair}"}
    if source.auth == "header":
        return url, {source.auth_name or "X-API-Key": secret}
    if source.auth == "query":
        return url.copy_merge_params({source.auth_name or "key": secret}), {}
    if source.auth == "hmac":
        moment = str(int(time.time() if now is None else now))
        text = f"GET\n{url.raw_path.decode()}\n{moment}"
        mark = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return url, {"X-Key": source.user, "X-Timestamp": moment, "X-Signature": mark}
    return url, {"Authorization": f"Bearer {secret}"}


def without_secret(text: str, source: SourceSettings, name: str) -> str:
    """The text with the secret struck out: a driver's own words may quote an address."""
    try:
        secret = secret_of(source, name)
    except SourceRefused:
        return text
    return text.replace(secret, "***") if secret else text
