"""Live state in Valkey: the change stream and the latest values. All of it can be rebuilt.

A stream has an epoch, new whenever the stream was lost or its server started anew, and a sequence
that rises by one within the epoch. So a reader who knows (epoch, seq) knows exactly what it missed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from layers.errors import StoreUnavailable
from topics.kit.contracts import Change, Observation, Period, PeriodKind, ValueStatus
from topics.kit.events import Position, Tail

# A dead server must cost a screen seconds, not redis-py's default of ten tries.
_SOCKET_TIMEOUT_S = 5.0
_CONNECT_TIMEOUT_S = 2.0

_HEAD, _CHANGES, _LATEST = "tl:{live}:head", "tl:{live}:changes", "tl:{live}:latest"
_BATCH = 1000

# The epoch is bound to the server's own run id: after a restart the last moments of an append-only
# file may be missing, and a sequence number must never name two different changes.
_ENSURE = """
local function ensure(fresh)
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
  local head = redis.call('HMGET', KEYS[1], 'epoch', 'server', 'seq')
  local whole = head[3] == '0' or redis.call('EXISTS', KEYS[2]) == 1
  if head[1] and head[2] == run and whole then return head[1], tonumber(head[3]) end
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'epoch', fresh, 'server', run, 'seq', 0)
  return fresh, 0
