"""Messages as those read them for whom they are meant: listed, counted and marked as read here.

A message is meant for the addresses of a person: the account, its entry in the 通讯录, its unit, a
post of duty while the person held it. What several receivers take for a unit is listed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.notify.delivery import Notice
from topics.kit.stores.postgres_notice_rows import NOTICE, read_notice

KEPT = timedelta(days=90)
"""How far back messages are listed and counted as unread."""

MOST_UNREAD = 100
"""Unread messages are counted up to here."""

_SEEN = sa.table(
    "notice_seen",
    sa.column("account", sa.Text),
    sa.column("notice", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
)
_MARK = sa.text(
    "INSERT INTO notice_seen (account, notice, at) VALUES (:account, :notice, :at)"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A post of duty that the person had in [starts, ends): "duty:值班长"."""

    address: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the account whose marks count, and for what addresses."""

    account: str
    addresses: tuple[str, ...]
    duties: tuple[Held, ...] = ()


class PostgresInbox:
    """Raises StoreUnavailable when the database is away."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def newest(
        self,
        reader: Reader,
        now: datetime,
        *,
        unread: bool = False,
        before: int | None = None,
        limit: int = 50,
    ) -> list[tuple[Notice, datetime | None]]:
        """The reader's messages, newest first, each with when it was read."""
        asked = (
            sa.select(NOTICE, _SEEN.c.at.label("seen_at"))
            .select_from(NOTICE.outerjoin(_SEEN, _marked(reader)))
            .where(_meant(reader, now))
            .order_by(NOTICE.c.id.desc())
            .limit(limit)
        )
        if unread:
            asked = asked.where(_SEEN.c.at.is_(None))
        if before is not None:
            asked = asked.where(NOTICE.c.id < before)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(asked).mappings()
            return [(read_notice(row), row["seen_at"]) for row in rows]

    def unread(self, reader: Reader, now: datetime) -> int:
        """How many the reader has not read; MOST_UNREAD stands for that many and more."""
        some = (
            sa.select(NOTICE.c.id)
            .select_from(NOTICE.outerjoin(_SEEN, _marked(reader)))
            .where(_meant(reader, now), _SEEN.c.at.is_(None))
            .limit(MOST_UNREAD)
            .subquery()
        )
        with unavailable(), self._engine.connect() as connection:
            asked = sa.select(sa.func.count()).select_from(some)
            return int(connection.execute(asked).scalar_one())

    def mark(
        self,
        reader: Reader,
        now: datetime,
        *,
        ids: Sequence[int] = (),
        until: int | None = None,
    ) -> int:
        """Mark these messages, or all up to one, as read; only the reader's own. How many were."""
        chosen = NOTICE.c.id.in_(list(ids)) if until is None else NOTICE.c.id <= until
        asked = (
            sa.select(NOTICE.c.id)
            .select_from(NOTICE.outerjoin(_SEEN, _marked(reader)))
            .where(_meant(reader, now), chosen, _SEEN.c.at.is_(None))
        )
        with unavailable(), self._engine.begin() as connection:
            rows = [
                {"account": reader.account, "notice": one, "at": now}
                for one in connection.execute(asked).scalars()
            ]
            if rows:
                connection.execute(_MARK, rows)
        return len(rows)


def _marked(reader: Reader) -> sa.ColumnElement[bool]:
    return sa.and_(_SEEN.c.notice == NOTICE.c.id, _SEEN.c.account == reader.account)


def _meant(reader: Reader, now: datetime) -> sa.ColumnElement[bool]:
    """Meant for the reader, not before its time, once however many receivers take it."""
    at, other = NOTICE.c, NOTICE.alias("other").c
    whom = sa.func.coalesce(at.address, at.receiver)
    held = [
        sa.and_(whom == one.address, at.created_at >= one.starts, at.created_at < one.ends)
        for one in reader.duties
    ]
    first = ~sa.exists().where(
        other.key == at.key,
        sa.func.coalesce(other.address, other.receiver) == whom,
        other.id < at.id,
    )
    due = sa.or_(at.state != "waiting", at.attempts > 0, at.next_at <= now)
    mine = sa.or_(whom.in_(list(reader.addresses)), *held)
    return sa.and_(mine, at.created_at >= now - KEPT, due, first)
