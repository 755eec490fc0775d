"""Sessions and login attempts in Valkey: both may be lost, then people sign in again."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis

from layers.errors import StoreUnavailable

_SESSION = "tl:session:"
_ATTEMPTS = "tl:login:"
_DEFAULT_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and the epoch of the account when it was opened."""

    account: str
    epoch: int


class ValkeySessions:
    """Sessions by an opaque 256-bit id of which only the hash is stored, with sliding expiry."""

    def __init__(self, client: redis.Redis, *, lifetime: timedelta = _DEFAULT_LIFETIME) -> None:
        """Keep sessions on the server behind `client`, each for `lifetime` after its last use."""
        self._client = client
        self._lifetime = lifetime

    def open(self, session: Session) -> str:
        """Start a session; return the secret id for the cookie. Raises StoreUnavailable."""
        secret = secrets.token_urlsafe(32)
        value = json.dumps({"account": session.account, "epoch": session.epoch})
        with _unavailable():
            self._client.set(_SESSION + _hash(secret), value, ex=self._lifetime)
        return secret

    def find(self, secret: str) -> Session | None:
        """The living session with this id, its expiry moved on; None when there is none."""
        with _unavailable():
            value: Any = self._client.getex(_SESSION + _hash(secret), ex=self._lifetime)
        return _session(value)

    def peek(self, secret: str) -> Session | None:
        """As `find`, but this is no use of the session: its expiry stays where it is."""
        with _unavailable():
            value: Any = self._client.get(_SESSION + _hash(secret))
        return _session(value)

    def close(self, secret: str) -> None:
        """End the session; closing twice changes nothing."""
        with _unavailable():
            self._client.delete(_SESSION + _hash(secret))

    def attempt(self, name: str, *, limit: int, pause: timedelta) -> timedelta | None:
        """Count one try to sign in as `name`, before the password is looked at.

        None: go on. Else the time for which `name` is closed, since `limit` tries failed in a row.
        Counting first means that parallel guesses cannot slip past the limit.
        """
        key = _ATTEMPTS + _hash(name)
        with _unavailable():
            with self._client.pipeline(transaction=True) as batch:
                batch.set(key, 0, ex=pause, nx=True)
                batch.incr(key)
                batch.ttl(key)
                _, tries, left = batch.execute()
            if tries > limit:
                return timedelta(seconds=max(int(left), 1))
            self._client.expire(key, pause)
        return None

    def forgive(self, name: str) -> None:
        """Forget the failed tries of `name`."""
        with _unavailable():
            self._client.delete(_ATTEMPTS + _hash(name))


def _session(value: Any) -> Session | None:
    if value is None:
        return None
    raw = json.loads(value)
    return Session(account=raw["account"], epoch=raw["epoch"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as wrong:
        raise StoreUnavailable(
            "登录服务暂时不可用,请稍后重试;仍不行时请管理员运行 tonglan doctor"
        ) from wrong
