"""The observation store on PostgreSQL: what is true now, what was said before, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation, Period
from topics.kit.stores import postgres_read as read
from topics.kit.stores.postgres_answers import PostgresAnswers
from topics.kit.stores.postgres_intake import PostgresIntake
from topics.kit.stores.postgres_late import note_late
from topics.kit.stores.postgres_partitions import Partitions
from topics.kit.stores.postgres_write import checked, of_run, write

Series = tuple[str, str]

_ADD_SERIES = sa.text(
    "INSERT INTO observation_series (indicator, region)"
    " SELECT * FROM unnest(CAST(:indicators AS text[]), CAST(:regions AS text[])) ORDER BY 1, 2"
    " ON CONFLICT DO NOTHING"
)


class PostgresObservations:
    """Keeps observations; behaves the same on the embedded and the city's own PostgreSQL."""

    def __init__(self, engine: sa.Engine, intake: PostgresIntake | None = None) -> None:
        """Use `engine`; opens nothing yet. `intake` judges what comes in (None: all is taken)."""
        self._engine = engine
        self._intake = intake
        self.answers = PostgresAnswers(engine)
        self._partitions = Partitions(engine)
        self._known: frozenset[Series] = frozenset()

    def ping(self) -> None:
        """Return when the database answers; raises StoreUnavailable."""
        with unavailable(), self._engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def append(
        self,
        observations: Iterable[Observation],
        *,
        run: str | None = None,
        now: datetime | None = None,
        live: bool = True,
        connection: Any = None,
    ) -> list[Observation]:
        """Store observations; return those that became the current value, `recorded_at` set.

        The same value and status again changes nothing. A new value revises the old one, which is
        kept; what arrives later wins, unless it is itself dated (`recorded_at`) before the current
        one: then it is kept as history only. All or nothing: BadObservation when a value is beyond
        the hard limits of its indicator; an unusual one is stored as suspect with a flag that says
        why (topics.kit.quality.intake). `live=False` announces no change
        (history being loaded); `connection` joins a transaction that the caller commits.
        """
        rows = checked(observations)
        if run is not None:
            rows = [one if one.run is not None else of_run(one, run) for one in rows]
        if not rows:
            return []
        moment = now or datetime.now(UTC)
        series = {(one.indicator, one.region) for one in rows}
        with unavailable():
            self._partitions.ensure({one.period.start for one in rows})
            begun = self._engine.begin() if connection is None else nullcontext(connection)
            with begun as transaction:
                self._add_series(transaction, series - self._known)
                changed = self._write(transaction, rows, moment, live=live)
        if connection is None:
            self._known = self._known | series
        return changed

    def latest(
        self,
        *,
        indicators: Sequence[str] | None = None,
        regions: Sequence[str] | None = None,
        as_of: datetime | None,
        after: Series | None = None,
        limit: int | None = None,
    ) -> list[Observation]:
        """The newest period of each series as known at `as_of` (None: now), by indicator, region.

        `after` continues behind a series.
        """
        wanted = read.Wanted(indicators, regions, as_of=as_of)
        with unavailable(), self._engine.connect() as connection:
            return read.newest(connection, wanted, 1, after=after, limit=limit)

    def latest_of(self, series: Collection[Series], *, as_of: datetime | None) -> list[Observation]:
        """The same of just these series, however few of many indicators and regions they are."""
        wanted = read.Wanted(as_of=as_of, pairs=sorted(series))
        with unavailable(), self._engine.connect() as connection:
            return read.newest(connection, wanted, 1)

    def recent(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        count: int,
        *,
        as_of: datetime | None,
    ) -> dict[Series, list[Observation]]:
        """The last `count` periods of each series that has any, oldest first."""
        wanted = read.Wanted(indicators, regions, as_of=as_of)
        found: dict[Series, list[Observation]] = {}
        with unavailable(), self._engine.connect() as connection:
            for one in read.newest(connection, wanted, count):
                found.setdefault((one.indicator, one.region), []).append(one)
        return {series: rows[::-1] for series, rows in found.items()}

    def series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Observation]:
        """One series over the periods that start in [start, end), as known at `as_of`."""
        wanted = read.Wanted([indicator], [region], start, end, as_of)
        with unavailable(), self._engine.connect() as connection:
            return read.of_one(connection, wanted, limit=limit, newest_first=newest_first)

    def listed(
        self,
        *,
        indicators: Sequence[str],
        regions: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        after: tuple[str, str, Period] | None = None,
        limit: int,
    ) -> list[Observation]:
        """Periods of many series in [start, end), by indicator, region, period; at most `limit`."""
        wanted = read.Wanted(indicators, regions, start, end, as_of)
        with unavailable(), self._engine.connect() as connection:
            return read.listed(connection, wanted, after=after, limit=limit)

    def at_periods(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        starts: Sequence[datetime],
        *,
        as_of: datetime | None,
        connection: Any = None,
    ) -> list[Observation]:
        """Every observation of these series whose period starts at one of `starts`.

        `connection` reads within a transaction of the caller.
        """
        wanted = read.Wanted(indicators, regions, as_of=as_of)
        with unavailable():
            opened = self._engine.connect() if connection is None else nullcontext(connection)
            with opened as reading:
                return read.at_starts(reading, wanted, starts)

    def revisions(self, indicator: str, region: str, period: Period) -> list[Observation]:
        """Everything ever said about one period, oldest first; the last one is current."""
        with unavailable(), self._engine.connect() as connection:
            return read.said(connection, indicator, region, period)

    def statements(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        *,
        start: datetime,
        end: datetime,
        limit: int,
    ) -> list[Observation]:
        """All that was ever said of periods in [start, end), corrections and what they corrected.

        At most `limit`, by indicator, region and period.
        """
        wanted = read.Wanted(indicators, regions, start, end)
        with unavailable(), self._engine.connect() as connection:
            return read.every(connection, wanted, limit=limit)

    def _write(
        self, connection: sa.Connection, rows: list[Observation], now: datetime, *, live: bool
    ) -> list[Observation]:
        if self._intake is None:
            changed = write(connection, rows, now, live=live)
            note_late(connection, changed, now)
            return changed
        judged = self._intake.admit(connection, rows, live=live)
        changed = write(connection, judged.rows, now, live=live)
        note_late(connection, changed, now)
        self._intake.settle(connection, judged, changed, now)
        return changed

    def _add_series(self, connection: sa.Connection, missing: set[Series]) -> None:
        if missing:
            indicators, regions = zip(*sorted(missing), strict=True)
            values = {"indicators": list(indicators), "regions": list(regions)}
            connection.execute(_ADD_SERIES, values)
