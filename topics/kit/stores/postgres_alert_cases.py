"""Which case an alert was sent as; the table itself refuses a second open one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.errors import AlertStepRefused

_moment = sa.TIMESTAMP(timezone=True)
_link = sa.table(
    "alert_case",
    sa.column("id", sa.BigInteger),
    sa.column("alert", sa.Text),
    sa.column("case_id", sa.Text),
    sa.column("opened_at", _moment),
    sa.column("opened_by", sa.Text),
    sa.column("closed_at", _moment),
    sa.column("closed_as", sa.Text),
)

# Open cases of alerts are few: an index has them.
_REOPEN = sa.text(
    """
INSERT INTO alert_case (alert, case_id, opened_at, opened_by)
SELECT f.alert, f.id, :now, 'system' FROM case_file f
WHERE f.alert IS NOT NULL AND f.ended_at IS NULL
  AND EXISTS (SELECT 1 FROM alert_case l WHERE l.case_id = f.id)
  AND NOT EXISTS (SELECT 1 FROM alert_case l WHERE l.alert = f.alert AND l.closed_at IS NULL)
ON CONFLICT DO NOTHING
"""
)


class PostgresAlertCases:
    """The links of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def open(
        self, alert: str, case: str, *, now: datetime, by: str, connection: sa.Connection
    ) -> None:
        """Link them, within the transaction that makes the case; AlertStepRefused for a second."""
        statement = sa.insert(_link).values(alert=alert, case_id=case, opened_at=now, opened_by=by)
        try:
            connection.execute(statement)
        except IntegrityError as wrong:
            raise AlertStepRefused(
                "这条告警已有一个未结的事件;请打开那个事件", problem={"allowed": []}
            ) from wrong

    def close(
        self, case: str, *, now: datetime, said: str, connection: sa.Connection | None = None
    ) -> bool:
        """The case is over; False when its link was closed before."""
        change = (
            sa.update(_link)
            .where(_link.c.case_id == case, _link.c.closed_at.is_(None))
            .values(closed_at=now, closed_as=said)
        )
        with unavailable():
            if connection is not None:
                return bool(connection.execute(change).rowcount)
            with self._engine.begin() as own:
                return bool(own.execute(change).rowcount)

    def reopen(self, *, now: datetime) -> int:
        """Link the alerts again whose case was over and is open again; how many those are."""
        with unavailable(), self._engine.begin() as connection:
            return int(connection.execute(_REOPEN, {"now": now}).rowcount)

    def open_ones(self, *, connection: sa.Connection | None = None) -> dict[str, str]:
        """Alert → case of every open link, as the transaction sees it."""
        query = sa.select(_link.c.alert, _link.c.case_id).where(_link.c.closed_at.is_(None))
        with unavailable():
            if connection is not None:
                return {row.alert: row.case_id for row in connection.execute(query)}
            with self._engine.connect() as own:
                return {row.alert: row.case_id for row in own.execute(query)}