end
-- newest period wins, then the newest recording: a late or repeated change never turns back
local function remember(field, order, payload)
  local known = redis.call('HGET', KEYS[3], field)
  if not known or string.sub(known, 1, #order) <= order then
    redis.call('HSET', KEYS[3], field, order .. payload)
  end
end
"""
_OPEN = _ENSURE + "local epoch, seq = ensure(ARGV[1]); return {epoch, seq}"
_PUBLISH = (
    _ENSURE
    + """
local epoch, seq = ensure(ARGV[1])
for at = 3, #ARGV, 3 do
  seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], seq .. '-0', 'c', ARGV[at + 2])
  remember(ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
return {epoch, seq}
"""
)
_REBUILD = (
    _ENSURE
    + """
local epoch = ensure(ARGV[1])
if epoch ~= ARGV[2] then return 0 end
for at = 4, #ARGV, 3 do remember(ARGV[at], ARGV[at + 1], ARGV[at + 2]) end
if ARGV[3] == 'last' then redis.call('HSET', KEYS[1], 'complete', epoch) end
return 1
"""
)


def connect_valkey(url: str, *, decode: bool = False) -> redis.Redis:
    """A client for `unix:///path.sock` or `redis://…`; connects at first use, fails in seconds."""
    return redis.Redis.from_url(
        url,
        decode_responses=decode,
        retry=Retry(NoBackoff(), 1),
        socket_timeout=_SOCKET_TIMEOUT_S,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )


def connect_valkey_async(url: str, *, decode: bool = False) -> redis.asyncio.Redis:
    """The same for asyncio code."""
    return redis.asyncio.Redis.from_url(
        url,
        decode_responses=decode,
        retry=AsyncRetry(NoBackoff(), 1),
        socket_timeout=_SOCKET_TIMEOUT_S,
        socket_connect_timeout=_CONNECT_TIMEOUT_S,
    )


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn "Valkey does not answer" inside the block into StoreUnavailable."""
    try:
        yield
    except redis.RedisError as wrong:
        raise StoreUnavailable(
            "实时缓存(Valkey)暂时连不上;数据都在数据库里,没有丢失,恢复后会自动重建"
        ) from wrong


class LiveStore:
    """The change stream and the latest value of every indicator and region.

    Every method raises StoreUnavailable when the server is away; nothing is lost by that.
    """

    def __init__(self, client: redis.Redis, *, keep: int = 100_000) -> None:
        """Use `client`; about `keep` changes stay readable."""
        self._client = client
        self._keep = keep
        self._open = client.register_script(_OPEN)
        self._publish = client.register_script(_PUBLISH)
        self._rebuild = client.register_script(_REBUILD)

    def position(self) -> Position:
        """Where the stream ends now; begins a new epoch when the old stream is gone."""
        with unavailable():
            return _position(self._open(keys=_KEYS, args=[_fresh_epoch()]))

    def publish(self, observations: Sequence[Observation]) -> Position:
        """Append the changes in order, remember the newest of each; returns the new end."""
        end = self.position() if not observations else None
        for start in range(0, len(observations), _BATCH):
            some = observations[start : start + _BATCH]
            arguments = [_fresh_epoch(), self._keep, *_triples(some)]
            with unavailable():
                end = _position(self._publish(keys=_KEYS, args=arguments))
        assert end is not None
        return end

    def read(self, after: Position, *, wait: timedelta, limit: int = 5000) -> Tail:
        """Changes after `after`, waiting up to `wait` for the first one.

        When the stream has another epoch by now, the answer is its position and no change: the
        reader has to take a snapshot.
        """
        with unavailable():
            found: Any = self._client.xread(
                {_CHANGES: f"{after.seq}-0"},
                count=limit,
                block=max(1, int(wait.total_seconds() * 1000)),
            )
        now = self.position()
        if now.epoch != after.epoch:
            return Tail(now, ())
        changes = [_change(entry) for entry in (found[0][1] if found else ())]
        return Tail(Position(now.epoch, changes[-1].seq if changes else after.seq), changes)

    def recent(self, limit: int) -> Tail:
        """The newest `limit` changes, oldest first, and the position after them."""
        end = self.position()
        with unavailable():
            found: Any = self._client.xrevrange(_CHANGES, max=f"{end.seq}-0", count=limit)
        return Tail(end, [_change(entry) for entry in reversed(found)])

    def latest(self) -> list[Change] | None:
        """The latest value of every indicator and region; None until `rebuild` filled it."""
        self.position()  # an epoch of a dead server must not pass for the present one
        with unavailable():
            epoch, complete = self._client.hmget(_HEAD, ["epoch", "complete"])
            if epoch is None or _text(epoch) != _text(complete or b""):
                return None
            values: Any = self._client.hvals(_LATEST)
        return [_parse(0, _bytes(value)[_ORDER_LENGTH:]) for value in values]

    def rebuild(self, observations: Sequence[Observation], *, at: Position) -> bool:
        """Fill the latest values with what was read after `at`; False if the epoch changed."""
        parts = range(0, len(observations), _BATCH) or range(1)
        for start in parts:
            last = start + _BATCH >= len(observations)
            some = observations[start : start + _BATCH]
            arguments = [_fresh_epoch(), at.epoch, "last" if last else "", *_triples(some)]
            with unavailable():
                if not self._rebuild(keys=_KEYS, args=arguments):
                    return False
        return True


_KEYS = [_HEAD, _CHANGES, _LATEST]
_STAMP = "%Y-%m-%dT%H:%M:%S.%f"
_ORDER_LENGTH = 2 * len("2026-01-01T00:00:00.000000")


def _fresh_epoch() -> str:
    return secrets.token_hex(4)


def _position(answer: Any) -> Position:
    return Position(_text(answer[0]), int(answer[1]))


def _triples(observations: Sequence[Observation]) -> Iterator[str | bytes]:
    """Yield what the scripts want of each observation: its hash field, its order, its payload."""
    for one in observations:
        recorded = one.recorded_at or datetime.now(UTC)
        start = one.period.start.astimezone(UTC)
        yield f"{one.indicator}|{one.region}"
        # Fixed width and UTC, so that text sorts by moment.
        yield start.strftime(_STAMP) + recorded.astimezone(UTC).strftime(_STAMP)
        yield orjson.dumps(
            [one.indicator, one.region, start, one.period.kind, one.value, one.status, recorded]
        )


def _change(entry: Any) -> Change:
    key, fields = entry
    payload = fields.get(b"c") or fields.get("c")
    return _parse(int(_text(key).partition("-")[0]), _bytes(payload))


def _parse(seq: int, payload: bytes) -> Change:
    indicator, region, start, kind, value, status, recorded = orjson.loads(payload)
    return Change(
        seq=seq,
        indicator=indicator,
        region=region,
        period=Period(datetime.fromisoformat(start), PeriodKind(kind)),
        value=value,
        status=ValueStatus(status),
        recorded_at=datetime.fromisoformat(recorded),
    )


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
