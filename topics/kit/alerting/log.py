"""What may be asked of the log of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from topics.kit.alerting.contracts import Alert, AlertLevel


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts of a board; None or () means every. Times are half-open, of firing.

    `states` are the words of `state_of`; `regions` are codes of regions or sites, the caller names
    those below a region too; `open` True: only open ones, False: only resolved ones.
    `resolved_since` leaves out those that were resolved earlier.
    `top` True: only those that stand for themselves, neither in a group nor inhibited.
    `after` is the id of the last alert of the page before.
    """

    levels: Sequence[AlertLevel] = ()
    states: Sequence[str] = ()
    topics: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    rules: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    open: bool | None = None
    cases: Sequence[str] | None = None
    resolved_since: datetime | None = None
    top: bool = False
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A page of alerts: open ones first, the worst and newest first; `total` of all pages."""

    alerts: Sequence[Alert]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """How many alerts there are, by what a board filters for (keys without any are absent).

    `pairs` counts by level and state together.
    """

    level: Mapping[str, int]
    state: Mapping[str, int]
    topic: Mapping[str, int]
    region: Mapping[str, int]
    open: int
    unacknowledged: int
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def total(self, levels: Sequence[AlertLevel] = (), states: Sequence[str] = ()) -> int:
        """How many there are of these levels and states; () means every."""
        wanted = {one.value for one in levels}
        return sum(
            count
            for (level, state), count in self.pairs.items()
            if (not wanted or level in wanted) and (not states or state in states)
        )
