"""What a computed value is made of: the one computation behind number, sentence and drawer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus


@dataclass(frozen=True, slots=True)
class Input:
    """One value that went into a computed one.

    `role` says what it is there in Chinese, e.g. "供水总量" or "供水总量 上年同期"; `observation`
    is None when there is no value of that period. `computed` values have inputs of their own.
    """

    role: str
    indicator: str
    region: str
    period: Period
    observation: Observation | None
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one region added to a value and to its value of the period compared with.

    `amount` is the region's share of the change, in the unit of the indicator (percentage points
    for a rate); the amounts of all parts add up to the change exactly.
    """

    region: str
    amount: float


@dataclass(frozen=True, slots=True)
class Basis:
    """A rule that a value follows: what it gives, and its source (standard, clause, status)."""

    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How one value came about, from the same computation that stored it.

    `words` is the formula in titles, `numbers` with the values put in, both without "=" in front;
    `why` says in Chinese why there is no value. `value` is never rounded.
    """

    indicator: str
    region: str
    period: Period
    value: float | None
    status: ValueStatus
    unit: str
    expression: str
    words: str
    numbers: str
    inputs: Sequence[Input]
    why: str = ""
    basis: Sequence[Basis] = ()


Against = Literal["previous", "year", "day"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a value changed against another period and what each region below added to it.

    `parts` is empty, and `why` says so in Chinese, where regions cannot be added up.
    """

    period: Period
    before: Period
    amount: float | None
    parts: Sequence[Part]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A stored value that changed: what is computed from it is stale until computed anew."""

    indicator: str
    region: str
    period_start: datetime
    period_kind: PeriodKind
