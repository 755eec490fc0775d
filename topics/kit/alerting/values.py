"""The newest value of every series in arrays, kept up by the change stream; read whole rarely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Change, Observation, Period, PeriodKind, ValueStatus
from topics.kit.events import Position, Tail
from topics.kit.periods import end_of

Floats = NDArray[np.float64]

RELOAD = timedelta(minutes=1)
"""What is not announced (history being loaded) is seen this late at most."""

_SAID = frozenset({ValueStatus.OK, ValueStatus.ESTIMATED})


class Store(Protocol):
    """What is read of the observation store."""

    def latest(
        self,
        *,
        indicators: Sequence[str] | None = None,
        regions: Sequence[str] | None = None,
        as_of: datetime | None,
    ) -> list[Observation]:
        """The newest period of each series."""


class Stream(Protocol):
    """What is read of the live stream."""

    def position(self) -> Position:
        """Where it ends."""

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        """Changes after a position."""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator: value (NaN: none), start and end of its period (seconds, NaN: no period)."""

    values: Floats
    starts: Floats
    ends: Floats


class LatestValues:
    """The newest values of some indicators over all codes; not for several threads at once."""

    def __init__(self, store: Store, stream: Stream, codes: Iterable[str]) -> None:
        """Read from `store`, keep up by `stream`; `codes` are regions and sites."""
        self._store = store
        self._stream = stream
        self.place = {code: n for n, code in enumerate(codes)}
        self._rows: dict[str, Row] = {}
        self._kinds: dict[str, PeriodKind] = {}
        self._position: Position | None = None
        self._read_at: datetime | None = None

    def row(self, indicator: str) -> Row:
        """The newest values of an indicator, by `place`."""
        found = self._rows.get(indicator)
        return self._empty() if found is None else found

    def at(self, indicator: str, codes: NDArray[np.int64]) -> Row:
        """The newest values of an indicator for some codes, by their places."""
        row = self.row(indicator)
        return Row(row.values[codes], row.starts[codes], row.ends[codes])

    def period(self, indicator: str, code: str) -> Period | None:
        """Which period the newest value is of."""
        start = self.row(indicator).starts[self.place[code]]
        if np.isnan(start) or indicator not in self._kinds:
            return None
        return Period(_moment(start), self._kinds[indicator])

    def refresh(
        self, indicators: Sequence[str], now: datetime, *, wait: timedelta = timedelta(0)
    ) -> frozenset[str] | None:
        """Take in what came, waiting for it at most `wait`; which indicators changed, None: any."""
        known = set(indicators) <= self._rows.keys()
        read_at, position = self._read_at, self._position
        if known and read_at is not None and position is not None and now - read_at < RELOAD:
            tail = self._stream.read(position, wait=wait)
            if tail.position.epoch == position.epoch:
                self._position = tail.position
                return frozenset(self._take(tail.changes))
        self._reload(indicators, now)
        return None

    def _reload(self, indicators: Sequence[str], now: datetime) -> None:
        # The position first: what comes while reading is read again, never missed.
        position = self._stream.position()
        rows: dict[str, Row] = {one: self._empty() for one in indicators}
        self._rows = rows
        for one in self._store.latest(indicators=list(indicators), as_of=None):
            self._put(one.indicator, one.region, one.period, one.value, one.status)
        self._position, self._read_at = position, now

    def _take(self, changes: Iterable[Change]) -> Iterable[str]:
        for one in changes:
            name = one.indicator
            if name in self._rows:
                self._put(name, one.region, one.period, one.value, one.status)
                yield name

    def _put(
        self, name: str, region: str, period: Period, value: float | None, status: ValueStatus
    ) -> None:
        place = self.place.get(region)
        if place is None:
            return
        row, start = self._rows[name], period.start.timestamp()
        if row.starts[place] > start:
            return  # an older period was corrected
        said = value is not None and status in _SAID
        row.values[place] = value if said else np.nan
        row.starts[place], row.ends[place] = start, end_of(period).timestamp()
        self._kinds[name] = period.kind

    def _empty(self) -> Row:
        count = len(self.place)
        return Row(*(np.full(count, np.nan) for _ in range(3)))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
