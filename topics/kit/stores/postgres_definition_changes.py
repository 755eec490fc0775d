"""Changes of definitions under review, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.definitions.changes import ChangeRow, ChangeState
from topics.kit.errors import UnknownChange

_UTC = ZoneInfo("UTC")
_moment = sa.DateTime(timezone=True)
_change = sa.Table(
    "definition_change",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("indicator", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("fields", JSONB),
    sa.Column("base", sa.Integer),
    sa.Column("valid_from", sa.Date),
    sa.Column("breaks", sa.Boolean),
    sa.Column("reason", sa.Text),
    sa.Column("author", sa.Text),
    sa.Column("created_at", _moment),
    sa.Column("updated_at", _moment),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", _moment),
    sa.Column("note", sa.Text),
    sa.Column("urgent", sa.Boolean),
    sa.Column("version", sa.Integer),
)
_NAMES = tuple(one.name for one in fields(ChangeRow))


class PostgresDefinitionChanges:
    """The changes of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def add(self, changes: Sequence[ChangeRow], *, connection: Any) -> None:
        """Add changes within the caller's transaction."""
        if changes:
            with unavailable():
                connection.execute(sa.insert(_change), [_row(one) for one in changes])

    def keep(self, change: ChangeRow, *, connection: Any) -> None:
        """Store a change as it stands now, within the caller's transaction."""
        values = {name: value for name, value in _row(change).items() if name != "id"}
        with unavailable():
            connection.execute(sa.update(_change).where(_change.c.id == change.id).values(**values))

    def hold(self, change: str, *, connection: Any) -> ChangeRow:
        """The change, held until the caller's transaction ends; UnknownChange."""
        with unavailable():
            query = sa.select(_change).where(_change.c.id == change).with_for_update()
            return _found(connection.execute(query).first(), change)

    def require(self, change: str) -> ChangeRow:
        """The change as it stands; UnknownChange when there is none with this id."""
        with unavailable(), self._engine.connect() as connection:
            query = sa.select(_change).where(_change.c.id == change)
            return _found(connection.execute(query).first(), change)

    def list(
        self,
        *,
        indicator: str | None = None,
        states: Sequence[ChangeState] | None = None,
        limit: int = 200,
    ) -> list[ChangeRow]:
        """Changes that fit, the last touched first."""
        query = sa.select(_change).order_by(_change.c.updated_at.desc(), _change.c.id)
        if indicator is not None:
            query = query.where(_change.c.indicator == indicator)
        if states is not None:
            query = query.where(_change.c.state.in_([one.value for one in states]))
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query.limit(limit))]


def _found(row: Any, change: str) -> ChangeRow:
    if row is None:
        raise UnknownChange(f"没有变更单 {change!r};请从指标管理页打开")
    return _read(row)


def _row(one: ChangeRow) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in _NAMES}
    return {**row, "state": one.state.value, "fields": dict(one.fields)}


def _read(row: Any) -> ChangeRow:
    values = {name: row._mapping[name] for name in _NAMES}
    for name in ("created_at", "updated_at", "decided_at"):
        values[name] = values[name] and values[name].astimezone(_UTC)
    return ChangeRow(**{**values, "state": ChangeState(values["state"])})
