"""The leader's lock in Valkey; lost with Valkey, which only costs one lifetime."""

from __future__ import annotations

from datetime import timedelta

import redis

from topics.kit.stores.valkey import unavailable

_KEY = "tl:leader"
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""


class ValkeyLock:
    """A lock that one owner holds until it is released or its lifetime passes unrenewed."""

    def __init__(self, client: redis.Redis, key: str = _KEY) -> None:
        """Use `client`; workers with equal `key` compete."""
        self._client = client
        self._key = key
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)

    def acquire(self, owner: str, lifetime: timedelta) -> bool:
        """Take the lock if it is free."""
        with unavailable():
            return bool(self._client.set(self._key, owner, nx=True, px=lifetime))

    def renew(self, owner: str, lifetime: timedelta) -> bool:
        """Prolong it; False when it is not the owner's any more."""
        milliseconds = int(lifetime.total_seconds() * 1000)
        with unavailable():
            return bool(self._renew(keys=[self._key], args=[owner, milliseconds]))

    def release(self, owner: str) -> None:
        """Give it up, if it is the owner's."""
        with unavailable():
            self._release(keys=[self._key], args=[owner])
