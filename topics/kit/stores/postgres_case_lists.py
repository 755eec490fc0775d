"""Lists, counts and the funnel of cases. Of now: from the index. Of a past moment: from the log.

A list of a past moment finds its cases by the last step that each had by then, and shows the fold
of their steps: the same answer as was given then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.contracts import ENDED, CaseState, CategoryKey, Stage, stage_of
from topics.kit.cases.fold import fold
from topics.kit.cases.lines import CaseLine, CaseQuery, Sight, line_of
from topics.kit.stores.postgres_case_map import CaseMap, Window, map_of
from topics.kit.stores.postgres_case_tables import case_event, case_file
from topics.kit.stores.postgres_case_where import (
    Lateral,
    ended_then,
    indexed,
    last_steps,
    same_now,
    same_then,
    seen,
    states_now,
    static,
)
from topics.kit.stores.postgres_cases import PostgresCases, read_line

COUNTED = 1_000
"""Ended cases are counted up to this many: beyond it, a list says only that there are more."""

_NEAR = 200
_MARK = """
SELECT coalesce(max(id), 0), coalesce(sum(id), 0)
FROM (SELECT id FROM case_event ORDER BY id DESC LIMIT 200) newest
"""
_FAR = sa.text("'infinity'::timestamptz")


@dataclass(frozen=True, slots=True)
class Board:
    """One page of a list; `after` leads to the next one, None at the end.

    `total` is None when there are more than are counted; `states` counts by state what the other
    filters leave, ended ones up to COUNTED together.
    """

    lines: tuple[CaseLine, ...]
    after: Mapping[str, str] | None
    total: int | None
    states: Mapping[CaseState, int]
    overdue: int

    @property
    def stages(self) -> dict[Stage, int]:
        """The counts by stage of the funnel."""
        found = dict.fromkeys(Stage, 0)
        for state, count in self.states.items():
            stage = stage_of(state)
            if stage is not None:
                found[stage] += count
        return found


@dataclass(frozen=True, slots=True)
class StageFlow:
    """How many cases came into a stage in the period, and the median of how long they waited."""

    stage: Stage
    count: int
    median_s: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The loop in one period, and what stands open at its end."""

    stages: tuple[StageFlow, ...]
    open: int
    overdue: int
    answered: int
    returned: int
    places: Mapping[Stage, int] = field(default_factory=dict)  # open ones by stage


class PostgresCaseLists:
    """Answers what desks, walls and overviews ask."""

    def __init__(self, engine: sa.Engine, cases: PostgresCases) -> None:
        """Use `engine` for the lists and `cases` for folds of a past moment."""
        self._engine = engine
        self._cases = cases

    def board(self, query: CaseQuery, now: datetime, *, as_of: datetime | None = None) -> Board:
        """One page of the list as of now, or as of a past moment."""
        return self._now(query, now) if as_of is None else self._then(query, as_of)

    def on_map(self, query: CaseQuery, now: datetime, window: Window) -> CaseMap:
        """Where all cases of the filter lie, as of now."""
        return map_of(self._engine, query, now, window)

    def _now(self, query: CaseQuery, now: datetime) -> Board:
        where = static(query) & same_now(query, now)
        chosen = states_now(query)
        with unavailable(), self._engine.connect() as connection:
            lines, after = _page(connection, query, where & chosen, indexed(query))
            states, overdue = _open_states(connection, where, now)
            ended = (
                _ended_states(connection, where & indexed(query)) if query.open is not True else {}
            )
        late = sum(overdue.get(one, 0) for one in _wanted(query))
        counts = {**states, **ended}
        return Board(tuple(lines), after, _total(query, counts, ended), counts, late)

    def _then(self, query: CaseQuery, as_of: datetime) -> Board:
        steps = last_steps(as_of)
        joined = case_file.join(steps, sa.true())
        where = static(query) & same_then(query, steps, as_of)
        known = case_file.c.recorded_at <= as_of
        wanted = _then_states(query, steps)
        due = sa.func.coalesce(steps.c.due, _FAR)
        offset = int((query.after or {}).get("offset", "0"))
        order: Sequence[Any] = (
            (case_file.c.reported_at.desc(), case_file.c.id.desc())
            if query.order == "new"
            else (ended_then(steps), due, case_file.c.id)
        )
        with unavailable(), self._engine.connect() as connection:
            ids = (
                connection.execute(
                    sa.select(case_file.c.id)
                    .select_from(joined)
                    .where(known, where, wanted)
                    .order_by(*order)
                    .offset(offset)
                    .limit(query.limit + 1)
                )
                .scalars()
                .all()
            )
            counted = connection.execute(
                sa.select(
                    steps.c.state,
                    sa.func.count(),
                    sa.func.count().filter(steps.c.due < as_of, ~ended_then(steps)),
                )
                .select_from(joined)
                .where(known, where)
                .group_by(steps.c.state)
            ).all()
        states = {CaseState(row[0]): row[1] for row in counted}
        late = sum(row[2] for row in counted)
        page = ids[: query.limit]
        after = {"offset": str(offset + len(page))} if len(ids) > query.limit else None
        return Board(self._folded(page, as_of), after, _total(query, states, {}), states, late)

    def _folded(self, ids: Sequence[str], as_of: datetime) -> tuple[CaseLine, ...]:
        events = self._cases.events_of(ids, as_of)
        cases = [(fold(events[one]), events[one][0].at) for one in ids]
        return tuple(line_of(case, first) for case, first in cases if case is not None)

    def funnel(self, sight: Sight, since: datetime, until: datetime, *, region: str = "") -> Funnel:
        """What came into each stage in [since, until), and what was open at its end."""
        query = CaseQuery(sight, region=region, drill=False)
        steps = last_steps(until)
        open_then = sa.or_(case_file.c.ended_at.is_(None), case_file.c.ended_at > until)
        with unavailable(), self._engine.connect() as connection:
            flows = connection.execute(
                sa.select(
                    case_event.c.state,
                    sa.func.count(sa.distinct(case_event.c.case_id)),
                    sa.func.percentile_cont(0.5).within_group(case_event.c.took_s),
                    sa.func.count().filter(case_event.c.step == "退回"),
                )
                .select_from(case_event.join(case_file, case_file.c.id == case_event.c.case_id))
                .where(case_event.c.at >= since, case_event.c.at < until, static(query))
                .where(sa.or_(case_event.c.left_state.is_not(None), case_event.c.version == 1))
                .group_by(case_event.c.state)
            ).all()
            standing = connection.execute(
                sa.select(
                    steps.c.state,
                    sa.func.count(),
                    sa.func.count().filter(steps.c.due < until),
                )
                .select_from(case_file.join(steps, sa.true()))
                .where(case_file.c.recorded_at <= until, open_then, static(query))
                .where(~ended_then(steps))
                .group_by(steps.c.state)
            ).all()
        return _funnel(flows, standing)

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


