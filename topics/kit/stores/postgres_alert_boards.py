"""The boards of alerts: the same questions asked in SQL of the rows, and of folded alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from topics.kit.alerting.contracts import Alert
from topics.kit.alerting.fold import state_of
from topics.kit.alerting.log import AlertCounts, AlertQuery, Board
from topics.kit.alerting.written import alert_of
from topics.kit.stores.postgres_alert_rows import ALERT

_OPEN_ORDER = (ALERT.c.severity.desc(), ALERT.c.fired_at.desc(), ALERT.c.id)
_ENDED_ORDER = (ALERT.c.fired_at.desc(), ALERT.c.id)
"""Each in the order of an index: a page is read, and nothing is sorted."""


def rows_of(connection: sa.Connection, query: AlertQuery, now: datetime) -> list[Alert]:
    """The alerts of one page and one more, so that the caller knows whether there is another."""
    last = None
    if query.after is not None:
        last = connection.execute(
            sa.select(ALERT.c.id, ALERT.c.severity, ALERT.c.fired_at, ALERT.c.resolved_at).where(
                ALERT.c.id == query.after
            )
        ).one_or_none()
        if last is None:
            return []
    wanted, found = query.limit + 1, list[Alert]()
    chosen = sa.select(ALERT.c.body).where(*conditions(query, now))
    if query.open is not False and (last is None or last.resolved_at is None):
        part = chosen.where(ALERT.c.resolved_at.is_(None)).order_by(*_OPEN_ORDER)
        if last is not None:
            part = part.where(_after_open(last))
        found += map(alert_of, connection.execute(part.limit(wanted)).scalars())
    if query.open is not True and len(found) < wanted:
        part = chosen.where(ALERT.c.resolved_at.is_not(None)).order_by(*_ENDED_ORDER)
        if last is not None and last.resolved_at is not None:
            part = part.where(_after_ended(last))
        found += map(alert_of, connection.execute(part.limit(wanted - len(found))).scalars())
    return found


def _after_open(last: Any) -> sa.ColumnElement[bool]:
    severity = ALERT.c.severity
    same = sa.and_(severity == last.severity, _after_ended(last))
    return sa.and_(severity <= last.severity, sa.or_(severity < last.severity, same))


def _after_ended(last: Any) -> sa.ColumnElement[bool]:
    at = ALERT.c
    same = sa.and_(at.fired_at == last.fired_at, at.id > last.id)
    return sa.and_(at.fired_at <= last.fired_at, sa.or_(at.fired_at < last.fired_at, same))


def place(alert: Alert) -> tuple[int, int, float, str]:
    """Where it stands on a board: the same order as `rows_of`."""
    fired = alert.fired_at or datetime.min.replace(tzinfo=UTC)
    rank = -alert.level.severity if alert.open else 0
    return (0 if alert.open else 1, rank, -fired.timestamp(), alert.id)


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
    if query.resolved_since is not None:
        late = at.resolved_at >= query.resolved_since
        found.append(sa.or_(at.resolved_at.is_(None), late))
    if query.levels:
        found.append(at.severity.in_([one.severity for one in query.levels]))
    if query.cases is not None:
        found.append(at.case_id.in_(query.cases))
    if query.top:
        found += [at.under.is_(None), at.inhibited_by.is_(None)]
    if query.states:
        found.append(state_word(now).in_(query.states))
    return found


def state_word(now: datetime) -> sa.ColumnElement[str]:
    """The same word as `state_of`, in SQL."""
    at = ALERT.c
    return sa.case(
        (at.resolved_at.is_not(None), "已解除"),
        (at.paused_until > now, "已暂停"),
        (at.handling, "处置中"),
        (sa.or_(at.case_id.is_not(None), at.unit_assigned.is_not(None)), "已派单"),
        (at.acknowledged_at.is_(None), "未确认"),
        else_="已确认",
    )


def fits(alert: Alert, query: AlertQuery, now: datetime) -> bool:
    """Whether a folded alert fits what `lasting` did not ask."""
    if alert.fired_at is None or query.open not in (None, alert.open):
        return False
    since = query.resolved_since
    if since is not None and alert.resolved_at is not None and alert.resolved_at < since:
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
    pairs: dict[tuple[str, str], int] = {}
    for one in alerts:
        pair = one.level.value, state_of(one, now)
        pairs[pair] = pairs.get(pair, 0) + 1
        for counts, key in (
            (level, pair[0]),
            (state, pair[1]),
            (topic, one.topic),
            (region, one.key.region),
        ):
            counts[key] = counts.get(key, 0) + 1
    opened = [one for one in alerts if one.open]
    waiting = sum(one.acknowledged_at is None for one in opened)
    return AlertCounts(level, state, topic, region, len(opened), waiting, pairs)
