"""Questions to the observation tables. `as_of` None means: as we know it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus

_UTC = ZoneInfo("UTC")
_COLUMNS = (
    "{t}.indicator, {t}.region, {t}.period_start, {t}.period_kind, {t}.value, {t}.status,"
    " {t}.unit, {t}.source, {t}.run, {t}.recorded_at"
)
_NEWEST_SAID = "period_start DESC, period_kind DESC, recorded_at DESC"
_OLDEST_SAID = "period_start, period_kind, recorded_at DESC"

Key = tuple[str, str]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which series, which periods [start, end), and as known when."""

    indicators: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None
    pairs: Sequence[Key] | None = None  # of indicator and region

    def values(self) -> dict[str, Any]:
        """The parameters of the conditions below."""
        return {
            "indicators": None if self.indicators is None else list(self.indicators),
            "regions": None if self.regions is None else list(self.regions),
            "start": self.start,
            "end": self.end,
            "as_of": self.as_of,
            "pair_indicators": [one for one, _ in self.pairs or ()],
            "pair_regions": [one for _, one in self.pairs or ()],
        }

    def series_condition(self, table: str) -> str:
        """The condition on indicator and region of `table`."""
        parts = ["true"]
        if self.indicators is not None:
            parts.append(f"{table}.indicator = ANY(:indicators)")
        if self.regions is not None:
            parts.append(f"{table}.region = ANY(:regions)")
        if self.pairs is not None:
            told = "unnest(CAST(:pair_indicators AS text[]), CAST(:pair_regions AS text[]))"
            parts.append(f"({table}.indicator, {table}.region) IN (SELECT * FROM {told})")
        return " AND ".join(parts)

    def time_condition(self, table: str) -> str:
        """The condition on period and knowledge of `table`."""
        parts = ["true"]
        if self.start is not None:
            parts.append(f"{table}.period_start >= :start")
        if self.end is not None:
            parts.append(f"{table}.period_start < :end")
        if self.as_of is not None:
            parts.append(f"{table}.recorded_at <= :as_of")
        return " AND ".join(parts)


def newest(
    connection: sa.Connection,
    wanted: Wanted,
    count: int,
    *,
    after: Key | None = None,
    limit: int | None = None,
) -> list[Observation]:
    """The last `count` periods of each series, series by series, newest period first.

    `after` continues behind a series, `limit` bounds the rows. Each series is one walk down an
    index, however long its history is.
    """
    beyond = "(s.indicator, s.region) > (:after_indicator, :after_region)" if after else "true"
    text = (
        f"SELECT x.* FROM observation_series AS s CROSS JOIN LATERAL ({_of_series(wanted, count)})"
        f" AS x WHERE {wanted.series_condition('s')} AND {beyond}"
        " ORDER BY s.indicator, s.region, x.period_start DESC, x.period_kind DESC LIMIT :limit"
    )
    values = wanted.values() | {"count": count, "limit": limit}
    if after:
        values |= {"after_indicator": after[0], "after_region": after[1]}
    return _fetch(connection, text, values)


def _of_series(wanted: Wanted, count: int) -> str:
    current = _branch("observation", "o", wanted)
    if wanted.as_of is None:
        return current
    former = _said_then(_branch_where("observation_revision", "r", wanted), _NEWEST_SAID)
    # Without the limit inside, the walk down the partitions would not stop early.
    both = f"SELECT * FROM ({current}) AS c UNION ALL SELECT * FROM ({former}) AS f"
    return f"SELECT * FROM ({_said_then(both, _NEWEST_SAID)}) AS b LIMIT :count"


def _branch(table: str, name: str, wanted: Wanted) -> str:
    where = _branch_where(table, name, wanted)
    return f"{where} ORDER BY {name}.period_start DESC, {name}.period_kind DESC LIMIT :count"


def _branch_where(table: str, name: str, wanted: Wanted) -> str:
    return (
        f"SELECT {_COLUMNS.format(t=name)} FROM {table} AS {name}"
        f" WHERE {name}.indicator = s.indicator AND {name}.region = s.region"
        f" AND {wanted.time_condition(name)}"
    )


def _said_then(rows: str, order: str) -> str:
    """Of several statements about one period, the last."""
    return f"SELECT DISTINCT ON (period_start, period_kind) * FROM ({rows}) AS q ORDER BY {order}"


