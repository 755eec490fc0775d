"""What of a series is there: statuses by period, and lowest and highest value by the hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Period, PeriodKind, ValueStatus
from topics.kit.quality.stuck import HourSpan

_UTC = ZoneInfo("UTC")
_ZONE = "Asia/Shanghai"
# Of several moments in one hour the best known one speaks for it.
_RANK = (
    ValueStatus.OK,
    ValueStatus.SUSPECT,
    ValueStatus.ESTIMATED,
    ValueStatus.MISSING,
    ValueStatus.NOT_MONITORED,
)
_CASES = " ".join(f"WHEN '{one.value}' THEN {rank}" for rank, one in enumerate(_RANK))
_WHERE = "indicator = :indicator AND period_start >= :start AND period_start < :end"
_NOW = f"SELECT region, period_start, status FROM observation WHERE {_WHERE}"
_THEN = f"""
SELECT DISTINCT ON (region, period_start) region, period_start, status FROM (
    SELECT region, period_start, status, recorded_at FROM observation
    WHERE {_WHERE} AND recorded_at <= :as_of
    UNION ALL
    SELECT region, period_start, status, recorded_at FROM observation_revision
    WHERE {_WHERE} AND recorded_at <= :as_of
) AS said ORDER BY region, period_start, recorded_at DESC
"""
_HOURS = sa.text("""
SELECT region, date_trunc('hour', period_start) AS hour, min(value) AS low, max(value) AS high,
    min(period_start) AS first, max(period_start) AS last
FROM observation
WHERE indicator = :indicator AND region = ANY(:regions) AND value IS NOT NULL
    AND period_start >= :start
GROUP BY 1, 2 ORDER BY 1, 2
""")
_FIRST = sa.text("""
SELECT s.region, f.period_start FROM observation_series AS s CROSS JOIN LATERAL (
    SELECT period_start FROM observation AS o
    WHERE o.indicator = s.indicator AND o.region = s.region ORDER BY period_start LIMIT 1
) AS f WHERE s.indicator = :indicator
""")


class PostgresPresence:
    """Answers the checks of completeness and of stuck sensors without reading every value."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def first(self, indicator: str) -> Mapping[str, datetime]:
        """When the history of each region of the indicator begins."""
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(_FIRST, {"indicator": indicator})
            return {region: start.astimezone(_UTC) for region, start in rows}

    def states(
        self,
        indicator: str,
        kind: PeriodKind,
        *,
        start: datetime,
        end: datetime,
        as_of: datetime | None,
    ) -> Mapping[str, Mapping[Period, ValueStatus]]:
        """By region, the status of every period of `kind` in [start, end) that has any."""
        unit = {PeriodKind.HOUR: "hour", PeriodKind.DAY: "day"}.get(kind)
        bucket = "period_start"
        if unit is not None:
            bucket = f"date_trunc('{unit}', period_start, '{_ZONE}')"
        text = sa.text(
            f"SELECT region, {bucket} AS bucket, min(CASE status {_CASES} END)"
            f" FROM ({_NOW if as_of is None else _THEN}) AS said GROUP BY 1, 2"
        )
        values = {"indicator": indicator, "start": start, "end": end}
        if as_of is not None:
            values["as_of"] = as_of
        found: dict[str, dict[Period, ValueStatus]] = {}
        with unavailable(), self._engine.connect() as connection:
            for region, begun, rank in connection.execute(text, values):
                of_region = found.setdefault(region, {})
                of_region[Period(begun.astimezone(_UTC), kind)] = _RANK[rank]
        return found

    def hours(
        self, indicator: str, regions: Sequence[str], *, start: datetime
    ) -> Mapping[str, Sequence[HourSpan]]:
        """By region, the hours with values since `start`, oldest first."""
        values = {"indicator": indicator, "regions": list(regions), "start": start}
        found: dict[str, list[HourSpan]] = {}
        with unavailable(), self._engine.connect() as connection:
            for region, hour, low, high, first, last in connection.execute(_HOURS, values):
                span = HourSpan(
                    hour.astimezone(_UTC), low, high, first.astimezone(_UTC), last.astimezone(_UTC)
                )
                found.setdefault(region, []).append(span)
        return found
