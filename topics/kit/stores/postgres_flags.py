"""The tables of doubts, as queries name them, and how flags begin and end; migration 0015."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from topics.kit.contracts import Period, PeriodKind
from topics.kit.eventlog import Event, EventKind
from topics.kit.quality.contracts import CheckKind, Cleared, Doubt, Flag
from topics.kit.quality.intake import Ended
from topics.kit.stores.postgres_events import PostgresEvents

_UTC = ZoneInfo("UTC")
_METADATA = sa.MetaData()
_MOMENT = sa.TIMESTAMP(timezone=True)

flag = sa.Table(
    "quality_flag",
    _METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("indicator", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("period_start", _MOMENT),
    sa.Column("period_kind", sa.Text),
    sa.Column("period_until", _MOMENT),
    sa.Column("value", sa.Double),
    sa.Column("detail", sa.Text),
    sa.Column("raised_at", _MOMENT),
    sa.Column("cleared_at", _MOMENT),
    sa.Column("cleared", sa.Text),
)
note = sa.Table(
    "quality_note",
    _METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("flag", sa.BigInteger),
    sa.Column("at", _MOMENT),
    sa.Column("author", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("valid_until", _MOMENT),
)
due = sa.Table(
    "quality_due",
    _METADATA,
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("marked_at", _MOMENT),
)


def flag_of(row: sa.Row[Any]) -> Flag:
    """The flag that a row of the table says."""
    doubt = Doubt(
        kind=cast(CheckKind, row.kind),
        indicator=row.indicator,
        region=row.region,
        period=Period(row.period_start.astimezone(_UTC), PeriodKind(row.period_kind)),
        value=row.value,
        detail=row.detail,
        until=row.period_until,
    )
    cleared = None if row.cleared is None else Cleared(row.cleared)
    return Flag(row.id, doubt, row.raised_at, row.cleared_at, cleared)


def raise_flags(
    connection: sa.Connection, events: PostgresEvents, doubts: Iterable[Doubt], now: datetime
) -> list[Flag]:
    """Raise the doubts that are not raised already; each is told once, in the same transaction."""
    rows = [
        {
            "kind": one.kind,
            "indicator": one.indicator,
            "region": one.region,
            "period_start": one.period.start,
            "period_kind": one.period.kind.value,
            "period_until": one.until,
            "value": one.value,
            "detail": one.detail,
            "raised_at": now,
        }
        for one in doubts
    ]
    if not rows:
        return []
    rows.sort(key=lambda one: (one["indicator"], one["region"], one["kind"], one["period_start"]))
    # The rows beside the statement, not inside it: one statement takes 65,535 values at most.
    statement = insert(flag).on_conflict_do_nothing().returning(flag)
    raised = [flag_of(row) for row in connection.execute(statement, rows)]
    events.append(
        [_event(EventKind.QUALITY_RAISED, one, now) for one in raised], connection=connection
    )
    return raised


def clear_flags(
    connection: sa.Connection, events: PostgresEvents, ended: Sequence[Ended], now: datetime
) -> list[Flag]:
    """End the flags that are open; each is told once."""
    cleared: list[Flag] = []
    for one in ended:
        until = flag.c.period_until if one.until is None else one.until
        statement = (
            sa.update(flag)
            .where(flag.c.id == one.flag, flag.c.cleared_at.is_(None))
            .values(cleared_at=now, cleared=one.why.value, period_until=until)
            .returning(flag)
        )
        cleared += [flag_of(row) for row in connection.execute(statement)]
    events.append(
        [_event(EventKind.QUALITY_CLEARED, one, now) for one in cleared], connection=connection
    )
    return cleared


def _event(kind: EventKind, one: Flag, now: datetime) -> Event:
    """The event of a flag; the value itself stays out: it may not be released yet."""
    data: dict[str, Any] = {"flag": one.id, "check": one.doubt.kind}
    if one.cleared is not None:
        data["why"] = one.cleared.value
    return Event(
        kind,
        one.doubt.indicator,
        topic=one.doubt.indicator.partition(".")[0],
        region=one.doubt.region,
        data=data,
        at=now,
    )
