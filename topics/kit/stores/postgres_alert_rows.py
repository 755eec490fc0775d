"""The tables of alerts, and how their rows become events and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.written import alert_json

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
ALERT = sa.Table(
    "alert",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("rule", "region", "topic")),
    sa.Column("severity", sa.SmallInteger),
    *(
        sa.Column(name, _moment)
        for name in ("first_at", "fired_at", "resolved_at", "acknowledged_at", "paused_until")
    ),
    *(sa.Column(name, sa.Text) for name in ("unit_assigned", "case_id", "under")),
    sa.Column("body", JSONB),
)
EVENT = sa.Table(
    "alert_event",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("alert", "step")),
    sa.Column("at", _moment),
    *(sa.Column(name, sa.Text) for name in ("actor", "level")),
    sa.Column("value", sa.Double),
    sa.Column("data", JSONB),
)

_TEXTS = sa.ARRAY(sa.Text)


def standing(alert: Alert, first: datetime) -> dict[str, Any]:
    """The row of an alert as it stands; `first` is the moment of its first event."""
    return {
        "id": alert.id,
        "rule": alert.key.rule,
        "region": alert.key.region,
        "topic": alert.topic,
        "severity": alert.level.severity,
        "first_at": first,
        "fired_at": alert.fired_at,
        "resolved_at": alert.resolved_at,
        "acknowledged_at": alert.acknowledged_at,
        "paused_until": alert.paused_until,
        "unit_assigned": alert.unit_assigned,
        "case_id": alert.case,
        "under": alert.under,
        "body": alert_json(alert),
    }


def events_of(
    connection: sa.Connection, alerts: Sequence[str], as_of: datetime | None
) -> dict[str, list[AlertEvent]]:
    """The events of the alerts up to a moment, oldest first."""
    at = EVENT.c
    query = sa.select(EVENT).where(at.alert == sa.any_(sa.bindparam("ids", type_=_TEXTS)))
    if as_of is not None:
        query = query.where(at.at <= as_of)
    found: dict[str, list[AlertEvent]] = {}
    rows = connection.execute(query.order_by(at.at, at.id), {"ids": list(alerts)})
    for row in rows:
        found.setdefault(row.alert, []).append(read_event(row))
    return found


def event_row(event: AlertEvent) -> dict[str, Any]:
    """The row of an event that is new."""
    return {
        "alert": event.alert,
        "step": event.step.value,
        "at": event.at,
        "actor": event.actor,
        "level": None if event.level is None else event.level.value,
        "value": event.value,
        "data": dict(event.data),
    }


def read_event(row: Any) -> AlertEvent:
    """The event of a row."""
    return AlertEvent(
        alert=row.alert,
        step=AlertStep(row.step),
        at=row.at.astimezone(UTC),
        actor=row.actor,
        level=None if row.level is None else AlertLevel(row.level),
        value=row.value,
        data=row.data,
        id=row.id,
    )
