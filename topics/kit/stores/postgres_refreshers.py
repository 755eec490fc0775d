"""What is kept of a refresher beside its runs: whether it is off, and what its reader remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from layers.stores.postgres_engine import unavailable
from topics.kit.runs import Pause

_metadata = sa.MetaData()
_moment = sa.DateTime(timezone=True)

pause_table = sa.Table(
    "refresh_pause",
    _metadata,
    sa.Column("refresher", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text),
    sa.Column("by", sa.Text),
    sa.Column("at", _moment),
)
memory_table = sa.Table(
    "refresh_memory",
    _metadata,
    sa.Column("refresher", sa.Text, primary_key=True),
    sa.Column("words", JSONB),
    sa.Column("noted_at", _moment),
)


class PostgresRefreshers:
    """Pauses and memories of all refreshers, shared by all processes."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def paused(self) -> Mapping[str, Pause]:
        """The refreshers that are switched off."""
        with unavailable(), self._engine.connect() as connection:
            found = connection.execute(sa.select(pause_table))
            return {row.refresher: Pause(**row._mapping) for row in found}

    def pause(self, pause: Pause, connection: Any = None) -> None:
        """Switch a refresher off; within the caller's transaction where one is given."""
        values = {"reason": pause.reason, "by": pause.by, "at": pause.at}
        statement = insert(pause_table).values(refresher=pause.refresher, **values)
        self._write(
            statement.on_conflict_do_update(index_elements=["refresher"], set_=values), connection
        )

    def resume(self, refresher: str, connection: Any = None) -> None:
        """Switch a refresher on again."""
        self._write(sa.delete(pause_table).where(pause_table.c.refresher == refresher), connection)

    def _write(self, statement: sa.Executable, connection: Any) -> None:
        with unavailable():
            if connection is not None:
                connection.execute(statement)
                return
            with self._engine.begin() as own:
                own.execute(statement)

    def recall(self, refresher: str) -> Mapping[str, str]:
        """What the source's reader noted last; nothing when there is nothing."""
        query = sa.select(memory_table.c.words).where(memory_table.c.refresher == refresher)
        with unavailable(), self._engine.connect() as connection:
            return dict(connection.execute(query).scalar() or {})

    def note(self, refresher: str, words: Mapping[str, str]) -> None:
        """Remember these words of a source's reader instead of the former."""
        values = {"words": dict(words), "noted_at": sa.func.now()}
        statement = insert(memory_table).values(refresher=refresher, **values)
        self._write(
            statement.on_conflict_do_update(index_elements=["refresher"], set_=values), None
        )
