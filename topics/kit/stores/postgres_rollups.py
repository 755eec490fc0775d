"""Roll-ups in PostgreSQL: kept in step with late and corrected values, read as of any moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import PeriodKind
from topics.kit.periods import ZONE
from topics.kit.rolled import Grain, Rolled
from topics.kit.stores import postgres_rollup_sql as sql

GRACE = timedelta(minutes=10)
"""A bucket is rolled up so long after its end: what is being written then is committed by now."""

_AT_ONCE = timedelta(days=40)
_FIRST = (
    "SELECT min(period_start) FROM observation WHERE indicator = :indicator AND period_kind = :kind"
)
_STATE = "SELECT rolled_through, raw_from FROM rollup_state WHERE indicator = :indicator"
_ROLLED_THROUGH = """
INSERT INTO rollup_state (indicator, rolled_through) VALUES (:indicator, :through)
ON CONFLICT (indicator) DO UPDATE SET rolled_through = excluded.rolled_through
"""
_LATE = "SELECT id, day FROM rollup_late WHERE indicator = :indicator ORDER BY id LIMIT 200"


@dataclass(frozen=True, slots=True)
class RollupState:
    """How far an indicator is rolled up, and from when on its values themselves are there."""

    rolled_through: datetime | None
    raw_from: datetime | None


class PostgresRollups:
    """Rolls up what is stored and reads it; dropping is another file's business."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def state(self, indicator: str) -> RollupState:
        """Where the indicator stands; nothing rolled up yet: both None."""
        with unavailable(), self._engine.connect() as connection:
            return state_of(connection, indicator)

    def roll(self, indicator: str, kind: PeriodKind, now: datetime) -> bool:
        """Roll up the hours and days that are over; at most forty days of them at once.

        Days with late values are rolled up anew. True when there is more to do.
        """
        with unavailable(), self._engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL jit = off")
            state = state_of(connection, indicator)
            begin = state.rolled_through or _first(connection, indicator, kind)
            if begin is None:
                return False
            until = min(_hour(now - GRACE), begin + _AT_ONCE)
            late = connection.execute(sa.text(_LATE), {"indicator": indicator}).all()
            for day in {row.day for row in late}:
                if day < begin and (state.raw_from is None or day >= state.raw_from):
                    roll_span(connection, indicator, kind, day, min(_day_on(day), begin), now)
            if begin < until:
                # From the day's beginning: its own bucket needs all of it.
                roll_span(connection, indicator, kind, day_of(begin), until, now)
                through = {"indicator": indicator, "through": until}
                connection.execute(sa.text(_ROLLED_THROUGH), through)
            done = {"ids": [row.id for row in late]}
            connection.execute(sa.text("DELETE FROM rollup_late WHERE id = ANY(:ids)"), done)
        return until < _hour(now - GRACE) or len(late) == 200

    def versions(
        self, which: Mapping[str, Any], as_of: datetime | None
    ) -> tuple[list[Rolled], set[datetime]]:
        """The versions that held at `as_of`, and every bucket there is a version of."""
        with unavailable(), self._engine.connect() as connection:
            found = connection.execute(sa.text(sql.VERSIONS), {**which, "as_of": as_of}).all()
            known = connection.execute(sa.text(sql.BUCKETS), which).scalars()
            return [_rolled(row, exact=row.exact) for row in found], set(known)

    def from_raw(
        self, which: Mapping[str, Any], kind: PeriodKind, as_of: datetime | None
    ) -> list[Rolled]:
        """What the values themselves come to."""
        values = {**which, "kind": kind.value} | ({} if as_of is None else {"as_of": as_of})
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(sa.text(sql.from_raw(as_of is not None)), values)
            return [_rolled(row, exact=True) for row in rows]

    def more_than(self, count: int, which: Mapping[str, Any], kind: PeriodKind) -> bool:
        """Whether there are more than `count` values."""
        query = sa.text(
            "SELECT count(*) FROM (SELECT FROM observation WHERE indicator = :indicator"
            " AND region = :region AND period_kind = :kind AND period_start >= :start"
            " AND period_start < :end LIMIT :limit) AS first_ones"
        )
        values = {**which, "kind": kind.value, "limit": count + 1}
        values.pop("grain")
        with unavailable(), self._engine.connect() as connection:
            return int(connection.execute(query, values).scalar_one()) > count


def state_of(connection: sa.Connection, indicator: str) -> RollupState:
    """The state in this transaction."""
    row = connection.execute(sa.text(_STATE), {"indicator": indicator}).first()
    return RollupState(None, None) if row is None else RollupState(*row)


def roll_span(
    connection: sa.Connection,
    indicator: str,
    kind: PeriodKind,
    start: datetime,
    end: datetime,
    now: datetime,
) -> None:
    """Let the buckets of [start, end) say what the values say; `start` begins a day."""
    for grain, until in spans(kind, end):
        if start < until:
            values = _values(indicator, kind, grain, start, until) | {"now": now}
            connection.execute(sa.text(sql.ROLL), values)


def differing(
    connection: sa.Connection, indicator: str, kind: PeriodKind, start: datetime, end: datetime
) -> int:
    """How many buckets of [start, end) do not say what the values say."""
    found = 0
    for grain, until in spans(kind, end):
        if start < until:
            values = _values(indicator, kind, grain, start, until)
            found += connection.execute(sa.text(sql.DIFFERING), values).scalar_one()
    return found


def spans(kind: PeriodKind, end: datetime) -> list[tuple[Grain, datetime]]:
    """Which grains a kind is rolled up to, and until where buckets are over at `end`."""
    days = (Grain.DAY, day_of(end))
    return [days] if kind is PeriodKind.HOUR else [(Grain.HOUR, _hour(end)), days]


def day_of(moment: datetime) -> datetime:
    """The beginning of the moment's day in Asia/Shanghai."""
    return moment.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _day_on(day: datetime) -> datetime:
    return day + timedelta(days=1)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _first(connection: sa.Connection, indicator: str, kind: PeriodKind) -> datetime | None:
    values = {"indicator": indicator, "kind": kind.value}
    first: datetime | None = connection.execute(sa.text(_FIRST), values).scalar_one()
    return None if first is None else day_of(first)


def _values(
    indicator: str, kind: PeriodKind, grain: Grain, start: datetime, end: datetime
) -> dict[str, Any]:
    return {
        "indicator": indicator, "kind": kind.value, "grain": grain.value, "start": start,
        "end": end,
    }  # fmt: skip


def _rolled(row: Any, *, exact: bool) -> Rolled:
    return Rolled(
        row.bucket.astimezone(ZONE), row.min, row.max, row.mean, row.count, row.absent,
        row.suspect, exact,
    )  # fmt: skip
