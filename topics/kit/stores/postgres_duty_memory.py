"""交接班 and 值班日志 in PostgreSQL; the tables themselves refuse to change what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.duty.memory import Handover, JournalEntry, OpenItem

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_handover = sa.Table(
    "duty_handover",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("shift_starts", _moment),
    *(sa.Column(name, sa.Text) for name in ("leaving", "taking", "notes", "left_by")),
    *(sa.Column(name, sa.Text) for name in ("taken_by", "remark")),
    sa.Column("items", JSONB),
    sa.Column("left_at", _moment),
    sa.Column("taken_at", _moment),
)
_journal = sa.Table(
    "duty_journal",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", _moment),
    sa.Column("written_at", _moment),
    *(sa.Column(name, sa.Text) for name in ("actor", "kind", "text")),
    sa.Column("corrects", sa.BigInteger),
    sa.Column("drill", sa.Boolean),
)
_TIMES = ("shift_starts", "left_at", "taken_at")


class PostgresDutyMemory:
    """Keeps handovers and the journal."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def leave(self, one: Handover, *, connection: sa.Connection) -> None:
        """Store a handover that the leaving person signed."""
        row = asdict(one) | {"items": [asdict(item) for item in one.items]}
        connection.execute(sa.insert(_handover).values(row))

    def take(
        self, handover: str, *, by: str, at: datetime, remark: str, connection: sa.Connection
    ) -> bool:
        """Sign for taking over; False where it was signed before."""
        change = (
            sa.update(_handover)
            .where(_handover.c.id == handover, _handover.c.taken_at.is_(None))
            .values(taken_by=by, taken_at=at, remark=remark)
        )
        return connection.execute(change).rowcount > 0

    def handover(self, handover: str) -> Handover | None:
        """One handover, or None."""
        return next(iter(self._handovers(_handover.c.id == handover, 1)), None)

    def handovers(self, *, as_of: datetime | None = None, limit: int = 30) -> list[Handover]:
        """The handovers up to a moment, the newest first; signatures of later are left out."""
        found = self._handovers(None if as_of is None else _handover.c.left_at <= as_of, limit)
        return [one if as_of is None else _as_it_stood(one, as_of) for one in found]

    def write(self, entry: JournalEntry, *, connection: sa.Connection) -> JournalEntry:
        """Add a line and return it with its number."""
        row = {name: value for name, value in asdict(entry).items() if name != "id"}
        new = sa.insert(_journal).values(row).returning(_journal.c.id)
        number = int(connection.execute(new).scalar_one())
        return JournalEntry(**row, id=number)

    def write_all(self, entries: Iterable[JournalEntry], *, connection: sa.Connection) -> None:
        """Add many lines."""
        rows = [{n: v for n, v in asdict(one).items() if n != "id"} for one in entries]
        if rows:
            connection.execute(sa.insert(_journal), rows)

    def journal(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        text: str = "",
        before: tuple[datetime, int] | None = None,
        as_of: datetime | None = None,
        limit: int = 100,
    ) -> list[JournalEntry]:
        """The lines of [start, end) that were written by `as_of`, the newest first."""
        at = _journal.c
        query = sa.select(_journal).order_by(at.at.desc(), at.id.desc()).limit(limit)
        if start is not None:
            query = query.where(at.at >= start)
        if end is not None:
            query = query.where(at.at < end)
        if as_of is not None:
            query = query.where(at.written_at <= as_of)
        if text:
            query = query.where(at.text.contains(text, autoescape=True))
        if before is not None:
            query = query.where(sa.tuple_(at.at, at.id) < sa.tuple_(*before))
        with unavailable(), self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def has_entry(self, number: int) -> bool:
        """Whether the journal has a line of that number."""
        query = sa.select(_journal.c.id).where(_journal.c.id == number)
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def _handovers(self, where: sa.ColumnElement[bool] | None, limit: int) -> list[Handover]:
        query = sa.select(_handover).order_by(_handover.c.left_at.desc()).limit(limit)
        query = query if where is None else query.where(where)
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query).mappings()]


def _read(row: sa.RowMapping) -> Handover:
    fields: dict[str, Any] = dict(row)
    fields["items"] = tuple(OpenItem(**one) for one in row["items"])
    for name in _TIMES:
        fields[name] = fields[name] and fields[name].astimezone(UTC)
    return Handover(**fields)


def _as_it_stood(one: Handover, as_of: datetime) -> Handover:
    if one.taken_at is None or one.taken_at <= as_of:
        return one
    return Handover(
        one.id,
        one.shift_starts,
        one.leaving,
        one.taking,
        one.items,
        one.notes,
        one.left_at,
        one.left_by,
    )


def _entry(row: sa.RowMapping) -> JournalEntry:
    fields: dict[str, Any] = dict(row)
    for name in ("at", "written_at"):
        fields[name] = fields[name].astimezone(UTC)
    return JournalEntry(**fields)
