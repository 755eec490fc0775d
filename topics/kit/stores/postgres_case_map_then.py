"""All cases of a filter on a map as they stood at a past moment: as live, points and cells."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from topics.kit.alerting.contracts import AlertLevel
from topics.kit.cases.boards import wanted
from topics.kit.cases.contracts import ENDED
from topics.kit.cases.lines import CaseQuery
from topics.kit.stores.postgres_alert_rows import EVENT
from topics.kit.stores.postgres_case_map import (
    HOT,
    MOST,
    CaseCell,
    CaseMap,
    CasePoint,
    Window,
    level_of,
    squares,
)
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_case_then import over, stood_then
from topics.kit.stores.postgres_case_where import last_steps, late_then

_SEVERITIES = {one.value: one.severity for one in AlertLevel}


def past_map(
    connection: sa.Connection, query: CaseQuery, as_of: datetime, window: Window
) -> CaseMap:
    """The filter's cases in a window as of then; overdue ones and those of 橙 and 红 in no cell."""
    then = _then(connection, query, as_of)
    at = then.c
    total, placed = connection.execute(
        sa.select(sa.func.count(), sa.func.count(at.longitude)).select_from(then)
    ).one()
    inside = sa.and_(
        at.longitude.between(window.west, window.east),
        at.latitude.between(window.south, window.north),
    )
    hot = sa.func.coalesce(at.severity.in_(HOT), sa.false())
    urgent = sa.or_(at.late, hot) if window.cell else sa.true()
    alone = sa.and_(inside, urgent)
    points = _points(connection, then, alone, MOST)
    cut = 0
    if len(points) == MOST:
        some = sa.select(sa.func.count()).select_from(then).where(alone)
        cut = connection.execute(some).scalar_one() - MOST
    cells: list[CaseCell] = []
    if window.cell:
        cells, singles = squares(connection, then, sa.and_(inside, sa.not_(urgent)), window.cell)
        points += _points(connection, then, at.id.in_(singles), MOST - len(points))
    return CaseMap(tuple(points), tuple(cells), placed, total - placed, max(0, cut))


def _then(connection: sa.Connection, query: CaseQuery, as_of: datetime) -> sa.CTE:
    """The cases that fit, as their last step by then left them."""
    file, steps, chosen = case_file.c, last_steps(as_of), wanted(query)
    fixed = (file.id, file.longitude, file.latitude, file.drill, file.alert)
    ended = [one.value for one in chosen & ENDED]
    parts = [
        sa.select(
            *fixed,
            steps.c.state,
            steps.c.due,
            sa.func.coalesce(late_then(steps, as_of), sa.false()).label("late"),
            steps.c.state.in_([one.value for one in ENDED]).label("ended"),
        )
        .select_from(case_file.join(steps, sa.true()))
        .where(stood_then(query, steps, as_of), steps.c.state.in_([one.value for one in chosen]))
    ]
    if ended and query.open is not True and not query.overdue:
        gone = sa.and_(over(connection, query, as_of), file.state.in_(ended))
        due = sa.null().cast(sa.TIMESTAMP(timezone=True))
        parts.append(sa.select(*fixed, file.state, due, sa.false(), sa.true()).where(gone))
    found = sa.union_all(*parts).cte("found")
    level = (
        sa.select(sa.case(_SEVERITIES, value=EVENT.c.level))
        .where(EVENT.c.alert == found.c.alert, EVENT.c.at <= as_of, EVENT.c.level.is_not(None))
        .order_by(EVENT.c.at.desc(), EVENT.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(found, level.label("severity")).cte("then_so")


def _points(
    connection: sa.Connection, then: sa.CTE, where: sa.ColumnElement[bool], most: int
) -> list[CasePoint]:
    at = then.c
    asked = (
        sa.select(then)
        .where(where)
        .order_by(at.severity.desc().nulls_last(), at.due.asc().nulls_last(), at.id)
        .limit(most)
    )
    return [
        CasePoint(
            row.id, row.longitude, row.latitude, row.state, row.due, row.late, row.ended,
            level_of(row.severity), row.drill,
        )
        for row in connection.execute(asked)
    ]  # fmt: skip
