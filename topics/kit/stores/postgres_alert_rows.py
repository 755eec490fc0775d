"""The tables of alerts, and how their rows become events and alerts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
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
    # Made by the database from the body, so that counting thousands reads no body (0023).
    sa.Column("indicator", sa.Text, sa.Computed("")),
    sa.Column("inhibited_by", sa.Text, sa.Computed("")),
    sa.Column("handling", sa.Boolean, sa.Computed("")),
    sa.Column("said_false", sa.Boolean, sa.Computed("")),
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
_TYPES = {sa.SmallInteger: "smallint", JSONB: "jsonb", sa.TIMESTAMP: "timestamptz"}
_COLUMNS = {
    one.name: _TYPES.get(type(one.type), "text") for one in ALERT.columns if one.computed is None
}
# One statement for however many: thousands of alerts may change at the same moment.
_KEEP = sa.text(
    f"INSERT INTO alert ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)}"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    f" AS r({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")
)

_APPEND = sa.text(
    "INSERT INTO alert_event (alert, step, at, actor, level, value, data)"
    " SELECT alert, step, at, actor, level, value, data"
    " FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (alert text, step text,"
    " at timestamptz, actor text, level text, value double precision, data jsonb))"
    " WITH ORDINALITY AS r(alert, step, at, actor, level, value, data, n)"
    " ORDER BY n RETURNING id"
)


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


def keep_standing(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store the alerts as they stand; IntegrityError where another one is open for its key."""
    connection.execute(_KEEP, {"rows": orjson.dumps(list(rows)).decode()})


def held(connection: sa.Connection, alerts: Sequence[str]) -> dict[str, Any]:
    """The bodies of those of the alerts that exist, held until the caller's transaction ends."""
    query = (
        sa.select(ALERT.c.id, ALERT.c.body)
        .where(ALERT.c.id == sa.any_(sa.bindparam("ids", type_=_TEXTS)))
        .order_by(ALERT.c.id)
        .with_for_update()
    )
    rows = connection.execute(query, {"ids": list(alerts)})
    return {row.id: row.body for row in rows}


def events_of(
    connection: sa.Connection,
    alerts: Sequence[str],
    as_of: datetime | None,
    *,
    steps: Collection[AlertStep] = (),
) -> dict[str, list[AlertEvent]]:
    """The events of the alerts up to a moment, oldest first; with `steps` those steps alone."""
    at = EVENT.c
    query = sa.select(EVENT).where(at.alert == sa.any_(sa.bindparam("ids", type_=_TEXTS)))
    if as_of is not None:
        query = query.where(at.at <= as_of)
    if steps:
        query = query.where(at.step.in_([one.value for one in steps]))
    found: dict[str, list[AlertEvent]] = {}
    rows = connection.execute(query.order_by(at.at, at.id), {"ids": list(alerts)})
    for row in rows:
        found.setdefault(row.alert, []).append(read_event(row))
    return found


def add_events(connection: sa.Connection, events: Sequence[AlertEvent]) -> list[AlertEvent]:
    """Store the events in their order by one statement and return them as they are read back."""
    rows = orjson.dumps([_event_row(one) for one in events])
    ids = sorted(connection.execute(_APPEND, {"rows": rows.decode()}).scalars())
    return [
        replace(one, at=one.at.astimezone(UTC), data=row["data"], id=number)
        for one, row, number in zip(events, orjson.loads(rows), ids, strict=True)
    ]


def _event_row(event: AlertEvent) -> dict[str, Any]:
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
