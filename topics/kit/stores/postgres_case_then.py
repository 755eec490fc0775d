"""Lists of cases as of a past moment.

What stood open then is found by the span of each case (recorded until ended, an index) and read
from its last step by then; what had ended by then and is so still has not changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from topics.kit.cases.boards import COUNTED, total, wanted
from topics.kit.cases.contracts import ENDED, CaseState
from topics.kit.cases.lines import CaseQuery
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_case_where import (
    Lateral,
    last_steps,
    late_then,
    looked_up,
    same_then,
    static,
    unit_is,
)
from topics.kit.stores.postgres_case_whose_then import directed_then

_FAR = datetime.max.replace(tzinfo=UTC)
_SPAN: sa.ColumnElement[object] = sa.literal_column(
    "tstzrange(case_file.recorded_at,"
    " CASE WHEN case_file.ended_at >= case_file.recorded_at THEN case_file.ended_at END)"
)
"""The expression of an index."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A case that had not ended for good by a moment, as its last step by then left it."""

    id: str
    reported_at: datetime
    state: CaseState
    due: datetime
    late: bool

    @property
    def open(self) -> bool:
        """Whether it was open: one that was reopened later had ended."""
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class PastPage:
    """The ids of a page in their order, and what a board counts."""

    ids: Sequence[str]
    more: bool
    total: int | None
    states: dict[CaseState, int]
    overdue: int


def stood(connection: sa.Connection, query: CaseQuery, as_of: datetime) -> list[Stood]:
    """The cases that fit and were open by then, or had ended and were opened again since."""
    steps = last_steps(as_of)
    asked = (
        sa.select(
            case_file.c.id,
            case_file.c.reported_at,
            steps.c.state,
            steps.c.due,
            late_then(steps, as_of).label("late"),
        )
        .select_from(case_file.join(steps, sa.true()))
        .where(stood_then(query, steps, as_of))
    )
    return [
        Stood(id, reported, CaseState(state), due or _FAR, bool(late))
        for id, reported, state, due, late in connection.execute(asked)
    ]


def stood_then(query: CaseQuery, steps: Lateral, as_of: datetime) -> sa.ColumnElement[bool]:
    """Which cases fit that had not ended for good by then; `steps` are their last ones."""
    return sa.and_(
        _SPAN.op("@>")(sa.cast(as_of, sa.TIMESTAMP(timezone=True))),
        static(query),
        same_then(query, steps, as_of),
    )


def past_page(connection: sa.Connection, query: CaseQuery, as_of: datetime) -> PastPage:
    """The page of the list as of then: open ones by due, then ended ones, newest first."""
    offset = int((query.after or {}).get("offset", "0"))
    most = offset + query.limit + 1
    found = stood(connection, query, as_of)
    asks_ended = query.open is not True and not query.overdue
    ended = _ended(connection, query, as_of) if asks_ended else Counter[CaseState]()
    states = Counter(one.state for one in found) + ended
    chosen = wanted(query)
    fitting = [one for one in found if one.state in chosen]
    older: list[tuple[datetime, str]] = []
    if asks_ended and chosen & ENDED:
        older = _ended_ids(connection, query, as_of, most)
    opened = [one for one in fitting if one.open]
    if query.order == "new":
        older += [(one.reported_at, one.id) for one in fitting]
        first = []
    else:
        older += [(one.reported_at, one.id) for one in fitting if not one.open]
        first = [one.id for one in sorted(opened, key=lambda one: (one.due, one.id))]
    ids = first + [id for _, id in sorted(older, reverse=True)]
    return PastPage(
        ids[offset : offset + query.limit],
        len(ids) >= most,
        total(query, states, sum(ended.values())),
        dict(states),
        sum(one.late for one in opened),
    )


def over(connection: sa.Connection, query: CaseQuery, as_of: datetime) -> sa.ColumnElement[bool]:
    """Had ended by then for good: since then nothing but remarks was added."""
    at = case_file.c
    found = [at.ended_at <= as_of, at.ended_at >= at.recorded_at, static(query)]
    found.append(looked_up(connection, query))
    if query.unit:
        found.append(unit_is(at, query.unit))
    if query.handler:
        found.append(at.handlers.contains([query.handler]))
    if query.directive:
        found.append(directed_then(query.directive, as_of))
    return sa.and_(*found)


def _ended(connection: sa.Connection, query: CaseQuery, as_of: datetime) -> Counter[CaseState]:
    some = (
        sa.select(case_file.c.state).where(over(connection, query, as_of)).limit(COUNTED).subquery()
    )
    asked = sa.select(some.c.state, sa.func.count()).group_by(some.c.state)
    return Counter({CaseState(state): count for state, count in connection.execute(asked)})


def _ended_ids(
    connection: sa.Connection, query: CaseQuery, as_of: datetime, most: int
) -> list[tuple[datetime, str]]:
    at = case_file.c
    states = [one.value for one in wanted(query) & ENDED]
    asked = (
        sa.select(at.reported_at, at.id)
        .where(over(connection, query, as_of), at.state.in_(states))
        .order_by(at.reported_at.desc(), at.id.desc())
        .limit(most)
    )
    return [(row.reported_at, row.id) for row in connection.execute(asked)]
