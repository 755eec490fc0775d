"""Which Valkey or Redis answers."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from topics.kit.stores.valkey import connect_valkey, unavailable


def valkey_version(url: str) -> str:
    """The server's version; raises StoreUnavailable."""
    with closing(connect_valkey(url, decode=True)) as client, unavailable():
        said: Any = client.info("server")
    return str(said.get("valkey_version") or said["redis_version"])
