"""What rules look at beside the newest values: earlier periods, forecasts, scores, crowds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.density import NOTHING, Happenings, Spot, thickest
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.values import Row
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.forecast.contracts import Anomaly, Forecast, ForecastPoint
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import a_year_before, end_of, previous

Floats = NDArray[np.float64]

FRESH = timedelta(minutes=1)
"""Forecasts and scores are made by the minute: they are read again after this long."""

CROWDS_FRESH = timedelta(seconds=10)
"""Events of a day are some thousands of rows: not read again at every tick."""

_80 = 1.2815515655446004  # the normal quantile of 0.9: a band of 80 % reaches this far
_SAID = frozenset({ValueStatus.OK, ValueStatus.ESTIMATED})


class Store(Protocol):
    """What is read of the observation store."""

    def at_periods(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        starts: Sequence[datetime],
        *,
        as_of: datetime | None,
    ) -> list[Observation]:
        """Every observation of these series in periods that start then."""


class Foreseen(Protocol):
    """What is read of forecasts."""

    def shown(self, indicator: str, region: str, *, as_of: datetime | None) -> Forecast | None:
        """The newest forecast that is good enough to be shown."""

    def anomalies(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int = 100
    ) -> Sequence[Anomaly]:
        """Scores, newest period first."""


class Happened(Protocol):
    """Where events come from."""

    def __call__(self, kind: str, category: str, since: datetime, until: datetime) -> Happenings:
        """Events of a kind in (since, until], of one category where that is not ""."""


def nothing_happened(kind: str, category: str, since: datetime, until: datetime) -> Happenings:
    """No events."""
    return NOTHING


class StoredFacts:
    """Implements Facts from the stores; remembers what it read. Not for several threads at once."""

    def __init__(
        self, store: Store, foreseen: Foreseen, happened: Happened = nothing_happened
    ) -> None:
        """Read from these."""
        self._store = store
        self._foreseen = foreseen
        self._happened = happened
        self._before: dict[str, tuple[datetime, dict[tuple[str, datetime], float]]] = {}
        self._forecasts: dict[tuple[str, str], tuple[float, Forecast | None]] = {}
        self._scores: dict[tuple[str, str], tuple[float, Anomaly | None]] = {}
        self._events: dict[tuple[str, str, timedelta], tuple[datetime, Happenings]] = {}
        self.now = datetime.now(UTC)

    def before(self, rule: Rule, row: Row) -> Floats:
        """The values of the earlier periods, in one query; read again after FRESH.

        One that came late or was corrected counts a minute later at most.
        """
        spec = rule.indicators[0]
        known = self._earlier(spec.id)
        wanted: dict[str, datetime] = {}
        for code, start in zip(rule.series, row.starts, strict=True):
            earlier = None if np.isnan(start) else earlier_start(spec, rule, float(start))
            if earlier is not None:
                wanted[code] = earlier
        lacking = {c: at for c, at in wanted.items() if (c, at) not in known}
        if lacking:
            self._read(spec.id, lacking, known)
        nothing = float("nan")
        return np.array(
            [
                known.get((code, wanted[code]), nothing) if code in wanted else nothing
                for code in rule.series
            ]
        )

    def odds(self, rule: Rule, limit: float) -> Floats:
        """The largest probability of the periods within the horizon, by the 80 % bands."""
        spec = rule.indicators[0]
        below = spec.direction == "higher"
        found = []
        for code in rule.series:
            forecast = self._forecast(spec.id, code)
            found.append(odds_of(forecast, limit, self.now, rule.spec.within, below=below))
        return np.array(found, dtype=np.float64)

    def score(self, rule: Rule, row: Row) -> Floats:
        """The size of the score of the newest period; NaN where that has none yet."""
        spec = rule.indicators[0]
        found = []
        for code, start in zip(rule.series, row.starts, strict=True):
            one = self._score(spec.id, code)
            same = one is not None and one.period.start.timestamp() == start
            found.append(abs(one.score) if one is not None and same else np.nan)
        return np.array(found, dtype=np.float64)

    def crowds(self, rule: Rule, now: datetime) -> Mapping[str, Spot]:
        """Where events of the rule's kind crowd now; they are read again after CROWDS_FRESH."""
        spec = rule.spec
        asked = (spec.when, spec.category, spec.within)
        read_at, events = self._events.get(asked, (None, NOTHING))
        if read_at is None or not timedelta(0) <= now - read_at < CROWDS_FRESH:
            events = self._happened(spec.when, spec.category, now - spec.within, now)
            self._events[asked] = now, events
        hours = spec.within / timedelta(hours=1)
        return thickest(events, rule.series, radius=spec.radius, within=hours)

    def _earlier(self, indicator: str) -> dict[tuple[str, datetime], float]:
        read_at, known = self._before.get(indicator, (self.now, None))
        if known is None or not timedelta(0) <= self.now - read_at < FRESH:
            known = {}
            self._before[indicator] = self.now, known
        return known

    def _read(
        self,
        indicator: str,
        wanted: dict[str, datetime],
        known: dict[tuple[str, datetime], float],
    ) -> None:
        rows = self._store.at_periods(
            [indicator], sorted(wanted), sorted(set(wanted.values())), as_of=None
        )
        for code, at in wanted.items():
            known[code, at] = float("nan")
        for one in rows:
            if one.value is not None and one.status in _SAID:
                known[one.region, one.period.start] = one.value

    def _forecast(self, indicator: str, region: str) -> Forecast | None:
        read_at, found = self._forecasts.get((indicator, region), (-math.inf, None))
        if self.now.timestamp() - read_at >= FRESH.total_seconds():
            found = self._foreseen.shown(indicator, region, as_of=None)
            self._forecasts[indicator, region] = self.now.timestamp(), found
        return found

    def _score(self, indicator: str, region: str) -> Anomaly | None:
        read_at, found = self._scores.get((indicator, region), (-math.inf, None))
        if self.now.timestamp() - read_at >= FRESH.total_seconds():
            newest = self._foreseen.anomalies(indicator, region, as_of=None, limit=1)
            found = newest[0] if newest else None
            self._scores[indicator, region] = self.now.timestamp(), found
        return found


