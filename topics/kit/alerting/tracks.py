"""How the number of a rule moved at one place, from what was known of its values at each moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.arrivals import INSTANT, Known, dying, known_of, newest_of
from topics.kit.alerting.facts import earlier_start
from topics.kit.alerting.machine import Terms
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.signals import LimitsOf, change, measured, readable, worth
from topics.kit.contracts import Observation

Floats = NDArray[np.float64]
Series = Mapping[str, Sequence[Observation]]
"""Every statement about each indicator of the rule in one region: corrections and corrected."""

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Track:
    """`numbers[n]` from `times[n]` to the next, `shown` is what people read; NaN: no data.

    `facts` says on how many values it rests, `loaded` how many of them came with a loaded history,
    `since` from when on it can be told at all (None: from the beginning).
    """

    times: Sequence[datetime]
    numbers: Floats
    shown: Floats
    facts: int = 0
    loaded: int = 0
    since: datetime | None = None


def track_of_values(
    rule: Rule, region: str, series: Series, limits: LimitsOf, until: datetime
) -> Track:
    """The track of a rule that looks at values: threshold, change, expression."""
    known = {one.id: known_of(series.get(one.id, ())) for one in rule.indicators}
    facts = sum(len(one.arrivals) for one in known.values())
    loaded = sum(one.loaded for one in known.values())
    if rule.spec.kind == "change":
        times, numbers, shown = _changes(rule, known[rule.indicators[0].id], until)
    elif not rule.plain:
        times, numbers, shown = _expression(rule, known, until)
    else:
        times, shown = _living(rule, 0, known[rule.indicators[0].id], until)
        numbers = shown
        if rule.spec.of != "value":
            times, shown = _with_midnights(times, shown, until)
            numbers = _measured(rule, region, times, shown, limits)
    return Track(times, numbers, shown, facts, loaded)


def track_of_ages(rule: Rule, series: Series, terms: Sequence[Terms], until: datetime) -> Track:
    """The track of no_data and late: hours since the newest period ended, as it passes limits.

    What a loaded history brings tells nothing of when it came, and is left out.
    """
    spec = rule.indicators[0]
    known = known_of(series.get(spec.id, ()))
    rows = newest_of(known, loaded=False)
    promised = spec.freshness if rule.spec.kind == "late" else timedelta(0)
    bounds = [bound for each in terms for bound in each.bounds.values()]
    limits = {one for bound in bounds for one in (bound.limit, bound.clear)}
    waits = sorted(promised + timedelta(hours=one) + INSTANT for one in limits)
    times: list[datetime] = []
    numbers: list[float] = []
    values: list[float] = []
    for n, first in enumerate(rows.at):
        following = rows.at[n + 1] if n + 1 < len(rows.at) else until
        passing = [rows.ends[n] + wait for wait in waits if wait < following - rows.ends[n]]
        for at in (first, *(one for one in passing if first < one)):
            times.append(at)
            numbers.append((at - rows.ends[n] - promised) / timedelta(hours=1))
            values.append(float(rows.values[n]))
    facts = len(known.arrivals) - known.loaded
    since = known.began if known.loaded else None
    return Track(times, np.array(numbers), np.array(values), facts, 0, since)


def _living(rule: Rule, which: int, known: Known, until: datetime) -> tuple[list[datetime], Floats]:
    spec, rows = rule.indicators[which], newest_of(known)
    times: list[datetime] = []
    values: list[float] = []
    for n, at, alive in dying(spec, rows.at, rows.ends, until):
        times.append(at)
        values.append(float(rows.values[n]) if alive else np.nan)
    return times, np.array(values, dtype=np.float64)


def _expression(
    rule: Rule, known: Mapping[str, Known], until: datetime
) -> tuple[list[datetime], Floats, Floats]:
    columns = [_living(rule, n, known[one.id], until) for n, one in enumerate(rule.indicators)]
    times = sorted({at for one, _ in columns for at in one})
    stamps = [one.timestamp() for one in times]
    found = {}
    for one, (own, values) in zip(rule.indicators, columns, strict=True):
        place = np.searchsorted([at.timestamp() for at in own], stamps, side="right")
        filled = values if len(values) else np.array([np.nan])
        found[one.id] = np.where(place == 0, np.nan, filled[np.maximum(place, 1) - 1])
    numbers = np.broadcast_to(worth(rule.node, found.__getitem__), (len(times),))
    return times, numbers, readable(rule, numbers, found)


def _changes(rule: Rule, known: Known, until: datetime) -> tuple[list[datetime], Floats, Floats]:
    """The newest value beside the earlier one, each as known then; both may be corrected."""
    spec = rule.indicators[0]
    said: dict[datetime, float] = {}
    at: list[datetime] = []
    ends: list[datetime] = []
    pairs: list[tuple[float, float]] = []
    newest: tuple[datetime, datetime, float] | None = None
    earlier: datetime | None = None
    for one in known.arrivals:
        said[one.start] = one.value
        if newest is None or one.start >= newest[0]:
            newest = one.start, one.end, one.value
            earlier = earlier_start(spec, rule, one.start.timestamp())
        elif one.start != earlier:
            continue
        if at and at[-1] == one.at:
            for column in (at, ends, pairs):
                column.pop()
        at.append(one.at)
        ends.append(newest[1])
        pairs.append((newest[2], said.get(earlier, np.nan) if earlier else np.nan))
    times: list[datetime] = []
    found: list[tuple[float, float]] = []
    for n, moment, alive in dying(spec, at, ends, until):
        times.append(moment)
        found.append(pairs[n] if alive else (np.nan, np.nan))
    both = np.array(found, dtype=np.float64).reshape(-1, 2)
    return times, change(rule, both[:, 0], both[:, 1]), both[:, 0]


def _with_midnights(
    times: Sequence[datetime], values: Floats, until: datetime
) -> tuple[list[datetime], Floats]:
    """The same with a step at each midnight: targets and limits go by the day."""
    found: list[datetime] = []
    held: list[float] = []
    for n, first in enumerate(times):
        following = times[n + 1] if n + 1 < len(times) else until
        for at in (first, *midnights(first, following)):
            found.append(at)
            held.append(float(values[n]))
    return found, np.array(held, dtype=np.float64)


def midnights(after: datetime, before: datetime) -> Iterator[datetime]:
    """Yield the city's midnights between two moments, neither included."""
    day = after.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    while (day := day + timedelta(days=1)) < before:
        yield day.astimezone(after.tzinfo)


def _measured(
    rule: Rule, region: str, times: Sequence[datetime], values: Floats, limits: LimitsOf
) -> Floats:
    days = [_day(one) for one in times]
    found = np.full(len(times), np.nan)
    first = 0
    for day, group in groupby(days):
        count = sum(1 for _ in group)
        part = slice(first, first + count)
        found[part] = measured(rule, values[part], (region,) * count, day, limits)
        first += count
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(_ZONE).date()
