"""What filters of cases mean in SQL, for now and for a past moment."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from topics.kit.cases.contracts import ENDED
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.routing import TERRITORY
from topics.kit.stores.postgres_case_tables import case_event, case_file
from topics.kit.stores.postgres_case_whose_then import directed_then, handled_then

_FAR = sa.text("'infinity'::timestamptz")
_ENDED = [one.value for one in ENDED]
_LONGEST_TEXT = 60
_SHORT, _PROBED = 2, 2_000
OFTEN = 0.05  # one of twenty
_NUMBER = re.compile(r"\d{4}-\d{4}(-\d*)?")
_TAIL = re.compile(r"[-0-9]+")  # numbers are made of nothing else
_SIGNS = sa.literal_column("case_signs(text || ' ' || place)", ARRAY(sa.Text()))
"""Every sign that a case says, and every two neighbouring ones: the expression of an index."""
_BACKWARDS = sa.func.reverse(case_file.c.number)
"""The number from its tail on: the expression of another one."""
_HAND = sa.table("case_hand", sa.column("handler", sa.Text), sa.column("case_id", sa.Text))

Condition = sa.ColumnElement[bool]
Lateral = sa.sql.selectable.LateralFromClause


def seen(sight: Sight) -> Condition:
    """The cases that somebody may see."""
    at = case_file.c
    demo = sa.and_(at.demo, at.scheme.in_(sight.demo_schemes))
    found = sa.or_(at.scheme.in_(sight.schemes), demo)
    if not sight.region:
        return found
    lies, held = (
        column.startswith(sight.region, autoescape=True) for column in (at.region, at.holder)
    )
    return sa.and_(found, sa.or_(lies, held, unit_is(at, f"{TERRITORY}{sight.region}")))


def static(query: CaseQuery) -> Condition:
    """What never changes about a case: who may see it, where, which kind, from where, when."""
    at = case_file.c
    found = [seen(query.sight)]
    if query.region:
        found.append(at.region.startswith(query.region, autoescape=True))
    for column, value in (
        (at.scheme, query.scheme), (at.kind, query.kind), (at.alert, query.alert),
    ):  # fmt: skip
        if value:
            found.append(column == value)
    if query.code:
        found.append(at.code.startswith(query.code, autoescape=True))
    if query.sources:
        found.append(at.source.in_(query.sources))
    if query.since is not None:
        found.append(at.reported_at >= query.since)
    if query.until is not None:
        found.append(at.reported_at < query.until)
    if query.drill is not None:
        found.append(at.drill == query.drill)
    if query.text:
        found.append(_says(query.text[:_LONGEST_TEXT]))
    return sa.and_(*found)


def same_now(query: CaseQuery, now: datetime) -> Condition:
    """What the case is now: whose it is and how late."""
    at = case_file.c
    found: list[Condition] = [sa.true()]
    if query.unit:
        found.append(unit_is(at, query.unit))
    if query.handler:
        found.append(at.handlers.contains([query.handler]))
    if query.directive:
        found.append(at.directive == query.directive)
    due = sa.func.coalesce(at.due, _FAR)
    if query.overdue:
        found.append(late_now(now))
    if query.due_before is not None:
        found.append(sa.and_(at.ended_at.is_(None), due < query.due_before))
    return sa.and_(*found)


def late_now(now: datetime) -> Condition:
    """Overdue: any clock that runs is past due (`CaseLine.overdue`); an index holds them."""
    return sa.and_(case_file.c.next_due.is_not(None), case_file.c.next_due < now)


def late_then(steps: Lateral, as_of: datetime) -> Condition:
    """Whether it was overdue by then, as `CaseLine.overdue` says it."""
    return sa.and_(~ended_then(steps), sa.func.least(steps.c.due, steps.c.beside_due) < as_of)


def unit_is(of: Any, unit: str) -> Condition:
    """Whether the unit is 主办 or 协办, by these columns."""
    return sa.or_(of.unit == unit, of.support.contains([unit]))


def states_now(query: CaseQuery) -> Condition:
    """In one of the states that are asked for."""
    at = case_file.c
    found: list[Condition] = [sa.true()]
    if query.states:
        found.append(at.state.in_([one.value for one in query.states]))
        if not ENDED & set(query.states):
            found.append(at.ended_at.is_(None))  # lets the index of open ones serve
    if query.open is not None:
        found.append(at.ended_at.is_(None) if query.open else at.ended_at.is_not(None))
    return sa.and_(*found)


def last_steps(as_of: datetime) -> Lateral:
    """For each case the last step that it had by then: state, unit, support, dues."""
    log = case_event.c
    return (
        sa.select(log.state, log.unit, log.support, log.due, log.beside_due)
        .where(log.case_id == case_file.c.id, log.at <= as_of)
        .order_by(log.version.desc())
        .limit(1)
        .lateral("then")
    )


def ended_then(steps: Lateral) -> Condition:
    """Whether the case had ended by then."""
    return steps.c.state.in_(_ENDED)


def same_then(query: CaseQuery, steps: Lateral, as_of: datetime) -> Condition:
    """What the case was then: whose it was and how late."""
    found: list[Condition] = [sa.true()]
    if query.unit:
        found.append(unit_is(steps.c, query.unit))
    if query.handler:
        found.append(handled_then(query.handler, as_of))
    if query.directive:
        found.append(directed_then(query.directive, as_of))
    if query.overdue:
        found.append(late_then(steps, as_of))
    return sa.and_(*found)


def share_saying(connection: sa.Connection, query: CaseQuery) -> float:
    """Which part of the newest ended cases says the query's text; 0 of texts that are not short."""
    if not 0 < len(query.text) <= _SHORT:
        return 0.0
    return _share(connection, _says(query.text))


