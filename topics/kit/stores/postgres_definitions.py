"""Versions of definitions and dates of release in PostgreSQL; rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Period, PeriodKind
from topics.kit.definitions.contracts import Known, ReleaseEntry, StoredVersion
from topics.kit.errors import DefinitionOvertaken

_UTC = ZoneInfo("UTC")
_LOCK = 0x64656669  # "defi": one writer adds at a time, so that ids are committed in their order
_moment = sa.DateTime(timezone=True)

_version = sa.Table(
    "definition_version",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("indicator", sa.Text),
    sa.Column("number", sa.Integer),
    sa.Column("fields", JSONB),
    sa.Column("manifest", JSONB(none_as_null=True)),
    sa.Column("valid_from", sa.Date),
    sa.Column("recorded_at", _moment),
    sa.Column("author", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("breaks", sa.Boolean),
    sa.Column("change", sa.Text),
)
_release = sa.Table(
    "release_entry",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("indicator", sa.Text),
    sa.Column("period_start", _moment),
    sa.Column("period_kind", sa.Text),
    sa.Column("release_at", _moment),
    sa.Column("reason", sa.Text),
    sa.Column("author", sa.Text),
    sa.Column("recorded_at", _moment),
)
_MARK = sa.select(
    *(
        sa.select(sa.func.coalesce(sa.func.max(one.c.id), 0)).scalar_subquery()
        for one in (_version, _release)
    )
)
_TAKEN = "指标 {} 的定义刚被他人改动;请重新打开,核对后再提交"


class PostgresDefinitions:
    """Implements DefinitionStore for all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def mark(self) -> tuple[int, int]:
        """The highest ids: two index look-ups."""
        with unavailable(), self._engine.connect() as connection:
            versions, releases = connection.execute(_MARK).one()
        return int(versions), int(releases)

    def load(self) -> Known:
        """Everything, oldest first."""
        with unavailable(), self._engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            versions, releases = connection.execute(_MARK).one()
            stored = connection.execute(sa.select(_version).order_by(_version.c.id)).all()
            dated = connection.execute(sa.select(_release).order_by(_release.c.id)).all()
        return Known(
            (int(versions), int(releases)),
            [_stored(row._mapping) for row in stored],
            [_dated(row._mapping) for row in dated],
        )

    def add(self, versions: Sequence[StoredVersion], *, connection: Any = None) -> None:
        """Add versions, within the caller's transaction where one is given.

        DefinitionOvertaken when a number is taken: somebody else was quicker.
        """
        if not versions:
            return
        rows = [_row(one) for one in versions]
        with unavailable(), self._begun(connection) as transaction:
            _lock(transaction)
            try:
                transaction.execute(sa.insert(_version), rows)
            except IntegrityError as wrong:
                raise DefinitionOvertaken(_TAKEN.format(versions[0].indicator)) from wrong

    def set_release(self, entries: Sequence[ReleaseEntry], *, connection: Any = None) -> None:
        """Add dates of release, within the caller's transaction where one is given."""
        if not entries:
            return
        rows = [
            {
                "indicator": one.indicator,
                "period_start": one.period.start,
                "period_kind": one.period.kind.value,
                "release_at": one.release_at,
                "reason": one.reason,
                "author": one.author,
                "recorded_at": one.recorded_at,
            }
            for one in entries
        ]
        with unavailable(), self._begun(connection) as transaction:
            _lock(transaction)
            transaction.execute(sa.insert(_release), rows)

    def _begun(self, connection: Any) -> Any:
        return self._engine.begin() if connection is None else nullcontext(connection)


def _lock(connection: sa.Connection) -> None:
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _row(one: StoredVersion) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "number": one.number,
        "fields": dict(one.fields),
        "manifest": None if one.manifest is None else dict(one.manifest),
        "valid_from": one.valid_from,
        "recorded_at": one.recorded_at,
        "author": one.author,
        "reason": one.reason,
        "breaks": one.breaks,
        "change": one.change,
    }


def _stored(row: Any) -> StoredVersion:
    values = {name: value for name, value in row.items() if name != "id"}
    return StoredVersion(**{**values, "recorded_at": row["recorded_at"].astimezone(_UTC)})


def _dated(row: Any) -> ReleaseEntry:
    release_at = row["release_at"]
    return ReleaseEntry(
        row["indicator"],
        Period(row["period_start"].astimezone(_UTC), PeriodKind(row["period_kind"])),
        None if release_at is None else release_at.astimezone(_UTC),
        row["reason"],
        row["author"],
        row["recorded_at"].astimezone(_UTC),
    )