def earlier_start(spec: IndicatorSpec, rule: Rule, start: float) -> datetime | None:
    """When the period starts that one is compared with; None for the one before a 时点."""
    period = Period(datetime.fromtimestamp(start, UTC), spec.period_kind)
    if rule.spec.against == "year":
        return a_year_before(period).start
    if rule.spec.against == "day":
        return period.start - timedelta(days=1)
    if spec.period_kind is PeriodKind.INSTANT:
        return period.start - spec.frequency
    quarterly = spec.frequency > timedelta(days=80) and spec.period_kind is not PeriodKind.YEAR
    return previous(period, quarterly=quarterly).start


def odds_of(
    forecast: Forecast | None, limit: float, now: datetime, within: timedelta, *, below: bool
) -> float:
    """How probable it is that a value ends beyond `limit` within the horizon; NaN: no forecast.

    Each period is taken as normal, as wide as its 80 % band; the largest of them counts.
    """
    if forecast is None or math.isnan(limit):
        return math.nan
    odds = [
        odds_of_point(one, limit, below=below)
        for one in forecast.points
        if now < end_of(one.period) <= now + within
    ]
    return max(odds, default=math.nan)


def odds_of_point(point: ForecastPoint, limit: float, *, below: bool) -> float:
    """How probable it is that the value of this period is beyond `limit`."""
    spread = (point.high80 - point.low80) / (2 * _80)
    return _beyond(point.mean, spread, limit, below=below)


def _beyond(mean: float, spread: float, limit: float, *, below: bool) -> float:
    away = (mean - limit) if not below else (limit - mean)
    if spread <= 0:
        return 1.0 if away > 0 else 0.0
    return 0.5 * math.erfc(-away / spread / math.sqrt(2))
