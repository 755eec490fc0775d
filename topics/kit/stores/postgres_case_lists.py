"""Lists, counts and the funnel of cases. Of now: from the index. Of a past moment: from the log.

A list of a past moment shows the fold of the steps of its cases: the same answer as was given then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.boards import COUNTED, Board, Funnel, total, wanted
from topics.kit.cases.contracts import CaseState, CategoryKey
from topics.kit.cases.fold import fold
from topics.kit.cases.lines import CaseLine, CaseQuery, Sight, line_of
from topics.kit.stores.postgres_case_funnel import flows, funnel_of
from topics.kit.stores.postgres_case_map import CaseMap, Window, map_of
from topics.kit.stores.postgres_case_map_then import past_map
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_case_then import past_page, stood
from topics.kit.stores.postgres_case_where import (
    OFTEN,
    late_now,
    looked_up,
    same_now,
    seen,
    share_saying,
    states_now,
    static,
)
from topics.kit.stores.postgres_case_work import PostgresCaseWork
from topics.kit.stores.postgres_cases import PostgresCases, read_line

_NEAR = 200
_SOME, _WALKED = 0.005, 16_000  # where one of 200 fits, a page is met among so many
_MARK = """
SELECT coalesce(max(id), 0), coalesce(sum(id), 0)
FROM (SELECT id FROM case_event ORDER BY id DESC LIMIT 200) newest
"""
_FAR = sa.text("'infinity'::timestamptz")


class PostgresCaseLists:
    """Answers what desks, walls and overviews ask."""

    def __init__(self, engine: sa.Engine, cases: PostgresCases) -> None:
        """Use `engine` for the lists and `cases` for folds of a past moment."""
        self._engine = engine
        self._cases = cases
        self.work = PostgresCaseWork(engine)

    def board(self, query: CaseQuery, now: datetime, *, as_of: datetime | None = None) -> Board:
        """One page of the list as of now, or as of a past moment."""
        return self._now(query, now) if as_of is None else self._then(query, as_of)

    def on_map(
        self, query: CaseQuery, now: datetime, window: Window, *, as_of: datetime | None = None
    ) -> CaseMap:
        """Where all cases of the filter lie, as of now or of a past moment."""
        if as_of is None:
            return map_of(self._engine, query, now, window)
        with unavailable(), self._engine.connect() as connection:
            return past_map(connection, query, as_of, window)

    def _now(self, query: CaseQuery, now: datetime) -> Board:
        where = static(query) & same_now(query, now)
        chosen = states_now(query)
        with unavailable(), self._engine.connect() as connection:
            share = share_saying(connection, query)
            of_ended = looked_up(connection, query, share)
            soon = _SOME <= share < OFTEN
            lines, after = _page(connection, query, where & chosen, of_ended, soon=soon)
            states, overdue = _open_states(connection, where, now)
            ended = {} if query.open is True else _ended_states(connection, where & of_ended)
        late = sum(overdue.get(one, 0) for one in wanted(query))
        counts = {**states, **ended}
        return Board(tuple(lines), after, total(query, counts, sum(ended.values())), counts, late)

    def _then(self, query: CaseQuery, as_of: datetime) -> Board:
        with unavailable(), self._engine.connect() as connection:
            page = past_page(connection, query, as_of)
        offset = int((query.after or {}).get("offset", "0")) + len(page.ids)
        after = {"offset": str(offset)} if page.more else None
        lines = self._folded(page.ids, as_of)
        return Board(lines, after, page.total, page.states, page.overdue)

    def _folded(self, ids: Sequence[str], as_of: datetime) -> tuple[CaseLine, ...]:
        events = self._cases.events_of(ids, as_of)
        cases = [(fold(events[one]), events[one][0].at) for one in ids]
        return tuple(line_of(case, first) for case, first in cases if case is not None)

    def funnel(self, sight: Sight, since: datetime, until: datetime, *, region: str = "") -> Funnel:
        """What came into each stage in [since, until), and what was open at its end."""
        query = CaseQuery(sight, region=region, drill=False, open=True)
        with unavailable(), self._engine.connect() as connection:
            found = flows(connection, sight, since, until, region)
            standing = [one for one in stood(connection, query, until) if one.open]
        return funnel_of(found, standing)

    def mark(self) -> tuple[int, int]:
        """Differs whenever a step was written since; also one committed after later numbers."""
        with unavailable(), self._engine.connect() as connection:
            last, together = connection.execute(sa.text(_MARK)).one()
        return int(last), int(together)

    def reported_between(self, sight: Sight, since: datetime, until: datetime) -> int:
        """How many of the cases that may be seen were reported in [since, until)."""
        asked = sa.select(sa.func.count()).where(static(CaseQuery(sight, since=since, until=until)))
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(asked.select_from(case_file)).scalar_one()

    def lines_where(self, query: CaseQuery, now: datetime, limit: int) -> list[CaseLine]:
        """The rows of a query without counts, in its order; for work in the background."""
        where = static(query) & same_now(query, now) & states_now(query)
        with unavailable(), self._engine.connect() as connection:
            asked = sa.select(case_file).where(where).order_by(case_file.c.id).limit(limit)
            return [read_line(row) for row in connection.execute(asked).mappings()]

    def around(
        self,
        sight: Sight,
        category: CategoryKey,
        box: tuple[float, float, float, float],
        span: tuple[datetime, datetime],
    ) -> list[CaseLine]:
        """Open cases of the category in a box (west, south, east, north) and a span of time."""
        at = case_file.c
        west, south, east, north = box
        asked = sa.select(case_file).where(
            seen(sight),
            at.ended_at.is_(None),
            at.scheme == category.scheme,
            at.kind == category.kind,
            at.code == category.code,
            at.reported_at.between(*span),
            at.longitude.between(west, east),
            at.latitude.between(south, north),
        )
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(asked.limit(_NEAR)).mappings()
            return [read_line(row) for row in rows]


def _page(
    connection: sa.Connection,
    query: CaseQuery,
    where: sa.ColumnElement[bool],
    of_ended: sa.ColumnElement[bool],
    *,
    soon: bool,
) -> tuple[list[CaseLine], Mapping[str, str] | None]:
    at, after = case_file.c, query.after or {}
    if query.order == "new":
        order = (at.reported_at.desc(), at.id.desc())
        newer, found = _newer(after), []
        if query.text and query.open is not True:
            ended = where & at.ended_at.is_not(None) & newer
            found += _newest(connection, ended, newer, of_ended, query.limit, soon=soon)
        if query.text and query.open is not False:
            open_ones = where & at.ended_at.is_(None) & newer  # no index of words holds them
            found += _rows(connection, open_ones, order, query.limit)
        if not query.text:
            helped = sa.true() if query.open is True else of_ended
            found += _rows(connection, where & helped & newer, order, query.limit)
        found.sort(key=lambda one: (one.reported_at, one.id), reverse=True)
        return _cut(found[: query.limit + 1], query.limit, "new")
    due = sa.func.coalesce(at.due, _FAR)
    rows = []
    if after.get("part") != "ended" and query.open is not False:
        later: sa.ColumnElement[bool] = sa.true()
        if after:
            moment = sa.cast(after["due"], sa.TIMESTAMP(timezone=True))
            later = sa.tuple_(due, at.id) > sa.tuple_(moment, sa.literal(after["id"]))
        rows = _rows(connection, where & at.ended_at.is_(None) & later, (due, at.id), query.limit)
    if len(rows) <= query.limit and query.open is not True:
        older: sa.ColumnElement[bool] = _newer(after) if after.get("part") == "ended" else sa.true()
        ended = where & at.ended_at.is_not(None) & older
        rows += _newest(connection, ended, older, of_ended, query.limit - len(rows), soon=soon)
    return _cut(rows, query.limit, "due")


def _newest(
    connection: sa.Connection,
    ended: sa.ColumnElement[bool],
    older: sa.ColumnElement[bool],
    of_ended: sa.ColumnElement[bool],
    limit: int,
    *,
    soon: bool,
) -> list[CaseLine]:
    """The newest of the ended ones: met `soon` by walking back, or looked up and put in order."""
    at = case_file.c
    order = (at.reported_at.desc(), at.id.desc())
    if soon:
        behind = sa.select(at.reported_at).where(older).order_by(*order)  # an index says it
        last = connection.execute(behind.offset(_WALKED).limit(1)).scalar()
        among = sa.true() if last is None else at.reported_at >= last
        met = _rows(connection, ended & among, order, limit)
        if last is None or len(met) > limit:
            return met
    return _rows(connection, ended & of_ended, order, limit)


def _newer(after: Mapping[str, str]) -> sa.ColumnElement[bool]:
    if not after:
        return sa.true()
    at = case_file.c
    moment = sa.cast(after["at"], sa.TIMESTAMP(timezone=True))
    return sa.tuple_(at.reported_at, at.id) < sa.tuple_(moment, sa.literal(after["id"]))


def _rows(
    connection: sa.Connection,
    where: sa.ColumnElement[bool],
    order: Sequence[sa.ColumnElement[Any]],
    limit: int,
) -> list[CaseLine]:
    """One more than asked, so that the caller knows whether there is another page."""
    asked = sa.select(case_file).where(where).order_by(*order).limit(limit + 1)
    return [read_line(row) for row in connection.execute(asked).mappings()]


def _cut(
    rows: list[CaseLine], limit: int, order: str
) -> tuple[list[CaseLine], Mapping[str, str] | None]:
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    if order == "due" and last.ended_at is None:
        due = "infinity" if last.due is None else last.due.isoformat()
        return rows[:limit], {"part": "open", "due": due, "id": last.id}
    return rows[:limit], {"part": "ended", "at": last.reported_at.isoformat(), "id": last.id}


def _open_states(
    connection: sa.Connection, where: sa.ColumnElement[bool], now: datetime
) -> tuple[dict[CaseState, int], dict[CaseState, int]]:
    """How many open ones there are by state, and how many of them are late."""
    at = case_file.c
    asked = (
        sa.select(at.state, sa.func.count(), sa.func.count().filter(late_now(now)))
        .where(where & at.ended_at.is_(None))
        .group_by(at.state)
    )
    rows = connection.execute(asked).all()
    counts = {CaseState(state): count for state, count, _ in rows}
    return counts, {CaseState(state): late for state, _, late in rows}


def _ended_states(connection: sa.Connection, where: sa.ColumnElement[bool]) -> dict[CaseState, int]:
    at = case_file.c
    some = sa.select(at.state).where(where & at.ended_at.is_not(None)).limit(COUNTED).subquery()
    asked = sa.select(some.c.state, sa.func.count()).group_by(some.c.state)
    return {CaseState(state): count for state, count in connection.execute(asked)}
