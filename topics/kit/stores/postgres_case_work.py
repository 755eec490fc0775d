"""What waits to be done about cases, found by an index: those that need something, none twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.lines import CaseLine
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_cases import read_line

After = tuple[datetime, str] | None
"""The last row of the batch before: its moment and id."""

_told = sa.table(
    "case_told",
    sa.column("case_id", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("next_at", sa.TIMESTAMP(timezone=True)),
)
_NOTE = sa.text(
    "INSERT INTO case_told (case_id, version, next_at) VALUES (:case_id, :version, :next_at)"
    " ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, next_at = excluded.next_at"
)
_FORGET = sa.text(
    "DELETE FROM case_told t USING case_file f WHERE f.id = t.case_id AND f.ended_at IS NOT NULL"
)


class PostgresCaseWork:
    """Batches of cases for the program's own work, in the order in which they are due."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def waking(self, now: datetime, after: After, limit: int) -> list[CaseLine]:
        """Open cases of which the program has to do something by now."""
        at = case_file.c
        return self._batch(at.wake_at, at.wake_at <= now, after, limit)

    def untold(self, now: datetime, until: datetime, after: After, limit: int) -> list[CaseLine]:
        """Open cases with a clock that ends by `until`, of which not everything was told yet."""
        at, told = case_file.c, _told.c
        known = (
            sa.exists()
            .where(told.case_id == at.id, told.version == at.version)
            .where(sa.or_(told.next_at.is_(None), told.next_at > now))
        )
        return self._batch(
            at.next_due, sa.and_(at.next_due <= until, ~at.demo, ~known), after, limit
        )

    def note(self, told: Iterable[tuple[str, int, datetime | None]]) -> None:
        """Remember of cases (id, version) that nothing is to be told before a moment, or at all."""
        rows = [
            {"case_id": case, "version": version, "next_at": next_at}
            for case, version, next_at in told
        ]
        with unavailable(), self._engine.begin() as connection:
            if rows:
                connection.execute(_NOTE, rows)

    def forget(self) -> None:
        """Drop what is remembered of cases that have ended."""
        with unavailable(), self._engine.begin() as connection:
            connection.execute(_FORGET)

    def hidden(self, after: str, limit: int) -> list[str]:
        """Ids of cases with a due that a missing year of the calendar hides."""
        at = case_file.c
        asked = sa.select(at.id).where(at.hidden, at.id > after).order_by(at.id).limit(limit)
        with unavailable(), self._engine.connect() as connection:
            return list(connection.execute(asked).scalars())

    def _batch(
        self,
        moment: sa.Column[datetime],
        where: sa.ColumnElement[bool],
        after: After,
        limit: int,
    ) -> list[CaseLine]:
        asked = sa.select(case_file).where(where, case_file.c.ended_at.is_(None))
        if after is not None:
            here = sa.tuple_(moment, case_file.c.id)
            last = sa.cast(after[0], sa.TIMESTAMP(timezone=True))
            asked = asked.where(here > sa.tuple_(last, sa.literal(after[1])))
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(moment, case_file.c.id).limit(limit))
            return [read_line(row) for row in rows.mappings()]
