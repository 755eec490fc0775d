"""What formulas have still to compute, in PostgreSQL: filled by triggers, emptied in one commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.formula.contracts import Stale
from topics.kit.stores import postgres_read as read

_LOCK = 0x666D6C61  # "fmla": who computes holds it until the transaction ends
_MOST = 5000


class PostgresBatch:
    """Some of what is stale, taken in a transaction that stores what was computed from it."""

    def __init__(self, connection: sa.Connection) -> None:
        """Take what waits longest."""
        self.connection: Any = connection
        rows = connection.execute(
            sa.text(
                "SELECT id, indicator, region, period_start, period_kind FROM formula_changed"
                " ORDER BY id LIMIT :most"
            ),
            {"most": _MOST},
        ).all()
        self._taken = [row.id for row in rows]
        self.changed: Sequence[Stale] = [
            Stale(row.indicator, row.region, row.period_start, PeriodKind(row.period_kind))
            for row in rows
        ]
        whole = connection.execute(sa.text("SELECT indicator FROM formula_state WHERE whole"))
        self.whole: frozenset[str] = frozenset(whole.scalars())

    def at_periods(
        self, indicators: Sequence[str], regions: Sequence[str], starts: Sequence[datetime]
    ) -> list[Observation]:
        """Every observation of these series in periods that start then."""
        return read.at_starts(self.connection, read.Wanted(indicators, regions), starts)

    def whole_series(self, indicators: Sequence[str], regions: Sequence[str]) -> list[Observation]:
        """Every observation of these series."""
        return read.all_of(self.connection, read.Wanted(indicators, regions))

    def again(self, keys: Sequence[Stale]) -> None:
        """Have what is computed from these looked at once more."""
        if keys:
            self.connection.execute(
                sa.text(
                    "INSERT INTO formula_changed (indicator, region, period_start, period_kind)"
                    " VALUES (:indicator, :region, :start, :kind)"
                ),
                [
                    {
                        "indicator": one.indicator,
                        "region": one.region,
                        "start": one.period_start,
                        "kind": one.period_kind.value,
                    }
                    for one in keys
                ],
            )

    def done(self) -> None:
        """Forget what was taken, once the transaction commits."""
        self.connection.execute(
            sa.text("DELETE FROM formula_changed WHERE id = ANY(:taken)"), {"taken": self._taken}
        )
        self.connection.execute(
            sa.text("UPDATE formula_state SET whole = false WHERE indicator = ANY(:whole)"),
            {"whole": sorted(self.whole)},
        )


class PostgresStale:
    """What formulas have still to compute, of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def sync(self, digests: Mapping[str, str], inputs: frozenset[str]) -> None:
        """Have the formulas that are new or other than before computed as a whole.

        From here on changes of `inputs` are noted. A write under way is waited for, so that none
        falls between: it either is seen by the whole computation or notes its change.
        """
        with unavailable(), self._engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL lock_timeout = '20s'"))
            connection.execute(sa.text("LOCK TABLE formula_input IN ACCESS EXCLUSIVE MODE"))
            connection.execute(
                sa.text("DELETE FROM formula_input WHERE NOT indicator = ANY(:inputs)"),
                {"inputs": sorted(inputs)},
            )
            connection.execute(
                sa.text(
                    "INSERT INTO formula_input SELECT unnest(CAST(:inputs AS text[]))"
                    " ON CONFLICT DO NOTHING"
                ),
                {"inputs": sorted(inputs)},
            )
            connection.execute(
                sa.text("DELETE FROM formula_state WHERE NOT indicator = ANY(:known)"),
                {"known": sorted(digests)},
            )
            if digests:
                connection.execute(_STATE, [{"i": one, "d": d} for one, d in digests.items()])

    @contextmanager
    def batch(self) -> Iterator[PostgresBatch | None]:
        """What is stale, in a transaction; None when there is nothing or another is at it."""
        with unavailable(), self._engine.begin() as connection:
            free = connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK)))
            if not free.scalar_one():
                yield None
                return
            found = PostgresBatch(connection)
            if not found.changed and not found.whole:
                yield None
                return
            connection.execute(sa.text("SET LOCAL tonglan.computing = 'on'"))
            yield found

    def waiting(self) -> int:
        """How many changes and whole formulas have still to be worked through."""
        query = (
            "SELECT (SELECT count(*) FROM formula_changed)"
            " + (SELECT count(*) FROM formula_state WHERE whole)"
        )
        with unavailable(), self._engine.connect() as connection:
            return int(connection.execute(sa.text(query)).scalar_one())


_STATE = sa.text(
    "INSERT INTO formula_state AS known (indicator, digest) VALUES (:i, :d)"
    " ON CONFLICT (indicator) DO UPDATE SET digest = excluded.digest, whole = true"
    " WHERE known.digest <> excluded.digest"
)
