"""The boards of alerts: the same questions asked in SQL of the rows, and of folded alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from topics.kit.alerting.contracts import Alert
from topics.kit.alerting.fold import state_of
from topics.kit.alerting.log import AlertCounts, AlertQuery, Board
from topics.kit.stores.postgres_alert_rows import ALERT

ORDER = (
    sa.case((ALERT.c.resolved_at.is_(None), 0), else_=1),
    sa.case((ALERT.c.resolved_at.is_(None), -ALERT.c.severity), else_=0),
    ALERT.c.fired_at.desc(),
    ALERT.c.id,
)


def place(alert: Alert) -> tuple[int, int, float, str]:
    """Where it stands on a board: the same order as `ORDER`."""
    fired = alert.fired_at or datetime.min.replace(tzinfo=UTC)
    rank = -alert.level.severity if alert.open else 0
    return (0 if alert.open else 1, rank, -fired.timestamp(), alert.id)


def comes_after(alert: str) -> sa.ColumnElement[bool]:
    """Whether a row comes after that alert in the order of a board."""
    last = sa.alias(ALERT, "last")

    def key(of: Any) -> sa.Tuple:
        resolved = of.resolved_at.is_(None)
        return sa.tuple_(
            sa.case((resolved, 0), else_=1),
            sa.case((resolved, -of.severity), else_=0),
            -sa.func.extract("epoch", of.fired_at),
            of.id,
        )

    return (
        key(ALERT.c) > sa.select(*key(last.c).clauses).where(last.c.id == alert).scalar_subquery()
    )


def lasting(query: AlertQuery) -> list[sa.ColumnElement[bool]]:
    """Conditions about what never changes of an alert that has fired."""
    at = ALERT.c
    found: list[sa.ColumnElement[bool]] = [at.fired_at.is_not(None)]
    for column, wanted in (
        (at.topic, query.topics),
        (at.region, query.regions),
        (at.rule, query.rules),
    ):
        if wanted is not None:
            found.append(column.in_(wanted))
    if query.since is not None:
        found.append(at.fired_at >= query.since)
    if query.until is not None:
        found.append(at.fired_at < query.until)
    return found


def conditions(query: AlertQuery, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Conditions for everything the query asks, but its page."""
    at = ALERT.c
    found = lasting(query)
    if query.open is not None:
        found.append(at.resolved_at.is_(None) if query.open else at.resolved_at.is_not(None))
    if query.levels:
        found.append(at.severity.in_([one.severity for one in query.levels]))
    if query.cases is not None:
        found.append(at.case_id.in_(query.cases))
    if query.top:
        found += [at.under.is_(None), at.body["inhibited_by"].astext.is_(None)]
    if query.states:
        found.append(state_word(now).in_(query.states))
    return found


def state_word(now: datetime) -> sa.ColumnElement[str]:
    """The same word as `state_of`, in SQL."""
    at = ALERT.c
    return sa.case(
        (at.resolved_at.is_not(None), "已解除"),
        (at.paused_until > now, "已暂停"),
        (at.body["data"]["handling"].as_boolean(), "处置中"),
        (sa.or_(at.case_id.is_not(None), at.unit_assigned.is_not(None)), "已派单"),
        (at.acknowledged_at.is_(None), "未确认"),
        else_="已确认",
    )


def fits(alert: Alert, query: AlertQuery, now: datetime) -> bool:
    """Whether a folded alert fits what `lasting` did not ask."""
    if alert.fired_at is None or query.open not in (None, alert.open):
        return False
    if query.levels and alert.level not in query.levels:
        return False
    if query.cases is not None and alert.case not in query.cases:
        return False
    if query.top and not (alert.under is None and alert.inhibited_by is None):
        return False
    return not query.states or state_of(alert, now) in query.states


def page_of(query: AlertQuery, alerts: Sequence[Alert], now: datetime) -> Board:
    """The page of the alerts that the query asks for."""
    ids = [one.id for one in alerts]
    start = ids.index(query.after) + 1 if query.after in ids else 0
    page = alerts[start : start + query.limit]
    return Board(page, len(alerts), start + query.limit < len(alerts))


def counted(alerts: Sequence[Alert], now: datetime) -> AlertCounts:
    """How many alerts there are of each kind."""
    level: dict[str, int] = {}
    state: dict[str, int] = {}
    topic: dict[str, int] = {}
    region: dict[str, int] = {}
    for one in alerts:
        for counts, key in (
            (level, one.level.value),
            (state, state_of(one, now)),
            (topic, one.topic),
            (region, one.key.region),
        ):
            counts[key] = counts.get(key, 0) + 1
    opened = [one for one in alerts if one.open]
    waiting = sum(one.acknowledged_at is None for one in opened)
    return AlertCounts(level, state, topic, region, len(opened), waiting)
