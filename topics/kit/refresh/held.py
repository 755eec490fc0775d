"""Batches that look wrong as a whole: kept aside, bounded, until a person decides about them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import orjson

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus

MOST_OBSERVATIONS = 100_000
"""A larger batch is not kept aside: its source is asked again."""

MOST_OPEN = 5
"""So many batches of one refresher wait at a time; the oldest gives way to a newer one."""


class HeldState(StrEnum):
    """What became of a batch."""

    HELD = "held"
    RELEASED = "released"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"  # newer batches of the same refresher took its place


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """A batch kept aside: why, how many values, how often the source gave it, what became of it."""

    id: str
    refresher: str
    run: str
    at: datetime
    reason: str
    count: int
    seen: int
    state: HeldState
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""


class HeldBatches(Protocol):
    """Keeps batches aside. The same content of one refresher is one batch."""

    def keep(
        self,
        refresher: str,
        observations: Sequence[Observation],
        *,
        run: str,
        reason: str,
        now: datetime,
    ) -> HeldState:
        """Keep the batch aside and return where it stands: a known one may be decided already."""


def digest_of(observations: Sequence[Observation]) -> str:
    """The same for the same values, in whatever order they came."""
    lines = sorted(orjson.dumps(_spelt(one)) for one in observations)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def packed(observations: Sequence[Observation]) -> bytes:
    """The observations, compressed."""
    return zlib.compress(orjson.dumps([_spelt(one) for one in observations]))


def unpacked(content: bytes) -> list[Observation]:
    """What `packed` packed."""
    return [_observation(*cells) for cells in orjson.loads(zlib.decompress(content))]


def _spelt(one: Observation) -> list[Any]:
    period = [one.period.start.isoformat(), one.period.kind.value]
    said = [one.value, one.status.value, one.unit, one.source]
    return [one.indicator, one.region, *period, *said]


def _observation(
    indicator: str,
    region: str,
    start: str,
    kind: str,
    value: float | None,
    status: str,
    unit: str,
    source: str,
) -> Observation:
    return Observation(
        indicator=indicator,
        region=region,
        period=Period(datetime.fromisoformat(start), PeriodKind(kind)),
        value=value,
        status=ValueStatus(status),
        unit=unit,
        source=source,
    )