def of_one(
    connection: sa.Connection,
    wanted: Wanted,
    *,
    limit: int | None = None,
    newest_first: bool = False,
) -> list[Observation]:
    """One series in the order of its periods."""
    direction = "DESC" if newest_first else "ASC"
    order = f"period_start {direction}, period_kind {direction}"
    current = f"{_plain('observation', 'o', wanted)} ORDER BY {order} LIMIT :limit"
    if wanted.as_of is None:
        return _fetch(connection, current, wanted.values() | {"limit": limit})
    former = _plain("observation_revision", "r", wanted)
    both = f"SELECT * FROM ({current}) AS c UNION ALL SELECT * FROM ({former}) AS f"
    said = _said_then(both, _NEWEST_SAID if newest_first else _OLDEST_SAID)
    text = f"SELECT * FROM ({said}) AS b ORDER BY {order} LIMIT :limit"
    return _fetch(connection, text, wanted.values() | {"limit": limit})


def listed(
    connection: sa.Connection, wanted: Wanted, *, after: tuple[str, str, Period] | None, limit: int
) -> list[Observation]:
    """Many series, by indicator, region and period; `after` continues behind one observation."""
    order = "indicator, region, period_start, period_kind"
    rows = _plain("observation", "o", wanted)
    if wanted.as_of is not None:
        rows = f"{rows} UNION ALL {_plain('observation_revision', 'r', wanted)}"
        rows = (
            f"SELECT DISTINCT ON ({order}) * FROM ({rows}) AS q ORDER BY {order}, recorded_at DESC"
        )
    beyond = f"({order}) > (:a_indicator, :a_region, :a_start, :a_kind)" if after else "true"
    text = f"SELECT * FROM ({rows}) AS p WHERE {beyond} ORDER BY {order} LIMIT :limit"
    values = wanted.values() | {"limit": limit}
    if after:
        indicator, region, period = after
        values |= {"a_indicator": indicator, "a_region": region}
        values |= {"a_start": period.start, "a_kind": period.kind.value}
    return _fetch(connection, text, values)


def all_of(connection: sa.Connection, wanted: Wanted) -> list[Observation]:
    """Every current observation of many series, in no order."""
    return _fetch(connection, _plain("observation", "o", wanted), wanted.values())


def at_starts(
    connection: sa.Connection, wanted: Wanted, starts: Sequence[datetime]
) -> list[Observation]:
    """The observations of many series in the periods that start at one of `starts`."""
    if not starts:
        return []
    within = "{t}.period_start = ANY(:starts)"
    rows = f"{_plain('observation', 'o', wanted)} AND {within.format(t='o')}"
    if wanted.as_of is not None:
        former = f"{_plain('observation_revision', 'r', wanted)} AND {within.format(t='r')}"
        order = "indicator, region, period_start, period_kind"
        rows = (
            f"SELECT DISTINCT ON ({order}) * FROM ({rows} UNION ALL {former}) AS q"
            f" ORDER BY {order}, recorded_at DESC"
        )
    return _fetch(connection, rows, wanted.values() | {"starts": list(starts)})


def _plain(table: str, name: str, wanted: Wanted) -> str:
    return (
        f"SELECT {_COLUMNS.format(t=name)} FROM {table} AS {name}"
        f" WHERE {wanted.series_condition(name)} AND {wanted.time_condition(name)}"
    )


def said(
    connection: sa.Connection, indicator: str, region: str, period: Period
) -> list[Observation]:
    """Everything ever said about one period, oldest first, the current value last."""
    condition = (
        "indicator = :indicator AND region = :region"
        " AND period_start = :start AND period_kind = :kind"
    )
    tables = ("observation", "observation_revision")
    rows = " UNION ALL ".join(
        f"SELECT {_COLUMNS.format(t=table)} FROM {table} WHERE {condition}" for table in tables
    )
    values = {
        "indicator": indicator,
        "region": region,
        "start": period.start,
        "kind": period.kind.value,
    }
    return _fetch(connection, f"SELECT * FROM ({rows}) AS q ORDER BY recorded_at", values)


def every(
    connection: sa.Connection, wanted: Wanted, *, limit: int | None = None
) -> list[Observation]:
    """All that was said, current and former, by period and then by when it was said."""
    rows = (
        f"{_plain('observation', 'o', wanted)} UNION ALL"
        f" {_plain('observation_revision', 'r', wanted)}"
    )
    order = "indicator, region, period_start, period_kind, recorded_at"
    text = f"SELECT * FROM ({rows}) AS q ORDER BY {order} LIMIT :limit"
    return _fetch(connection, text, wanted.values() | {"limit": limit})


def _fetch(connection: sa.Connection, text: str, values: Values) -> list[Observation]:
    used = {name: value for name, value in values.items() if f":{name}" in text}
    return [_observation(row) for row in connection.execute(sa.text(text), used)]


def _observation(row: Sequence[Any]) -> Observation:
    indicator, region, start, kind, value, status, unit, source, run, recorded_at = row
    return Observation(
        indicator,
        region,
        Period(start.astimezone(_UTC), PeriodKind(kind)),
        value,
        ValueStatus(status),
        unit,
        recorded_at.astimezone(_UTC),
        source,
        run,
    )
