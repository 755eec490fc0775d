"""The outbox of changes in PostgreSQL, drained by one process at a time, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus

_LOCK = 0x6C697665  # "live": who drains holds this advisory lock until its transaction ends
_BATCH = 5000

_outbox = sa.table(
    "live_outbox",
    sa.column("id", sa.BigInteger),
    sa.column("indicator", sa.Text),
    sa.column("region", sa.Text),
    sa.column("period_start", sa.DateTime(timezone=True)),
    sa.column("period_kind", sa.Text),
    sa.column("value", sa.Double),
    sa.column("status", sa.Text),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
)


class PostgresOutbox:
    """Changes committed and not yet announced."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def drain(self, publish: Callable[[Sequence[Observation]], object]) -> int:
        """Hand all waiting changes to `publish`, oldest first; those it took are removed.

        When `publish` raises, the changes stay. Two drains never run at once.
        """
        moved = 0
        while taken := self._drain_some(publish):
            moved += taken
            if taken < _BATCH:
                break
        return moved

    def waiting(self) -> int:
        """How many changes wait."""
        with unavailable(), self._engine.connect() as connection:
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(_outbox)).scalar_one()
            )

    def _drain_some(self, publish: Callable[[Sequence[Observation]], object]) -> int:
        query = sa.select(_outbox).order_by(_outbox.c.id).limit(_BATCH)
        with unavailable(), self._engine.begin() as connection:
            # A writer must not hang behind a drain that hangs; the leader drains again anyway.
            connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            rows = connection.execute(query).all()
            if rows:
                publish([_observation(row) for row in rows])
                taken = [row.id for row in rows]
                connection.execute(
                    sa.delete(_outbox).where(_outbox.c.id == sa.any_(sa.literal(taken, _IDS)))
                )
        return len(rows)


_IDS = sa.ARRAY(sa.BigInteger)


def _observation(row: sa.Row[Any]) -> Observation:
    return Observation(
        indicator=row.indicator,
        region=row.region,
        period=Period(row.period_start, PeriodKind(row.period_kind)),
        value=row.value,
        status=ValueStatus(row.status),
        recorded_at=row.recorded_at,
    )
