"""Values of one hour or day rolled up to least, greatest, mean and count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from topics.kit.contracts import PeriodKind

ROLLED_KINDS = frozenset({PeriodKind.INSTANT, PeriodKind.HOUR})
"""Kinds of periods that are rolled up. Everything slower is kept as it is for ever."""


class Grain(StrEnum):
    """How coarse an answer is; "raw" is the values themselves."""

    RAW = "raw"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """How long a bucket is; a raw value has no length of its own."""
        return _LENGTH[self]


_LENGTH = {
    Grain.RAW: timedelta(0),
    Grain.HOUR: timedelta(hours=1),
    Grain.DAY: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Rolled:
    """What the values of one bucket came to; `start` is its begin, days in Asia/Shanghai.

    `count` values are behind min, max and mean (None when there is none); `absent` are missing or
    not monitored, `suspect` are left out. Not `exact`: the values themselves are dropped and it is
    not proven that the roll-up says what was known at the moment asked for.
    """

    start: datetime
    min: float | None
    max: float | None
    mean: float | None
    count: int
    absent: int = 0
    suspect: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class RolledSeries:
    """A series in the finest grain that fits; `raw_from`: values before are dropped, if any."""

    grain: Grain
    items: tuple[Rolled, ...]
    raw_from: datetime | None = None
