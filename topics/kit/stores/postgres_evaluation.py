"""The steps of months of 考核 in PostgreSQL; they only grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.errors import BadEvaluation
from topics.kit.evaluation.months import MonthEvent, MonthStep

_metadata = sa.MetaData()
_json = JSONB(none_as_null=True)
_step = sa.Table(
    "evaluation_step",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("month", sa.Date),
    sa.Column("number", sa.Integer),
    sa.Column("at", sa.TIMESTAMP(timezone=True)),
    *(sa.Column(name, sa.Text) for name in ("by", "step", "note")),
    sa.Column("data", _json),
    sa.Column("result", _json),
)


class PostgresEvaluations:
    """Keeps what was done with each month."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def events(self, month: date, as_of: datetime | None = None) -> list[MonthEvent]:
        """The steps of a month up to `as_of`, oldest first; `month` is its first day."""
        asked = sa.select(_step).where(_step.c.month == month).order_by(_step.c.number)
        if as_of is not None:
            asked = asked.where(_step.c.at <= as_of)
        with unavailable(), self._engine.connect() as connection:
            return [_event(row) for row in connection.execute(asked).mappings()]

    def months(self, as_of: datetime | None = None) -> frozenset[date]:
        """The months of which anything was done up to `as_of`."""
        asked = sa.select(_step.c.month).distinct()
        if as_of is not None:
            asked = asked.where(_step.c.at <= as_of)
        with unavailable(), self._engine.connect() as connection:
            return frozenset(connection.execute(asked).scalars())

    def append(
        self,
        month: date,
        event: MonthEvent,
        *,
        after: int,
        connection: sa.Connection | None = None,
    ) -> int:
        """Keep the step that follows `after` steps and return its id.

        Raises BadEvaluation (and keeps nothing) when somebody else did a step meanwhile.
        """
        row = {
            "month": month,
            "number": after + 1,
            "at": event.at,
            "by": event.by,
            "step": event.step.value,
            "note": event.note,
            "data": dict(event.data),
            "result": None if event.result is None else dict(event.result),
        }
        with self._writing(connection) as writing:
            writing.execute(
                sa.text("select pg_advisory_xact_lock(hashtext('evaluation'), :month)"),
                {"month": month.year * 12 + month.month},
            )
            known = sa.select(sa.func.count()).select_from(_step).where(_step.c.month == month)
            if writing.execute(known).scalar_one() != after:
                raise BadEvaluation("这个月的考核刚被别人办理过;请刷新后再看")
            made = writing.execute(sa.insert(_step).values(row).returning(_step.c.id))
            return int(made.scalar_one())

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _event(row: sa.RowMapping) -> MonthEvent:
    given: dict[str, Any] = row["data"]
    return MonthEvent(
        step=MonthStep(row["step"]),
        at=row["at"].astimezone(UTC),
        by=row["by"],
        note=row["note"],
        data=given,
        result=row["result"],
        id=row["id"],
    )
