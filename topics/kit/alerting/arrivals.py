"""What was known of a series when: every statement at the moment it arrived, none before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of
from topics.kit.quality.freshness import DEAD_AFTER

Floats = NDArray[np.float64]

INSTANT = timedelta(microseconds=1)
"""What is beyond a limit only after it, is so this much later."""

_AT_ONCE = timedelta(seconds=10)  # one load of history
_SAID = frozenset({ValueStatus.OK, ValueStatus.ESTIMATED})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A statement and when it was known; `loaded`: taken as known when its period ended."""

    at: datetime
    start: datetime
    end: datetime
    value: float
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A series as it became known; `began`: before it nobody recorded arrivals (None: always)."""

    arrivals: Sequence[Arrival]
    began: datetime | None = None

    @property
    def loaded(self) -> int:
        """How many statements belong to a history that was loaded afterwards."""
        return sum(one.loaded for one in self.arrivals)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest period over time, as the evaluation sees it: one row from `at` to the next."""

    at: list[datetime]
    starts: list[datetime]
    ends: list[datetime]
    values: Floats


def known_of(statements: Sequence[Observation]) -> Known:
    """The statements of one series in the order of their arrival; corrections are statements too.

    A history that was loaded at once (its first arrival brings several periods) says nothing of
    when its values came: they are taken as known when their period ended, and are marked.
    """
    began = _loaded_at(statements)
    seen: set[datetime] = set()
    found = []
    for one in sorted(statements, key=_recorded) if began else statements:
        period, recorded = one.period, one.recorded_at
        start, end = period.start, end_of(period)
        loaded = began is not None and end <= began and start not in seen
        if began is not None:
            seen.add(start)
        at = end if loaded or recorded is None else max(recorded, start)
        found.append(Arrival(at, start, end, _value(one), loaded))
    found.sort(key=lambda one: (one.at, one.start))
    return Known(found, began)


def newest_of(known: Known, *, loaded: bool = True) -> Newest:
    """The newest period at every moment at which it changed; without what was loaded if asked."""
    newest = Newest([], [], [], np.empty(0))
    values: list[float] = []
    for one in known.arrivals:
        if (one.loaded and not loaded) or (newest.starts and one.start < newest.starts[-1]):
            continue  # an older period was corrected
        if newest.at and newest.at[-1] == one.at:  # seen together: the last of them counts
            for column in (newest.at, newest.starts, newest.ends, values):
                column.pop()
        newest.at.append(one.at)
        newest.starts.append(one.start)
        newest.ends.append(one.end)
        values.append(one.value)
    return Newest(newest.at, newest.starts, newest.ends, np.array(values, dtype=np.float64))


def dying(
    spec: IndicatorSpec, at: Sequence[datetime], ends: Sequence[datetime], until: datetime
) -> Iterator[tuple[int, datetime, bool]]:
    """Yield row, moment, whether it is alive then: each row, and where it dies before the next.

    A value so old that it says nothing any more (停更) counts as none, as the evaluation has it.
    """
    life = spec.freshness * DEAD_AFTER + INSTANT
    for n, first in enumerate(at):
        dead = ends[n] + life
        yield n, first, first < dead
        if first < dead <= (at[n + 1] - INSTANT if n + 1 < len(at) else until):
            yield n, dead, False


def _loaded_at(statements: Sequence[Observation]) -> datetime | None:
    """When the first arrival brought several periods at once; None where it brought one."""
    began = min((one.recorded_at for one in statements if one.recorded_at), default=None)
    if began is None:
        return None
    first = {
        one.period.start
        for one in statements
        if one.recorded_at is not None and one.recorded_at - began <= _AT_ONCE
    }
    return began if len(first) > 1 else None


def _recorded(one: Observation) -> tuple[datetime, datetime]:
    return one.recorded_at or end_of(one.period), one.period.start


def _value(one: Observation) -> float:
    known = one.value is not None and one.status in _SAID
    return float(one.value) if known and one.value is not None else np.nan
