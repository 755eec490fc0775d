"""The event log in PostgreSQL; the table itself refuses to change or forget a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.eventlog import Event, Place

_event = sa.Table(
    "event",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("kind", sa.Text),
    sa.Column("object", sa.Text),
    sa.Column("topic", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("data", JSONB),
    sa.Column("actor", sa.Text),
)


class PostgresEvents:
    """The events of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def append(
        self, events: Iterable[Event], *, connection: sa.Connection | None = None
    ) -> list[Event]:
        """Add the events and return them with id and moment.

        Within the caller's transaction where one is given, so that a change and what is told of
        it are committed together. Raises StoreUnavailable when nothing was recorded.
        """
        rows = [_row(one) for one in events]
        if not rows:
            return []
        with unavailable():
            if connection is not None:
                return _append(connection, rows)
            with self._engine.begin() as own:
                return _append(own, rows)

    def read(
        self,
        *,
        as_of: datetime | None,
        kinds: Sequence[str] | None = None,
        objects: Sequence[str] | None = None,
        after: Place | None = None,
        limit: int,
    ) -> list[Event]:
        """At most `limit` events up to `as_of` (None: now), newest first; None means every.

        `after` is the place of the last event of the page before.
        """
        at = _event.c
        query = sa.select(_event).order_by(at.at.desc(), at.id.desc()).limit(limit)
        if as_of is not None:
            query = query.where(at.at <= as_of)
        if kinds is not None:
            query = query.where(at.kind.in_(kinds))
        if objects is not None:
            query = query.where(at.object.in_(objects))
        if after is not None:
            query = query.where(sa.tuple_(at.at, at.id) < sa.tuple_(after.at, after.id))
        with unavailable(), self._engine.connect() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)]


def _row(event: Event) -> dict[str, Any]:
    return {
        "at": event.at or datetime.now(UTC),
        "kind": event.kind,
        "object": event.object,
        "topic": event.topic,
        "region": event.region,
        "data": dict(event.data),
        "actor": event.actor,
    }


def _append(connection: sa.Connection, rows: list[dict[str, Any]]) -> list[Event]:
    insert = sa.insert(_event).returning(_event, sort_by_parameter_order=True)
    return [Event(**row._mapping) for row in connection.execute(insert, rows)]
