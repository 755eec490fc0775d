"""Alerts that fired in a stretch of time as they stood then: level, 确认 and 误报."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from topics.kit.alerting.contracts import Alert, AlertStep
from topics.kit.alerting.fold import fold
from topics.kit.stores.postgres_alert_rows import ALERT, events_of

MOST = 20_000
_TELLING = frozenset(
    {
        AlertStep.PENDING,
        AlertStep.FIRED,
        AlertStep.RAISED,
        AlertStep.LOWERED,
        AlertStep.ACKNOWLEDGED,
        AlertStep.FALSE,
        AlertStep.UNDONE,
    }
)
"""The steps that level, 确认 and 误报 follow from; the others are not read."""


def fired_as_of(
    connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]], as_of: datetime
) -> list[Alert]:
    """The alerts that fit `where` and had fired by `as_of`, as known then; the newest of many."""
    asked = sa.select(ALERT.c.id).where(ALERT.c.fired_at <= as_of, *where)
    ids = connection.execute(asked.order_by(ALERT.c.fired_at.desc()).limit(MOST)).scalars().all()
    logs = events_of(connection, ids, as_of, steps=_TELLING)
    folded = (fold(log) for log in logs.values())
    return [one for one in folded if one is not None and one.fired_at is not None]