def looked_up(connection: sa.Connection, query: CaseQuery, share: float | None = None) -> Condition:
    """What the query says once more of ended cases, where an index of words or hands helps.

    The open ones are few and sooner looked through than looked up. What the newest cases say often,
    and who handled many of them, is sooner met than looked up, too: half of all cases fit.
    `share` is `share_saying`, where the caller knows it.
    """
    at, text = case_file.c, query.text[:_LONGEST_TEXT]
    found: list[Condition] = [sa.true()]
    if query.handler and _share(connection, at.handlers.contains([query.handler])) < OFTEN:
        theirs = sa.select(_HAND.c.case_id).where(_HAND.c.handler == query.handler)
        found.append(at.id.in_(theirs))
    if not text or _NUMBER.fullmatch(text):
        return sa.and_(*found)
    if (share_saying(connection, query) if share is None else share) < OFTEN:
        pairs = [text[n : n + 2] for n in range(len(text) - 1)]
        words = _SIGNS.contains(pairs or [text])
        said = sa.or_(_ends_number(text), words) if _TAIL.fullmatch(text) else words
        found += [at.ended_at.is_not(None), said]
    return sa.and_(*found)


def _ends_number(text: str) -> Condition:
    """Numbers that end so; as a range, which a plan for any parameters can look up, too."""
    tail = text[::-1]
    behind = tail[:-1] + chr(ord(tail[-1]) + 1)
    return sa.and_(_BACKWARDS.op("~>=~")(tail), _BACKWARDS.op("~<~")(behind))


def _share(connection: sa.Connection, condition: Condition) -> float:
    at = case_file.c
    newest = (
        sa.select(condition.label("fits"))
        .where(at.ended_at.is_not(None))
        .order_by(at.reported_at.desc(), at.id.desc())
        .limit(_PROBED)
        .subquery()
    )
    asked = sa.select(sa.func.count()).select_from(newest).where(newest.c.fits)
    return float(connection.execute(asked).scalar_one() / _PROBED)


def _says(text: str) -> Condition:
    at = case_file.c
    if _NUMBER.fullmatch(text):
        return at.number.startswith(text, autoescape=True)
    return sa.or_(
        at.number.endswith(text, autoescape=True),
        at.text.contains(text, autoescape=True),
        at.place.contains(text, autoescape=True),
    )
