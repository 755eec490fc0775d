"""Batches kept aside, in PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation
from topics.kit.errors import UnknownBatch
from topics.kit.refresh.held import (
    MOST_OPEN,
    HeldBatch,
    HeldState,
    digest_of,
    packed,
    unpacked,
)

_moment = sa.DateTime(timezone=True)
held_table = sa.Table(
    "refresh_held",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("refresher", sa.Text),
    sa.Column("run", sa.Text),
    sa.Column("at", _moment),
    sa.Column("reason", sa.Text),
    sa.Column("digest", sa.Text),
    sa.Column("count", sa.Integer),
    sa.Column("seen", sa.Integer),
    sa.Column("content", sa.LargeBinary),
    sa.Column("state", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", _moment),
    sa.Column("note", sa.Text),
)
_at = held_table.c
_SHOWN = [held_table.c[one.name] for one in fields(HeldBatch)]
_GONE = "这批数据已经处理过,或不存在;请刷新页面"


class PostgresHeld:
    """Keeps batches aside. The same content of one refresher is one batch."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def keep(
        self,
        refresher: str,
        observations: Sequence[Observation],
        *,
        run: str,
        reason: str,
        now: datetime,
    ) -> HeldState:
        """Keep the batch aside and return where it stands: a known one may be decided already.

        A batch that was superseded and comes again waits again.
        """
        row = {
            "id": secrets.token_hex(8),
            "refresher": refresher,
            "run": run,
            "at": now,
            "reason": reason,
            "digest": digest_of(observations),
            "count": len(observations),
            "content": packed(observations),
        }
        superseded = _at.state == HeldState.SUPERSEDED
        again = {
            "seen": _at.seen + 1,
            "state": sa.case((superseded, HeldState.HELD.value), else_=_at.state),
            "content": sa.case((superseded, row["content"]), else_=_at.content),
            "at": sa.case((superseded, now), else_=_at.at),
        }
        statement = insert(held_table).values(**row)
        statement = statement.on_conflict_do_update(
            index_elements=["refresher", "digest"], set_=again
        )
        with unavailable(), self._engine.begin() as connection:
            state = connection.execute(statement.returning(_at.state)).scalar_one()
            connection.execute(_give_way(refresher, now))
        return HeldState(state)

    def open(self) -> Mapping[str, int]:
        """How many batches wait, by refresher."""
        query = sa.select(_at.refresher, sa.func.count()).where(_at.state == HeldState.HELD)
        with unavailable(), self._engine.connect() as connection:
            found = connection.execute(query.group_by(_at.refresher)).all()
            return {str(row[0]): int(row[1]) for row in found}

    def of(self, refresher: str, limit: int = 20) -> list[HeldBatch]:
        """The batches of a refresher, those that wait first, then the newest."""
        query = sa.select(*_SHOWN).where(_at.refresher == refresher)
        query = query.order_by(_at.state != HeldState.HELD, _at.at.desc()).limit(limit)
        with unavailable(), self._engine.connect() as connection:
            return [_batch(row) for row in connection.execute(query)]

    def content(self, refresher: str, batch: str) -> list[Observation]:
        """The values of a batch that waits; raises UnknownBatch."""
        query = sa.select(_at.content).where(_at.id == batch, _at.refresher == refresher)
        with unavailable(), self._engine.connect() as connection:
            found = connection.execute(query.where(_at.state == HeldState.HELD)).scalar()
        if found is None:
            raise UnknownBatch(_GONE)
        return unpacked(found)

    def decide(
        self,
        refresher: str,
        batch: str,
        state: HeldState,
        *,
        by: str,
        note: str,
        now: datetime,
        connection: Any,
    ) -> list[Observation]:
        """Settle a batch in the caller's transaction, once; returns its values.

        Raises UnknownBatch when it does not wait (any more).
        """
        found = sa.select(_at.content).where(
            _at.id == batch, _at.refresher == refresher, _at.state == HeldState.HELD
        )
        with unavailable():
            content = connection.execute(found.with_for_update()).scalar()
            if content is None:
                raise UnknownBatch(_GONE)
            values = {"state": state, "decided_by": by, "decided_at": now, "note": note}
            update = sa.update(held_table).where(_at.id == batch).values(**values, content=None)
            connection.execute(update)
        return unpacked(content)

    def prune(self, before: datetime) -> int:
        """Forget batches that were decided before; those that wait stay."""
        ended = (_at.state != HeldState.HELD) & (_at.at < before)
        with unavailable(), self._engine.begin() as connection:
            return connection.execute(sa.delete(held_table).where(ended)).rowcount


def _give_way(refresher: str, now: datetime) -> sa.Update:
    """The oldest of too many batches that wait lose their values; that they were stays told."""
    waiting = (_at.refresher == refresher) & (_at.state == HeldState.HELD)
    kept = sa.select(_at.id).where(waiting).order_by(_at.at.desc(), _at.id).limit(MOST_OPEN)
    gone = {"state": HeldState.SUPERSEDED, "content": None, "decided_at": now}
    return sa.update(held_table).where(waiting, _at.id.not_in(kept)).values(**gone)


def _batch(row: sa.Row[Any]) -> HeldBatch:
    values = dict(row._mapping)
    return HeldBatch(**{**values, "state": HeldState(values["state"])})
