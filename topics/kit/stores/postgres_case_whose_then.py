"""Whose a case was at a past moment, by its log: who had handled it, under which 督办 it stood."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from topics.kit.cases.contracts import CaseState, CaseStep
from topics.kit.stores.postgres_case_tables import case_event, case_file

_HANDLED = [CaseState.SIGNED.value, CaseState.HANDLING.value, CaseState.ANSWERED.value]
_MOVES = [CaseStep.MOVED.value, CaseStep.REOPENED.value]


def handled_then(handler: str, as_of: datetime) -> sa.ColumnElement[bool]:
    """Whether the person had handled the case by then, since it was last given to a unit.

    As `topics.kit.cases.fold` keeps `handlers`; a property holds both alike.
    """
    did, given = case_event.alias("did").c, case_event.alias("given").c
    anew = sa.exists().where(
        given.case_id == did.case_id,
        given.at <= as_of,
        given.version > did.version,
        _came(given, [CaseState.DISPATCHED.value]),
    )
    return sa.exists().where(
        did.case_id == case_file.c.id,
        did.at <= as_of,
        did.actor == handler,
        sa.or_(_came(did, _HANDLED), did.step == CaseStep.TASK_MOVED.value),
        ~anew,
    )


def directed_then(directive: str, as_of: datetime) -> sa.ColumnElement[bool]:
    """Whether the case stood under that 督办 by then: the last one that was issued of it."""
    log = case_event.alias("under").c
    said = log.data["directive"].astext
    last = (
        sa.select(said)
        .where(log.case_id == case_file.c.id, log.at <= as_of, said != "")
        .where(log.step == CaseStep.REMINDED.value)
        .order_by(log.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return last == directive


def _came(log: Any, states: list[str]) -> sa.ColumnElement[bool]:
    """Whether the step brought the case into one of the states, not back from 挂账 into it."""
    back = log.left_state.is_not_distinct_from(CaseState.SUSPENDED.value)
    return sa.and_(log.step.in_(_MOVES), log.state.in_(states), ~back)
