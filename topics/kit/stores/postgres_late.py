"""Days whose roll-up a late or corrected value may have made wrong, noted as it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from topics.kit.contracts import Observation, PeriodKind
from topics.kit.periods import ZONE

_NOTE = sa.text(
    "INSERT INTO rollup_late (indicator, day)"
    " SELECT * FROM unnest(CAST(:indicators AS text[]), CAST(:days AS timestamptz[]))"
)


def note_late(connection: sa.Connection, changed: Iterable[Observation], now: datetime) -> None:
    """Note the days of changed values whose bucket is over at `now`; on time nothing is noted."""
    places = {
        (one.indicator, one.period.start, one.period.kind)
        for one in changed
        if one.period.kind is PeriodKind.INSTANT or one.period.kind is PeriodKind.HOUR
    }
    late = {
        (indicator, day)
        for indicator, start, kind in places
        if (day := _late_day(start, kind, now)) is not None
    }
    if late:
        indicators, days = zip(*sorted(late), strict=True)
        connection.execute(_NOTE, {"indicators": list(indicators), "days": list(days)})


def _late_day(start: datetime, kind: PeriodKind, now: datetime) -> datetime | None:
    here = start.astimezone(ZONE)
    day = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind is PeriodKind.HOUR:
        over = day + timedelta(days=1)
    else:
        over = here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return day if over <= now else None
