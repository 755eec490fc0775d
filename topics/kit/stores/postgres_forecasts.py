"""Forecasts, their points and scores of values in PostgreSQL. Nothing of it is ever rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.tracks_foreseen import Foretold, Scored
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.forecast.contracts import Anomaly, Forecast, ForecastPoint

Series = tuple[str, str]

_POINT = "period_start, period_kind, mean, low80, high80, low95, high95"
_HEAD = """
INSERT INTO forecast (indicator, region, made_at, through_start, through_kind, model, why, shown,
    mase, naive_mase, coverage80, coverage95)
VALUES (:indicator, :region, :made_at, :start, :kind, :model, :why, :shown,
    :mase, :naive_mase, :coverage80, :coverage95)
ON CONFLICT DO NOTHING RETURNING id
"""
_ADD_POINT = f"""
INSERT INTO forecast_point (forecast, step, {_POINT})
VALUES (:forecast, :step, :start, :kind, :mean, :low80, :high80, :low95, :high95)
"""
_ADD_SCORE = """
INSERT INTO anomaly_score (indicator, region, period_start, period_kind, recorded_at, score,
    expected, made_at)
VALUES (:indicator, :region, :start, :kind, :recorded_at, :score, :expected, :made_at)
ON CONFLICT DO NOTHING
"""
_BY = "indicator = :indicator AND region = :region AND (:as_of IS NULL OR made_at <= :as_of)"
_NEWEST = f"SELECT * FROM forecast WHERE {_BY} ORDER BY made_at DESC LIMIT :limit"
_ONE_STEP = f"""
SELECT * FROM (
    SELECT DISTINCT ON (period_start) made_at, through_start, through_kind, {_POINT}
    FROM forecast JOIN forecast_point ON forecast = id AND step = 1
    WHERE {_BY} AND shown ORDER BY period_start DESC, made_at DESC
) AS each ORDER BY period_start DESC LIMIT :limit
"""
_SCORES = f"""
SELECT DISTINCT ON (period_start, period_kind) * FROM anomaly_score WHERE {_BY}
ORDER BY period_start DESC, period_kind, recorded_at DESC LIMIT :limit
"""
_LAST = """
SELECT DISTINCT ON (indicator, region) indicator, region, made_at, through_start, through_kind
FROM forecast WHERE indicator = ANY(:indicators) ORDER BY indicator, region, made_at DESC
"""
# The last one made before `since` still stood then.
_STOOD = """
SELECT * FROM forecast AS f WHERE indicator = :indicator AND region = ANY(:regions)
    AND made_at < :until AND made_at >= coalesce((SELECT max(made_at) FROM forecast AS b
        WHERE b.indicator = f.indicator AND b.region = f.region AND b.made_at <= :since), :since)
