"""The recent values the overview shows, held in memory so that a change is worded without asking.

`load` and `fill` ask the database; `take`, `series` and `reference` never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from topics.kit.contracts import Change, Observation, Period
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.reading import RecentValues, SeriesValues
from topics.kit.words.references import (
    INSTANT_TOLERANCE,
    at_start,
    reference_start,
    value_before,
)

KEEP = 24  # periods of a row's curve
Pair = tuple[str, str]  # indicator, region
_WINDOW = timedelta(hours=2)


class ObservationReads(RecentValues, SeriesValues, Protocol):
    """The two reads needed here, of the observation store."""


class Readings:
    """Recent series and comparison values of a fixed set of indicators and regions."""

    def __init__(
        self,
        store: ObservationReads,
        specs: Sequence[IndicatorSpec],
        regions: Sequence[str],
        *,
        as_of: datetime | None = None,
    ) -> None:
        """Hold `specs` × `regions`; empty until `load`. With `as_of` what was recorded by then."""
        self._store = store
        self._as_of = as_of
        self._specs = {spec.id: spec for spec in specs}
        self._regions = tuple(regions)
        self._series: dict[Pair, list[Observation]] = {}
        self._references: dict[Pair, list[Observation]] = {}
        self._asked: dict[Pair, tuple[datetime, datetime]] = {}
        self._missing: set[tuple[str, str, Period, str]] = set()
        self._lock = Lock()

    def at(self, moment: datetime) -> Readings:
        """The same indicators and regions as they were known at a moment, read now."""
        past = Readings(self._store, list(self._specs.values()), self._regions, as_of=moment)
        past.load()
        return past

    def load(self) -> None:
        """Read everything from the database; what was held stays on an error."""
        found = self._store.recent(list(self._specs), self._regions, KEEP, as_of=self._as_of)
        with self._lock:
            for pair, series in found.items():
                # A change may have come in while the database answered.
                newer = self._series.get(pair, [])[-1:]
                self._series[pair] = list(series)
                for one in newer:
                    self._put(pair, one)
        for spec in self._specs.values():
            for region in self._regions:
                latest = self.latest(spec.id, region)
                if latest is not None:
                    self.reference(spec, latest)
        self.fill()

    def take(self, changes: Iterable[Change]) -> None:
        """Take in changes from the live stream."""
        with self._lock:
            for change in changes:
                spec = self._specs.get(change.indicator)
                if spec is None or change.region not in self._regions:
                    continue
                one = Observation(
                    indicator=change.indicator,
                    region=change.region,
                    period=change.period,
                    value=change.value,
                    status=change.status,
                    unit=spec.unit,
                    recorded_at=change.recorded_at,
                    source=spec.source,
                )
                pair = (change.indicator, change.region)
                self._put(pair, one)
                self._revise(pair, one)

    def series(self, indicator: str, region: str) -> Sequence[Observation]:
        """The recent periods of one pair, oldest first."""
        with self._lock:
            return tuple(self._series.get((indicator, region), ()))

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The newest period of one pair; None when nothing came yet."""
        with self._lock:
            held = self._series.get((indicator, region))
            return held[-1] if held else None

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with per its manifest; None while unknown (then `fill` asks)."""
        if spec.comparison is None or spec.comparison.against is None:
            return None
        pair = (now.indicator, now.region)
        if spec.comparison.against == "previous":
            return value_before(spec, now, self.series(now.indicator, now.region))
        wanted = reference_start(spec.comparison.against, now.period)
        with self._lock:
            span = self._asked.get(pair)
            if span is None or not span[0] <= wanted < span[1]:
                self._missing.add((now.indicator, now.region, now.period, spec.comparison.against))
            return at_start(self._references.get(pair, ()), wanted, now.period.kind)

    def fill(self) -> bool:
        """Ask the database for the comparison values found missing; True when there were any."""
        with self._lock:
            missing, self._missing = self._missing, set()
        for indicator, region, period, against in missing:
            wanted = reference_start(against, period)
            start = wanted - INSTANT_TOLERANCE
            end = wanted + _WINDOW
            found = self._store.series(indicator, region, start=start, end=end, as_of=self._as_of)
            with self._lock:
                self._references[(indicator, region)] = list(found)
                self._asked[(indicator, region)] = (start, end)
        return bool(missing)

    def _revise(self, pair: Pair, one: Observation) -> None:
        """Keep the comparison values true when a past period is corrected or arrives late."""
        span = self._asked.get(pair)
        if span is None or not span[0] <= one.period.start < span[1]:
            return
        others = [held for held in self._references[pair] if held.period != one.period]
        same = [held for held in self._references[pair] if held.period == one.period]
        kept = _newer(same[0], one) if same else one
        self._references[pair] = sorted([*others, kept], key=lambda held: held.period.start)

    def _put(self, pair: Pair, one: Observation) -> None:
        held = self._series.setdefault(pair, [])
        position = len(held)
        while position and held[position - 1].period.start > one.period.start:
            position -= 1
        if position and held[position - 1].period == one.period:
            held[position - 1] = _newer(held[position - 1], one)
        elif position or len(held) < KEEP:
            held.insert(position, one)
            del held[:-KEEP]


def _newer(held: Observation, came: Observation) -> Observation:
    """The one recorded later; what is read from the database may be older than what came live."""
    if held.recorded_at is None or came.recorded_at is None:
        return came
    return held if held.recorded_at > came.recorded_at else came
