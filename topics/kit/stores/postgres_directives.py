"""督办 and their steps in PostgreSQL; a state is the fold of the steps up to the asked moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.directives.contracts import (
    Directive,
    DirectiveEvent,
    DirectiveState,
    DirectiveStep,
    Subject,
)
from topics.kit.directives.machine import ENDED, fold
from topics.kit.directives.service import about_key, key_of

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_directive = sa.Table(
    "directive",
    _metadata,
    *(sa.Column(name, sa.Text) for name in ("id", "about_kind", "about_key", "about_id")),
    *(sa.Column(name, sa.Text) for name in ("topic", "unit", "text")),
    sa.Column("deadline", _moment),
    sa.Column("issued_at", _moment),
    sa.Column("issued_by", sa.Text),
    sa.Column("drill", sa.Boolean),
    sa.Column("data", JSONB),
)
_event = sa.Table(
    "directive_event",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("directive", sa.Text),
    sa.Column("step", sa.Text),
    sa.Column("at", _moment),
    *(sa.Column(name, sa.Text) for name in ("actor", "note")),
    sa.Column("data", JSONB),
)
_END_STEPS = (DirectiveStep.CLOSED.value, DirectiveStep.WITHDRAWN.value)


class PostgresDirectives:
    """Keeps 督办 of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def add(self, one: Directive, *, connection: sa.Connection | None = None) -> None:
        """Store a new one with its first step."""
        row = {
            "id": one.id,
            "about_kind": one.about.kind,
            "about_key": about_key(one.about),
            "about_id": one.about.id,
            "topic": one.topic,
            "unit": one.unit,
            "text": one.text,
            "deadline": one.deadline,
            "issued_at": one.issued_at,
            "issued_by": one.issued_by,
            "drill": one.drill,
            "data": dict(one.data),
        }
        with self._using(connection) as using:
            using.execute(sa.insert(_directive).values(row))
        first = DirectiveEvent(one.id, DirectiveStep.ISSUED, one.issued_at, one.issued_by, one.text)
        self.append(first, connection=connection)

    def append(self, event: DirectiveEvent, *, connection: sa.Connection | None = None) -> None:
        """Log a step."""
        row = {
            "directive": event.directive,
            "step": event.step.value,
            "at": event.at,
            "actor": event.actor,
            "note": event.note,
            "data": dict(event.data),
        }
        with self._using(connection) as using:
            using.execute(sa.insert(_event).values(row))

    def find(
        self,
        directive: str,
        *,
        as_of: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> Directive | None:
        """It as of a moment, or None; with a connection, held until the transaction ends."""
        query = sa.select(_directive).where(_directive.c.id == directive)
        if as_of is not None:
            query = query.where(_directive.c.issued_at <= as_of)
        if connection is not None:
            query = query.with_for_update()
        with self._using(connection) as using:
            row = using.execute(query).mappings().first()
            return None if row is None else _folded(using, [row], as_of)[0]

    def open(self, *, as_of: datetime | None = None, limit: int = 1000) -> list[Directive]:
        """Those that are not ended as of a moment, the nearest deadline first."""
        query = _known(as_of).where(~_ended(as_of)).order_by(_directive.c.deadline).limit(limit)
        return self._read(query, as_of)

    def about(
        self, kind: str, ids: Iterable[str], *, as_of: datetime | None = None
    ) -> list[Directive]:
        """Those about any of the things that are not ended as of a moment, oldest first."""
        keys = sorted({key_of(kind, one) for one in ids})
        if not keys:
            return []
        at = _directive.c
        query = (
            _known(as_of)
            .where(at.about_kind == kind, at.about_key.in_(keys), ~_ended(as_of))
            .order_by(at.issued_at, at.id)
        )
        return self._read(query, as_of)

    def listed(
        self,
        *,
        as_of: datetime | None = None,
        units: Iterable[str] | None = None,
        ended: bool | None = None,
        about: Subject | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Directive]:
        """As of a moment, the newest first; `before` is the last of the page before."""
        at = _directive.c
        query = _known(as_of).order_by(at.issued_at.desc(), at.id.desc()).limit(limit)
        if units is not None:
            query = query.where(at.unit.in_(list(units)))
        if ended is not None:
            query = query.where(_ended(as_of) if ended else ~_ended(as_of))
        if about is not None:
            query = query.where(at.about_kind == about.kind, at.about_key == about_key(about))
        if before is not None:
            query = query.where(sa.tuple_(at.issued_at, at.id) < sa.tuple_(*before))
        return self._read(query, as_of)

    def events(self, directive: str, *, as_of: datetime | None = None) -> list[DirectiveEvent]:
        """The steps of one up to a moment, oldest first."""
        with self._using(None) as using:
            return _events(using, [directive], as_of).get(directive, [])

    def _read(self, query: sa.Select[Any], as_of: datetime | None) -> list[Directive]:
        with self._using(None) as using:
            return _folded(using, list(using.execute(query).mappings()), as_of)

    @contextmanager
    def _using(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _known(as_of: datetime | None) -> sa.Select[Any]:
    query = sa.select(_directive)
    return query if as_of is None else query.where(_directive.c.issued_at <= as_of)


def _ended(as_of: datetime | None) -> sa.ColumnElement[bool]:
    """Whether it is ended; the machine says which steps end it (see ENDED)."""
    ends = sa.select(_event.c.id).where(
        _event.c.directive == _directive.c.id, _event.c.step.in_(_END_STEPS)
    )
    if as_of is not None:
        ends = ends.where(_event.c.at <= as_of)
    return sa.exists(ends)


def _events(
    using: sa.Connection, directives: Iterable[str], as_of: datetime | None
) -> dict[str, list[DirectiveEvent]]:
    query = (
        sa.select(_event)
        .where(_event.c.directive.in_(list(directives)))
        .order_by(_event.c.at, _event.c.id)
    )
    if as_of is not None:
        query = query.where(_event.c.at <= as_of)
    found: dict[str, list[DirectiveEvent]] = {}
    for row in using.execute(query).mappings():
        fields = {**row, "step": DirectiveStep(row["step"]), "at": row["at"].astimezone(UTC)}
        found.setdefault(row["directive"], []).append(DirectiveEvent(**fields))
    return found


def _folded(
    using: sa.Connection, rows: list[sa.RowMapping], as_of: datetime | None
) -> list[Directive]:
    events = _events(using, (row["id"] for row in rows), as_of)
    return [fold(_issued(row), events.get(row["id"], [])) for row in rows]


def _issued(row: sa.RowMapping) -> Directive:
    return Directive(
        id=row["id"],
        about=Subject(row["about_kind"], row["about_id"]),
        topic=row["topic"],
        unit=row["unit"],
        text=row["text"],
        deadline=row["deadline"].astimezone(UTC),
        issued_at=row["issued_at"].astimezone(UTC),
        issued_by=row["issued_by"],
        state=DirectiveState.ISSUED,
        drill=row["drill"],
        data=row["data"],
    )


assert {one.value for one in ENDED} == set(_END_STEPS)  # the SQL answers as the fold does