ORDER BY region, made_at
"""
_SCORED = """
SELECT region, period_start, period_kind, recorded_at, score, made_at FROM anomaly_score
WHERE indicator = :indicator AND region = ANY(:regions) AND made_at >= :since AND made_at < :until
ORDER BY made_at, period_start, recorded_at
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast to keep, or that none could be made (`model` empty); scores go with values."""

    indicator: str
    region: str
    made_at: datetime
    through: Period
    model: str
    why: str
    mase: float | None = None
    naive_mase: float | None = None
    coverage80: float | None = None
    coverage95: float | None = None
    points: Sequence[ForecastPoint] = ()
    scores: Sequence[tuple[Observation, float, float]] = field(default=())


class PostgresForecasts:
    """Keeps what was forecast, when, and how usual values were."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def keep(self, made: Iterable[Made]) -> None:
        """Add them, each in one transaction; the same series and moment again changes nothing."""
        with unavailable():
            for one in made:
                with self._engine.begin() as connection:
                    _keep(connection, one)

    def last(self, indicators: Sequence[str]) -> dict[Series, tuple[Period, datetime]]:
        """The last period known to the newest forecast of each series, and when it was made."""
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(sa.text(_LAST), {"indicators": list(indicators)})
            return {(row.indicator, row.region): (_through(row), row.made_at) for row in rows}

    def newest(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[tuple[Forecast | None, Period, str]]:
        """What was made by `as_of`, newest first: the forecast where one is shown, and why none."""
        with unavailable(), self._engine.connect() as connection:
            heads = _rows(connection, _NEWEST, indicator, region, as_of, limit)
            points = _points(connection, [row.id for row in heads if row.shown])
        return [
            (_forecast(row, points[row.id]) if row.shown else None, _through(row), row.why)
            for row in heads
        ]

    def one_step(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[tuple[datetime, ForecastPoint]]:
        """The shown forecasts of one period ahead, the last made of each period, newest first."""
        with unavailable(), self._engine.connect() as connection:
            rows = _rows(connection, _ONE_STEP, indicator, region, as_of, limit)
        return [(row.made_at, _point(row)) for row in rows]

    def scores(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[Anomaly]:
        """The scores made by `as_of`, one a period, newest first."""
        with unavailable(), self._engine.connect() as connection:
            rows = _rows(connection, _SCORES, indicator, region, as_of, limit)
        return [
            Anomaly(
                _period(row.period_start, row.period_kind), row.score, row.expected, row.made_at
            )
            for row in rows
        ]

    def stood(
        self, indicator: str, regions: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, list[Foretold]]:
        """What stood as the forecast from when on, by region; what stood at `since` comes first."""
        asked = {"indicator": indicator, "regions": list(regions), "since": since, "until": until}
        with unavailable(), self._engine.connect() as connection:
            heads = connection.execute(sa.text(_STOOD), asked).all()
            points = _points(connection, [row.id for row in heads if row.shown])
        found: dict[str, list[Foretold]] = {}
        for row in heads:
            shown = _forecast(row, points[row.id]) if row.shown else None
            found.setdefault(row.region, []).append(Foretold(row.made_at, shown))
        return found

    def scored(
        self, indicator: str, regions: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, list[Scored]]:
        """Every score made in [since, until), by region, in the order in which they were made."""
        asked = {"indicator": indicator, "regions": list(regions), "since": since, "until": until}
        found: dict[str, list[Scored]] = {}
        with unavailable(), self._engine.connect() as connection:
            for row in connection.execute(sa.text(_SCORED), asked):
                period = _period(row.period_start, row.period_kind)
                one = Scored(row.made_at, period, row.recorded_at, row.score)
                found.setdefault(row.region, []).append(one)
        return found

    def prune(self, before: datetime) -> int:
        """Forget forecasts made before, except the newest of each series; return how many."""
        query = sa.text(
            "DELETE FROM forecast AS f WHERE made_at < :before AND EXISTS"
            " (SELECT FROM forecast AS n WHERE n.indicator = f.indicator"
            " AND n.region = f.region AND n.made_at > f.made_at)"
        )
        with unavailable(), self._engine.begin() as connection:
            return int(connection.execute(query, {"before": before}).rowcount)


def _keep(connection: sa.Connection, one: Made) -> None:
    shown = bool(one.points) and not one.why
    head = {
        "indicator": one.indicator, "region": one.region, "made_at": one.made_at,
        "start": one.through.start, "kind": one.through.kind.value, "model": one.model,
        "why": one.why, "shown": shown, "mase": one.mase, "naive_mase": one.naive_mase,
        "coverage80": one.coverage80, "coverage95": one.coverage95,
    }  # fmt: skip
    made = connection.execute(sa.text(_HEAD), head).scalar_one_or_none()
    if made is None:
        return
    if shown:
        points = [_point_row(made, step, point) for step, point in enumerate(one.points, 1)]
        connection.execute(sa.text(_ADD_POINT), points)
    scores = [_score_row(one, *each) for each in one.scores]
    if scores:
        connection.execute(sa.text(_ADD_SCORE), scores)


def _point_row(forecast: int, step: int, one: ForecastPoint) -> dict[str, Any]:
    return {
        "forecast": forecast, "step": step, "start": one.period.start,
        "kind": one.period.kind.value, "mean": one.mean, "low80": one.low80, "high80": one.high80,
        "low95": one.low95, "high95": one.high95,
    }  # fmt: skip


def _score_row(made: Made, value: Observation, score: float, expected: float) -> dict[str, Any]:
    return {
        "indicator": made.indicator, "region": made.region, "start": value.period.start,
        "kind": value.period.kind.value, "recorded_at": value.recorded_at, "score": score,
        "expected": expected, "made_at": made.made_at,
    }  # fmt: skip


def _rows(
    connection: sa.Connection,
    text: str,
    indicator: str,
    region: str,
    as_of: datetime | None,
    limit: int,
) -> Sequence[sa.Row[Any]]:
    query = sa.text(text).bindparams(
        sa.bindparam("as_of", as_of, type_=sa.TIMESTAMP(timezone=True)),
        indicator=indicator,
        region=region,
        limit=limit,
    )
    return connection.execute(query).all()


def _points(
    connection: sa.Connection, forecasts: Sequence[int]
) -> Mapping[int, list[ForecastPoint]]:
    query = sa.text(
        f"SELECT forecast, {_POINT} FROM forecast_point WHERE forecast = ANY(:ids)"
        " ORDER BY forecast, step"
    )
    found: dict[int, list[ForecastPoint]] = {one: [] for one in forecasts}
    for row in connection.execute(query, {"ids": list(forecasts)}):
        found[row.forecast].append(_point(row))
    return found


def _forecast(row: Any, points: Sequence[ForecastPoint]) -> Forecast:
    return Forecast(
        row.indicator, row.region, row.made_at, row.model, points, row.mase, row.naive_mase,
        row.coverage80, row.coverage95, _through(row),
    )  # fmt: skip


def _point(row: Any) -> ForecastPoint:
    period = _period(row.period_start, row.period_kind)
    return ForecastPoint(period, row.mean, row.low80, row.high80, row.low95, row.high95)


def _through(row: Any) -> Period:
    return _period(row.through_start, row.through_kind)


def _period(start: datetime, kind: str) -> Period:
    return Period(start, PeriodKind(kind))