_ENTRY = {
    Stage.REPORTED: CaseState.REPORTED,
    Stage.FILED: CaseState.FILED,
    Stage.DISPATCHED: CaseState.DISPATCHED,
    Stage.HANDLED: CaseState.ANSWERED,
    Stage.CHECKED: CaseState.CHECKING,
    Stage.CLOSED: CaseState.CLOSED,
}
"""A stage is reached when its state is entered; 处置 is done when the unit answers."""


def _funnel(flows: Sequence[Any], standing: Sequence[Any]) -> Funnel:
    by_state = {CaseState(row[0]): row for row in flows}
    stages = []
    for stage, state in _ENTRY.items():
        row = by_state.get(state)
        count = 0 if row is None else row[1]
        if stage is Stage.REPORTED and CaseState.TO_VERIFY in by_state:
            count += by_state[CaseState.TO_VERIFY][1]
        median = None if row is None or stage is Stage.REPORTED else row[2]
        stages.append(StageFlow(stage, count, median))
    places = dict.fromkeys(Stage, 0)
    for row in standing:
        stage_at = stage_of(CaseState(row[0]))
        if stage_at is not None:
            places[stage_at] += row[1]
    answered = by_state.get(CaseState.ANSWERED)
    return Funnel(
        tuple(stages),
        open=sum(row[1] for row in standing),
        overdue=sum(row[2] for row in standing),
        answered=0 if answered is None else answered[1],
        returned=sum(row[3] for row in flows),
        places=places,
    )


def _page(
    connection: sa.Connection,
    query: CaseQuery,
    where: sa.ColumnElement[bool],
    of_ended: sa.ColumnElement[bool],
) -> tuple[list[CaseLine], Mapping[str, str] | None]:
    at, after = case_file.c, query.after or {}
    if query.order == "new":
        here = where if query.open is True else where & of_ended
        order = (at.reported_at.desc(), at.id.desc())
        rows = _rows(connection, here & _newer(after), order, query.limit)
        return _cut(rows, query.limit, "new")
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
        ended = where & at.ended_at.is_not(None) & older & of_ended
        order = (at.reported_at.desc(), at.id.desc())
        rows += _rows(connection, ended, order, query.limit - len(rows))
    return _cut(rows, query.limit, "due")


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
        sa.select(at.state, sa.func.count(), sa.func.count().filter(at.due < now))
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


def _then_states(query: CaseQuery, steps: Lateral) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = sa.true()
    if query.states:
        found = steps.c.state.in_([one.value for one in query.states])
    if query.open is not None:
        ended = ended_then(steps)
        found = found & (~ended if query.open else ended)
    return found


def _total(
    query: CaseQuery, counts: Mapping[CaseState, int], ended: Mapping[CaseState, int]
) -> int | None:
    wanted = _wanted(query)
    if sum(ended.values()) >= COUNTED and wanted & ENDED:
        return None
    return sum(counts.get(one, 0) for one in wanted)


def _wanted(query: CaseQuery) -> set[CaseState]:
    wanted = set(query.states or CaseState)
    if query.open is not None:
        wanted = wanted - ENDED if query.open else wanted & ENDED
    return wanted
