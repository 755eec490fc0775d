"""Dropping values whose roll-up is verified, a month at a time; nothing else is ever dropped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.errors import StoreUnavailable
from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import PeriodKind
from topics.kit.rolled import ROLLED_KINDS
from topics.kit.stores.postgres_partitions import Month, attach, bounds, name_of, present
from topics.kit.stores.postgres_rollups import differing, roll_span, state_of

logger = logging.getLogger(__name__)

_STAYS = "NOT (indicator = ANY(:indicators) AND period_kind = ANY(:kinds))"
_FORGET_REVISIONS = """
DELETE FROM observation_revision WHERE indicator = ANY(:indicators)
    AND period_kind = ANY(:kinds) AND period_start >= :start AND period_start < :end
"""
_RAW_FROM = "UPDATE rollup_state SET raw_from = :end WHERE indicator = ANY(:indicators)"

Due = Mapping[str, tuple[PeriodKind, datetime]]
"""Indicators with their kind and the moment before which their values are not kept."""


class PostgresRetention:
    """Rewrites old months without the values that only their roll-up is kept of."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def drop(self, due: Due, now: datetime) -> list[Month]:
        """Drop what is due and return the months that were rewritten.

        A month in which somebody writes or reads for long is left for the next time.
        """
        with unavailable(), self._engine.connect() as connection:
            months = sorted(present(connection))
        done = []
        for month in months:
            start, end = bounds(month)
            named = {
                name: kind
                for name, (kind, keep_from) in due.items()
                if end <= keep_from and kind in ROLLED_KINDS
            }
            if named and self._drop_month(month, named, (start, end), now):
                done.append(month)
        return done

    def _drop_month(
        self,
        month: Month,
        named: Mapping[str, PeriodKind],
        span: tuple[datetime, datetime],
        now: datetime,
    ) -> bool:
        try:
            with unavailable(), self._engine.begin() as connection:
                return _rewrite(connection, month, named, span, now)
        except StoreUnavailable as wrong:
            if _waited(wrong):
                logger.info("%d-%02d 的旧值正在使用,下次再清理", *month)
                return False
            raise


def _rewrite(
    connection: sa.Connection,
    month: Month,
    named: Mapping[str, PeriodKind],
    span: tuple[datetime, datetime],
    now: datetime,
) -> bool:
    start, end = span
    part = name_of(month)
    connection.exec_driver_sql("SET LOCAL jit = off; SET LOCAL lock_timeout = '2s'")
    # Writers of this month wait; readers do not.
    connection.exec_driver_sql(f"LOCK TABLE {part} IN SHARE MODE")
    verified = [
        name for name, kind in named.items() if _verified(connection, name, kind, start, end, now)
    ]
    if not verified:
        return False
    values = {
        "indicators": verified,
        "kinds": [kind.value for kind in ROLLED_KINDS],
        "start": start,
        "end": end,
    }
    _swap(connection, part, month, values)
    connection.execute(sa.text(_FORGET_REVISIONS), values)
    connection.execute(sa.text(_RAW_FROM), values)
    return True


def _verified(
    connection: sa.Connection,
    name: str,
    kind: PeriodKind,
    start: datetime,
    end: datetime,
    now: datetime,
) -> bool:
    """Whether the month's roll-up says exactly what its values say, once it was made to."""
    state = state_of(connection, name)
    if state.rolled_through is None or state.rolled_through < end:
        return False
    if state.raw_from is not None and state.raw_from >= end:
        return False
    roll_span(connection, name, kind, start, end, now)
    wrong = differing(connection, name, kind, start, end)
    if wrong:
        logger.error("%s 的汇总有 %d 处与原值不符,原值不清理", name, wrong)
    return not wrong


def _swap(connection: sa.Connection, part: str, month: Month, values: Mapping[str, Any]) -> None:
    """Put a table with the rows that stay in the partition's place."""
    connection.exec_driver_sql(f"CREATE TABLE {part}_new (LIKE observation INCLUDING ALL)")
    copy = sa.text(f"INSERT INTO {part}_new SELECT * FROM {part} WHERE {_STAYS}")
    connection.execute(copy, {"indicators": values["indicators"], "kinds": values["kinds"]})
    connection.exec_driver_sql(f"ALTER TABLE observation DETACH PARTITION {part}")
    connection.exec_driver_sql(f"DROP TABLE {part}")
    connection.exec_driver_sql(f"ALTER TABLE {part}_new RENAME TO {part}")
    attach(connection, part, month)


def _waited(wrong: BaseException) -> bool:
    """Whether it was about a lock that somebody else holds."""
    cause = str(wrong.__cause__)
    return "LockNotAvailable" in cause or "DeadlockDetected" in cause
