"""Published changes of alert rules, and changes under review, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.book import RuleVersion
from topics.kit.definitions.changes import ChangeRow, ChangeState
from topics.kit.errors import DefinitionOvertaken, UnknownChange

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_version = sa.Table(
    "rule_version",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("rule", sa.Text),
    sa.Column("number", sa.Integer),
    sa.Column("fields", JSONB),
    sa.Column("recorded_at", _moment),
    *(sa.Column(name, sa.Text) for name in ("author", "reason", "change")),
)
_change = sa.Table(
    "rule_change",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("rule", "state")),
    sa.Column("fields", JSONB),
    sa.Column("base", sa.Integer),
    *(sa.Column(name, sa.Text) for name in ("reason", "author")),
    sa.Column("created_at", _moment),
    sa.Column("updated_at", _moment),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", _moment),
    sa.Column("note", sa.Text),
    sa.Column("urgent", sa.Boolean),
    sa.Column("version", sa.Integer),
)
_NAMES = tuple(
    one.name for one in fields(ChangeRow) if one.name not in ("indicator", "valid_from", "breaks")
)


class PostgresRules:
    """Implements Versions, and keeps changes on their way."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def mark(self) -> int:
        """The highest id of a version: one index look-up."""
        with unavailable(), self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(_version.c.id))).scalar() or 0)

    def versions(
        self, *, as_of: datetime | None = None, rule: str | None = None
    ) -> list[RuleVersion]:
        """Every version known at a moment, oldest first; of one rule where it is named."""
        query = sa.select(_version).order_by(_version.c.id)
        if as_of is not None:
            query = query.where(_version.c.recorded_at <= as_of)
        if rule is not None:
            query = query.where(_version.c.rule == rule)
        with unavailable(), self._engine.connect() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def add(self, version: RuleVersion, *, connection: Any) -> None:
        """Add a version in the caller's transaction; DefinitionOvertaken: somebody was first."""
        row = {one.name: getattr(version, one.name) for one in fields(RuleVersion)}
        try:
            with unavailable():
                connection.execute(sa.insert(_version).values(**row))
        except IntegrityError as wrong:
            raise DefinitionOvertaken("这条规则刚被他人改动;请重新打开,核对后再发布") from wrong

    def begin(self, change: ChangeRow, *, connection: Any) -> None:
        """Add a change within the caller's transaction."""
        with unavailable():
            connection.execute(sa.insert(_change).values(**_row(change)))

    def keep(self, change: ChangeRow, *, connection: Any) -> None:
        """Store a change as it stands now, within the caller's transaction."""
        values = {name: value for name, value in _row(change).items() if name != "id"}
        with unavailable():
            connection.execute(sa.update(_change).where(_change.c.id == change.id).values(**values))

    def hold(self, change: str, *, connection: Any = None) -> ChangeRow:
        """The change, held until the caller's transaction ends; UnknownChange."""
        query = sa.select(_change).where(_change.c.id == change)
        if connection is not None:
            query = query.with_for_update()
        opened = self._engine.connect() if connection is None else nullcontext(connection)
        with unavailable(), opened as reading:
            row = reading.execute(query).first()
        if row is None:
            raise UnknownChange(f"没有变更单 {change!r};请从告警规则页打开")
        return _read(row)

    def changes(
        self,
        *,
        rule: str | None = None,
        states: Sequence[ChangeState] | None = None,
        limit: int = 200,
    ) -> list[ChangeRow]:
        """Changes that fit, the last touched first."""
        query = sa.select(_change).order_by(_change.c.updated_at.desc(), _change.c.id)
        if rule is not None:
            query = query.where(_change.c.rule == rule)
        if states is not None:
            query = query.where(_change.c.state.in_([one.value for one in states]))
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query.limit(limit))]


def _row(one: ChangeRow) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in _NAMES}
    return {**row, "rule": one.indicator, "state": one.state.value, "fields": dict(one.fields)}


def _read(row: Any) -> ChangeRow:
    values = {name: row._mapping[name] for name in _NAMES}
    for name in ("created_at", "updated_at", "decided_at"):
        values[name] = values[name] and values[name].astimezone(UTC)
    return ChangeRow(
        **{**values, "state": ChangeState(values["state"])},
        indicator=row.rule,
        valid_from=None,
        breaks=False,
    )


def _stored(row: Any) -> RuleVersion:
    return RuleVersion(
        row.rule,
        row.number,
        row.fields,
        row.recorded_at.astimezone(UTC),
        row.author,
        row.reason,
        row.change,
    )
