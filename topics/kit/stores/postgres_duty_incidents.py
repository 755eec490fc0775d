"""突发事件 and their logs in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.duty.incidents import Incident, IncidentEvent, IncidentStep, fold_incident

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_incident = sa.Table(
    "duty_incident",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("title", "region", "place", "kind", "opened_by")),
    sa.Column("happened_at", _moment),
    sa.Column("known_at", _moment),
    sa.Column("recorded_at", _moment),
    sa.Column("drill", sa.Boolean),
)
_event = sa.Table(
    "duty_incident_event",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("incident", "step", "actor", "text")),
    sa.Column("at", _moment),
    sa.Column("data", JSONB),
)
_FIELDS = (
    "id",
    "title",
    "region",
    "place",
    "kind",
    "opened_by",
    "happened_at",
    "known_at",
    "recorded_at",
    "drill",
)


class PostgresIncidents:
    """Keeps incidents; a state is the fold of the log up to the asked moment."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def open(self, one: Incident, *, connection: sa.Connection) -> None:
        """Store a new incident with the first line of its log; it is there from `recorded_at` on.

        One that does not say when it was put down was put down when it was known.
        """
        row = {name: getattr(one, name) for name in _FIELDS}
        row["recorded_at"] = one.recorded_at or one.known_at
        connection.execute(sa.insert(_incident).values(row))
        first = IncidentEvent(one.id, IncidentStep.OPENED, one.known_at, one.opened_by, one.title)
        self.log(first, connection=connection)

    def log(self, event: IncidentEvent, *, connection: sa.Connection) -> None:
        """Add a line to the log of an incident."""
        connection.execute(
            sa.insert(_event).values(
                incident=event.incident,
                step=event.step.value,
                at=event.at,
                actor=event.actor,
                text=event.text,
                data=dict(event.data),
            )
        )

    def find(
        self,
        incident: str,
        *,
        as_of: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> Incident | None:
        """The incident as of a moment; with a connection, held until the transaction ends.

        None before it was put down, whenever it happened.
        """
        query = _known(sa.select(_incident).where(_incident.c.id == incident), as_of)
        if connection is not None:
            with unavailable():
                found = _folded(connection, query.with_for_update(), as_of)
            return next(iter(found), None)
        return next(iter(self._read(query, as_of)), None)

    def list_newest(self, *, as_of: datetime | None = None, limit: int = 50) -> list[Incident]:
        """The incidents that had been put down by a moment, the newest first."""
        at = _incident.c
        query = sa.select(_incident).order_by(at.known_at.desc(), at.id).limit(limit)
        return self._read(_known(query, as_of), as_of)

    def events(self, incident: str, *, as_of: datetime | None = None) -> list[IncidentEvent]:
        """The log of one, oldest first."""
        with unavailable(), self._engine.connect() as connection:
            return _log(connection, [incident], as_of).get(incident, [])

    def _read(self, query: sa.Select[Any], as_of: datetime | None) -> list[Incident]:
        with unavailable(), self._engine.connect() as connection:
            return _folded(connection, query, as_of)


def _known(query: sa.Select[Any], as_of: datetime | None) -> sa.Select[Any]:
    return query if as_of is None else query.where(_incident.c.recorded_at <= as_of)


def _log(
    connection: sa.Connection, incidents: Iterable[str], as_of: datetime | None
) -> dict[str, list[IncidentEvent]]:
    query = (
        sa.select(_event)
        .where(_event.c.incident.in_(list(incidents)))
        .order_by(_event.c.at, _event.c.id)
    )
    if as_of is not None:
        query = query.where(_event.c.at <= as_of)
    found: dict[str, list[IncidentEvent]] = {}
    for row in connection.execute(query).mappings():
        fields = {**row, "step": IncidentStep(row["step"]), "at": row["at"].astimezone(UTC)}
        found.setdefault(row["incident"], []).append(IncidentEvent(**fields))
    return found


def _folded(
    connection: sa.Connection, query: sa.Select[Any], as_of: datetime | None
) -> list[Incident]:
    rows = list(connection.execute(query).mappings())
    log = _log(connection, (row["id"] for row in rows), as_of)
    found = []
    for row in rows:
        fields = {name: row[name] for name in _FIELDS}
        for name in ("happened_at", "known_at", "recorded_at"):
            fields[name] = fields[name].astimezone(UTC)
        found.append(fold_incident(Incident(**fields), log.get(row["id"], [])))
    return found
