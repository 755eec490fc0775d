"""What the program says of a case once the calendar has the year that hid its dues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep
from topics.kit.cases.decisions import due_data
from topics.kit.cases.fold import said
from topics.kit.cases.hidden import CHECK, DISPATCH, DUE_OF, FILE, HANDLE, HIDDEN, STAGE, TASKS
from topics.kit.cases.orders import SYSTEM, Clocks, Due

S = CaseState
_STAGES = {FILE: "立案", DISPATCH: "派遣", CHECK: "核查"}


def clocked_step(
    case: Case, events: Sequence[CaseEvent], clocks: Clocks, now: datetime
) -> CaseEvent | None:
    """The step that tells the hidden dues that are known now; None while none is."""
    dues: dict[str, str | None] = {}
    data: dict[str, Any] = {}
    for name in sorted(case.hidden - {TASKS}):
        found = _due(name, case, events, clocks)
        if found.note.startswith(HIDDEN):
            continue
        dues[name] = said(found.at)
        if case.open and DUE_OF.get(case.state) == name:
            data |= due_data(found)
    tasks = dict(_tasks(case, clocks))
    if not dues and not tasks:
        return None
    note = "工作日历补齐年份,时限重新计算"
    data |= {"dues": dues, "tasks": tasks}
    return CaseEvent(case.id, CaseStep.CLOCKED, now, SYSTEM.id, note, data)


def _due(name: str, case: Case, events: Sequence[CaseEvent], clocks: Clocks) -> Due:
    if name == STAGE:
        assert case.since is not None
        return clocks.stage("协调" if case.state is S.COORDINATING else "核实", case.since)
    if name == HANDLE:
        if case.state is S.SUSPENDED:
            return Due(None, HIDDEN)  # 恢复 works it out
        if case.dispatched_at is None:
            return Due(None)
        held = [one for one in case.pauses if one[1] is not None]
        return clocks.handling(case.limit, case.dispatched_at, held)
    start = case.answered_at if name == CHECK else _came(name, events)
    return Due(None) if start is None else clocks.stage(_STAGES[name], start)


def _came(name: str, events: Sequence[CaseEvent]) -> datetime | None:
    """When the case last came into the state that began the stage."""
    state = (S.REPORTED if name == FILE else S.FILED).value
    came = [one.at for one in events if one.data.get("to") == state]
    return came[-1] if came else None


def _tasks(case: Case, clocks: Clocks) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for one in case.tasks:
        if one.lead or not one.due_note.startswith(HIDDEN) or case.dispatched_at is None:
            continue
        held = [pause for pause in one.pauses if pause[1] is not None]
        due = clocks.handling(one.limit or case.limit, case.dispatched_at, held)
        if not due.note.startswith(HIDDEN):
            found.append((one.unit, due_data(due)))
    return found
