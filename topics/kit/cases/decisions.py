"""What a step decides beside its own words: where the case goes, and when whose part is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from topics.kit.cases.contracts import Case, CaseState, CaseStep, Task
from topics.kit.cases.fold import said
from topics.kit.cases.orders import Clocks, Due, Lands, Order
from topics.kit.cases.transitions import Transition
from topics.kit.errors import BadCase

S = CaseState
STANDS = Due(None, "挂账,停表")
_STARTS = {S.FILED: "派遣", S.COORDINATING: "协调", S.ANSWERED: "核查", S.TO_VERIFY: "核实"}


def decided(
    case: Case, step: Transition, order: Order, clocks: Clocks, lands: Lands, now: datetime
) -> dict[str, Any]:
    """What the step's data say beside the order's own words."""
    match step.step:
        case CaseStep.EXTENSION_ASKED:
            return {"until": said(order.until)}
        case CaseStep.EXTENDED:
            return _extending(case, order, clocks)
        case CaseStep.EXTENSION_REFUSED:
            task = asking(case, order.unit)
            return {} if task is None else {"unit": task.unit}
        case CaseStep.RAISED:
            return {"to": lands.above(case.holder), "from": case.holder}
        case CaseStep.LOWERED:
            return {"to": order.region, "from": case.holder}
        case CaseStep.MERGED:
            return {"into": order.into}
        case CaseStep.MOVED | CaseStep.RETURNED | CaseStep.REOPENED:
            return _moving(case, step, order, clocks, now)
    return {}


def asking(case: Case, named: str | None = None) -> Task | None:
    """The 协办 whose 申请延期 is answered: the named one, else who asked first; None: the 主办.

    BadCase when nobody, or not the named one, asks.
    """
    if case.asked is not None and named in (None, case.unit):
        return None
    asks = sorted((one.asked[0], one.unit) for one in case.tasks if one.asked is not None)
    units = [unit for _, unit in asks if named in (None, unit)]
    if not units:
        raise BadCase("没有待答复的延期申请;请先看看是哪个单位申请的(unit)")
    return next(one for one in case.tasks if one.unit == units[0] and not one.lead)


def due_data(due: Due) -> dict[str, Any]:
    """When something is due, as the data of a step says it."""
    return {"due": said(due.at), "due_note": due.note}


def _extending(case: Case, order: Order, clocks: Clocks) -> dict[str, Any]:
    task = asking(case, order.unit)
    if task is None:
        assert case.asked is not None
        pauses = (*case.pauses, (case.asked[0], case.asked[1]))
        found = due_data(clocks.handling(case.limit, _start(case), pauses))
        return found | {"tasks": {}}
    assert task.asked is not None
    pauses = (*task.pauses, (task.asked[0], task.asked[1]))
    return {"unit": task.unit, "tasks": _tasks(case, [task.unit], clocks, pauses)}


def _moving(
    case: Case, step: Transition, order: Order, clocks: Clocks, now: datetime
) -> dict[str, Any]:
    to = step.target or case.suspended_from
    assert to is not None
    if step.step is CaseStep.RETURNED and to is S.FILED and case.returns:
        to = S.COORDINATING  # two units would not take it: whose duty it is, is not clear
    data: dict[str, Any] = {"to": to.value, "from": case.state.value}
    if to is S.DISPATCHED and step.target is S.DISPATCHED:
        return data | _dispatching(case, order, clocks, now)
    if to is S.SUSPENDED:
        return data | {"until": said(order.until), "tasks": {}, **due_data(STANDS)}
    if case.state in (S.SUSPENDED, S.CHECKING) and to in (S.DISPATCHED, S.SIGNED, S.HANDLING):
        return data | _going_on(case, order, clocks, now)
    return data | due_data(_next_due(case, to, clocks, now))


def _dispatching(case: Case, order: Order, clocks: Clocks, now: datetime) -> dict[str, Any]:
    usual = clocks.limit(case.report)
    assert order.unit is not None
    limit = order.limits.get(order.unit) or usual
    tasks = {}
    for unit in dict.fromkeys(order.support):
        own = order.limits.get(unit) or usual
        tasks[unit] = {"limit": own, **due_data(clocks.handling(own, now, ()))}
    data = {"unit": order.unit, "support": list(tasks), "limit": limit, "tasks": tasks}
    if order.respond:
        found = clocks.handling(order.respond, now, ())
        data["respond"] = {"limit": order.respond, "due": said(found.at)}
    return data | due_data(clocks.handling(limit, now, ()))


def _going_on(case: Case, order: Order, clocks: Clocks, now: datetime) -> dict[str, Any]:
    """The clocks run again: after 挂账 all that stood, after a check that of whoever works anew."""
    pauses = _ended(case.pauses, now)
    data = due_data(clocks.handling(case.limit, _start(case), pauses))
    if case.state is S.CHECKING:
        again = list(dict.fromkeys(order.support))
        return data | {"again": again, "tasks": _tasks(case, again, clocks, None, now)}
    stood = [one.unit for one in case.tasks if not (one.lead or one.done)]
    data["tasks"] = _tasks(case, stood, clocks, None, now)
    if case.respond_limit and case.responded_at is None:
        found = clocks.handling(case.respond_limit, _start(case), pauses)
        data["respond"] = {"limit": case.respond_limit, "due": said(found.at)}
    return data


def _tasks(
    case: Case,
    units: Iterable[str],
    clocks: Clocks,
    pauses: tuple[tuple[datetime, datetime | None], ...] | None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """The dues of these 协办; `pauses` None: their own, those that last ending now."""
    found = {}
    for one in case.tasks:
        if one.lead or one.unit not in units:
            continue
        held = pauses
        if held is None:
            assert now is not None
            rested = () if one.done_at is None else ((one.done_at, now),)
            held = (*_ended(one.pauses, now), *rested)
        limit = one.limit or case.limit
        found[one.unit] = due_data(clocks.handling(limit, _start(case), held))
    return found


def _ended(
    pauses: Iterable[tuple[datetime, datetime | None]], now: datetime
) -> tuple[tuple[datetime, datetime | None], ...]:
    return tuple((begun, end or now) for begun, end in pauses)


def _next_due(case: Case, to: CaseState, clocks: Clocks, now: datetime) -> Due:
    if to in _STARTS:
        return clocks.stage(_STARTS[to], now)
    if to is S.REPORTED:
        return clocks.stage("立案", now)
    if to in (S.CLOSED, S.VOID):
        return Due(None)
    return Due(case.due, case.due_note)


def _start(case: Case) -> datetime:
    assert case.dispatched_at is not None
    return case.dispatched_at
