"""All cases of a filter on a map: the urgent ones each by itself, the others counted in cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.cases.lines import CaseQuery
from topics.kit.stores.postgres_alert_rows import ALERT
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_case_where import (
    late_now,
    looked_up,
    same_now,
    states_now,
    static,
)

MOST = 5_000
"""Cases drawn one by one at most; the most urgent ones come first."""

HOT = (AlertLevel.ORANGE.severity, AlertLevel.RED.severity)
"""How severe an alert is whose case is never counted in a cell."""

_LEVELS = {one.severity: one for one in AlertLevel}


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map; `cell` is how many degrees wide a cell is, 0: every case by itself."""

    west: float
    south: float
    east: float
    north: float
    cell: float


@dataclass(frozen=True, slots=True)
class CasePoint:
    """One case on the map."""

    id: str
    longitude: float
    latitude: float
    state: str
    due: datetime | None
    late: bool
    ended: bool
    level: AlertLevel | None
    drill: bool


@dataclass(frozen=True, slots=True)
class CaseCell:
    """So many cases around their middle."""

    longitude: float
    latitude: float
    count: int


@dataclass(frozen=True, slots=True)
class CaseMap:
    """`placed` of the filter's cases lie anywhere, `unplaced` have none; `cut` were too many."""

    points: tuple[CasePoint, ...]
    cells: tuple[CaseCell, ...]
    placed: int
    unplaced: int
    cut: int


def map_of(engine: sa.Engine, query: CaseQuery, now: datetime, window: Window) -> CaseMap:
    """The filter's cases in a window; overdue ones and those of 橙 and 红 alerts in no cell."""
    at = case_file.c
    inside = sa.and_(
        at.longitude.between(window.west, window.east),
        at.latitude.between(window.south, window.north),
    )
    urgent = _urgent(now) if window.cell else sa.true()
    with unavailable(), engine.connect() as connection:
        found = sa.or_(at.ended_at.is_(None), looked_up(connection, query))
        where = sa.and_(static(query), same_now(query, now), states_now(query), found)
        total, placed = connection.execute(
            sa.select(sa.func.count(), sa.func.count(at.longitude)).where(where)
        ).one()
        points = _points(connection, sa.and_(where, inside, urgent), now, MOST + 1)
        cells: list[CaseCell] = []
        if window.cell:
            rest = sa.and_(where, inside, sa.not_(urgent))
            cells, alone = squares(connection, case_file, rest, window.cell)
            points += _points(connection, at.id.in_(alone), now, MOST)
    cut = 0
    if len(points) > MOST:
        cut = _count(engine, sa.and_(where, inside, urgent)) - MOST
    return CaseMap(tuple(points[:MOST]), tuple(cells), placed, total - placed, max(0, cut))


def _urgent(now: datetime) -> sa.ColumnElement[bool]:
    at, of = case_file.c, sa.alias(ALERT, "of").c
    hot = sa.exists().where(of.id == at.alert, of.severity.in_(HOT)).correlate(case_file)
    return sa.or_(late_now(now), sa.and_(at.alert.is_not(None), hot))


def _points(
    connection: sa.Connection, where: sa.ColumnElement[bool], now: datetime, most: int
) -> list[CasePoint]:
    at = case_file.c
    columns: list[Any] = [
        at.id, at.longitude, at.latitude, at.state, at.due, late_now(now).label("late"),
        at.ended_at, at.drill, ALERT.c.severity,
    ]  # fmt: skip
    asked = (
        sa.select(*columns)
        .select_from(case_file.outerjoin(ALERT, ALERT.c.id == at.alert))
        .where(where)
        .order_by(ALERT.c.severity.desc().nulls_last(), at.due.asc().nulls_last(), at.id)
        .limit(most)
    )
    return [
        CasePoint(
            row.id,
            row.longitude,
            row.latitude,
            row.state,
            row.due,
            row.late,
            row.ended_at is not None,
            level_of(row.severity),
            row.drill,
        )
        for row in connection.execute(asked)
    ]


def level_of(severity: int | None) -> AlertLevel | None:
    """The level of an alert that is so severe; None without an alert."""
    return None if severity is None else _LEVELS[severity]


def squares(
    connection: sa.Connection, of: sa.FromClause, where: sa.ColumnElement[bool], width: float
) -> tuple[list[CaseCell], list[str]]:
    """Cells of two and more, and the ids of those that are alone in theirs."""
    at = of.c
    across = sa.func.floor(at.longitude / width)
    up = sa.func.floor(at.latitude / (width * 0.9))  # nearly square on the screen here
    asked = (
        sa.select(
            sa.func.avg(at.longitude).label("longitude"),
            sa.func.avg(at.latitude).label("latitude"),
            sa.func.count().label("number"),
            sa.func.min(at.id).label("first"),
        )
        .where(where)
        .group_by(across, up)
        .order_by(sa.func.count().desc())
        .limit(MOST)
    )
    rows = connection.execute(asked).all()
    cells = [CaseCell(one.longitude, one.latitude, one.number) for one in rows if one.number > 1]
    return cells, [one.first for one in rows if one.number == 1]


def _count(engine: sa.Engine, where: sa.ColumnElement[bool]) -> int:
    with unavailable(), engine.connect() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(case_file).where(where))
        return int(found.scalar_one())
