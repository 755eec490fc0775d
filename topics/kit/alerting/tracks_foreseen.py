"""How forecasts and scores moved a rule's number, each as it stood at the moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from topics.kit.alerting.arrivals import dying, known_of, newest_of
from topics.kit.alerting.facts import odds_of_point
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.signals import forecast_limit
from topics.kit.alerting.tracks import Series, Track
from topics.kit.contracts import Period
from topics.kit.forecast.contracts import Forecast
from topics.kit.periods import end_of


@dataclass(frozen=True, slots=True)
class Foretold:
    """What stood as the forecast from `made_at` on; None: none that could be shown."""

    made_at: datetime
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Scored:
    """A score as it was made: of which period, of which of its statements, how unusual."""

    made_at: datetime
    period: Period
    recorded_at: datetime
    score: float


def track_of_forecasts(rule: Rule, made: Sequence[Foretold], until: datetime) -> Track:
    """The largest probability within the horizon: periods enter it, end, or are forecast anew."""
    spec = rule.indicators[0]
    limit, below = forecast_limit(rule), spec.direction == "higher"
    times: list[datetime] = []
    numbers: list[float] = []
    heads = sorted(made, key=lambda one: one.made_at)
    for n, head in enumerate(heads):
        following = heads[n + 1].made_at if n + 1 < len(heads) else until
        if following <= head.made_at:
            continue
        points = head.forecast.points if head.forecast is not None else ()
        spans = [
            (end - rule.spec.within, end, odds_of_point(one, limit, below=below))
            for one in points
            if (end := end_of(one.period)) > head.made_at
        ]
        turns = {moment for first, last, _ in spans for moment in (first, last)}
        for at in (head.made_at, *sorted(one for one in turns if head.made_at < one < following)):
            seen = [odds for first, last, odds in spans if first <= at < last]
            times.append(at)
            numbers.append(max(seen, default=math.nan) if not math.isnan(limit) else math.nan)
    found = np.array(numbers, dtype=np.float64)
    return Track(times, found, np.full(len(times), np.nan), len(heads), 0, _first(heads))


def track_of_scores(rule: Rule, series: Series, scores: Sequence[Scored], until: datetime) -> Track:
    """The size of the newest period's score, from when both value and score were known."""
    spec = rule.indicators[0]
    rows = newest_of(known_of(series.get(spec.id, ())))
    alive = [(at, n, living) for n, at, living in dying(spec, rows.at, rows.ends, until)]
    made = sorted(scores, key=lambda one: one.made_at)
    times: list[datetime] = []
    numbers: list[float] = []
    shown: list[float] = []
    moments = sorted({at for at, _, _ in alive} | {one.made_at for one in made})
    value, start, best = np.nan, None, None
    first, next_score = 0, 0
    for at in moments:
        while first < len(alive) and alive[first][0] <= at:
            _, n, living = alive[first]
            value, start = (float(rows.values[n]) if living else np.nan), rows.starts[n]
            first += 1
        while next_score < len(made) and made[next_score].made_at <= at:
            one = made[next_score]
            if best is None or _newer(one) > _newer(best):
                best = one
            next_score += 1
        same = best is not None and best.period.start == start and not math.isnan(value)
        times.append(at)
        numbers.append(abs(best.score) if same and best is not None else np.nan)
        shown.append(value)
    found = np.array(numbers, dtype=np.float64)
    return Track(times, found, np.array(shown), len(made), 0, made[0].made_at if made else None)


def _newer(one: Scored) -> tuple[datetime, datetime]:
    return one.period.start, one.recorded_at


def _first(made: Sequence[Foretold]) -> datetime | None:
    return made[0].made_at if made else None
