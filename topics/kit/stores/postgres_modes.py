"""平战 and 演练 in PostgreSQL: a log that only grows; the mode of a moment is its last row then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.duty.contracts import Mode

_mode = sa.Table(
    "city_mode",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.TIMESTAMP(timezone=True)),
    sa.Column("wartime", sa.Boolean),
    *(sa.Column(name, sa.Text) for name in ("drill", "actor", "reason")),
)
_LOCK = 0x6D6F6465  # "mode": who changes the mode has seen the last one


class PostgresModes:
    """Implements Modes for all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def at(self, moment: datetime | None = None) -> Mode:
        """The mode at that moment; now without one."""
        with unavailable(), self._engine.connect() as connection:
            return _at(connection, moment)

    def change(
        self,
        *,
        by: str,
        reason: str,
        now: datetime,
        wartime: bool | None = None,
        drill: str | None = None,
        end_drill: bool = False,
        connection: Any = None,
    ) -> Mode:
        """The mode after the change; what is not named stays as it was.

        Within the caller's transaction where one is given, so that it is audited with it.
        """
        if connection is not None:
            return self._change(connection, by, reason, now, wartime, drill, end_drill)
        with unavailable(), self._engine.begin() as own:
            return self._change(own, by, reason, now, wartime, drill, end_drill)

    def history(self, *, as_of: datetime | None = None, limit: int = 100) -> list[Mode]:
        """The changes up to a moment, newest first."""
        query = sa.select(_mode).order_by(_mode.c.at.desc(), _mode.c.id.desc()).limit(limit)
        if as_of is not None:
            query = query.where(_mode.c.at <= as_of)
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query)]

    def _change(
        self,
        connection: Any,
        by: str,
        reason: str,
        now: datetime,
        wartime: bool | None,
        drill: str | None,
        end_drill: bool,
    ) -> Mode:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _at(connection, None)
        values = {
            "at": now,
            "wartime": before.wartime if wartime is None else wartime,
            "drill": None if end_drill else drill or before.drill,
            "actor": by,
            "reason": reason,
        }
        connection.execute(sa.insert(_mode).values(values))
        return Mode(values["wartime"], values["drill"], now, by, reason)  # type: ignore[arg-type]


def _at(connection: Any, moment: datetime | None) -> Mode:
    query = sa.select(_mode).order_by(_mode.c.at.desc(), _mode.c.id.desc()).limit(1)
    if moment is not None:
        query = query.where(_mode.c.at <= moment)
    row = connection.execute(query).first()
    return Mode() if row is None else _read(row)


def _read(row: Any) -> Mode:
    return Mode(row.wartime, row.drill, row.at.astimezone(UTC), row.actor, row.reason)
