"""What steps change about the parts of units: the 主办's follows the case, each 协办 its own clock.

Steps of before 协办 had clocks of their own say no `tasks`: then one due holds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from topics.kit.cases.contracts import Case, CaseEvent, CaseState, Task

S = CaseState


def begun(case: Case, event: CaseEvent) -> tuple[Task, ...]:
    """The parts of a case that is given to its units."""
    data = event.data
    said: Mapping[str, Any] = data.get("tasks", {})
    lead = Task(
        data["unit"], True, S.DISPATCHED, case.due,
        due_note=case.due_note, limit=data.get("limit", ""),
    )  # fmt: skip
    usual = {"due": data.get("due"), "due_note": case.due_note, "limit": data.get("limit", "")}
    others = (
        _timed(Task(one, False, S.DISPATCHED, None), said.get(one, usual))
        for one in data.get("support", ())
    )
    return (lead, *others)


def stood(case: Case, event: CaseEvent) -> tuple[Task, ...]:
    """挂账: every clock that runs stands."""
    return tuple(
        one
        if one.done
        else replace(
            one, due=None, due_note=case.due_note,
            pauses=one.pauses if one.lead else (*one.pauses, (event.at, None)),
        )
        for one in case.tasks
    )  # fmt: skip


def retimed(case: Case, event: CaseEvent) -> tuple[Task, ...]:
    """The dues that the step says; pauses that lasted end with it."""
    said = event.data.get("tasks")
    again = event.data.get("again", ())
    return tuple(_retimed(one, case, event, said, again) for one in case.tasks)


def extended(case: Case, event: CaseEvent) -> tuple[Task, ...]:
    """A 协办 was granted until when its clock stands."""
    unit, said = event.data["unit"], event.data["tasks"]
    return tuple(_granted(one, said[unit]) if _is(one, unit) else one for one in case.tasks)


def told(case: Case, said: Mapping[str, Any]) -> tuple[Task, ...]:
    """The dues that the calendar had hidden; that of the 主办 is the case's."""
    lead = {"due": case.due and case.due.isoformat(), "due_note": case.due_note}
    return tuple(
        _timed(one, lead)
        if one.lead and not one.done
        else _timed(one, said[one.unit])
        if not one.lead and one.unit in said
        else one
        for one in case.tasks
    )


def asked(case: Case, unit: str, what: tuple[datetime, datetime, str] | None) -> tuple[Task, ...]:
    """A 协办 asked for more time, or was refused it."""
    return tuple(replace(one, asked=what) if _is(one, unit) else one for one in case.tasks)


def moved(tasks: Iterable[Task], unit: str, state: CaseState, at: datetime) -> tuple[Task, ...]:
    """A 协办 went on."""
    return tuple(at_state(one, state, at) if _is(one, unit) else one for one in tasks)


def led(tasks: Iterable[Task], state: CaseState, at: datetime) -> tuple[Task, ...]:
    """The 主办 went on."""
    return tuple(at_state(one, state, at) if one.lead else one for one in tasks)


def at_state(task: Task, state: CaseState, at: datetime) -> Task:
    """The part after it came into the state."""
    return replace(
        task,
        state=state,
        signed_at=at if state is S.SIGNED else task.signed_at,
        done_at=at if state is S.ANSWERED else None,
        asked=None if state is S.ANSWERED else task.asked,
    )


def moment(text: str | None) -> datetime | None:
    """A moment as the data of a step holds it."""
    return None if text is None else datetime.fromisoformat(text)


def _retimed(
    task: Task,
    case: Case,
    event: CaseEvent,
    said: Mapping[str, Any] | None,
    again: Iterable[str],
) -> Task:
    if not task.lead and task.unit in again and task.done_at is not None:
        rested = (*task.pauses, (task.done_at, event.at))
        task = replace(task, state=S.HANDLING, done_at=None, pauses=rested)
    if task.done:
        return task
    task = replace(task, pauses=tuple((begin, end or event.at) for begin, end in task.pauses))
    if task.lead or said is None:
        return replace(task, due=case.due, due_note=case.due_note)
    return _timed(task, said[task.unit]) if task.unit in said else task


def _timed(task: Task, said: Mapping[str, Any]) -> Task:
    return replace(
        task,
        due=moment(said.get("due")),
        due_note=said.get("due_note", ""),
        limit=said.get("limit", task.limit),
    )


def _granted(task: Task, said: Mapping[str, Any]) -> Task:
    assert task.asked is not None
    pauses = (*task.pauses, (task.asked[0], task.asked[1]))
    task = replace(task, asked=None, extensions=task.extensions + 1, pauses=pauses)
    return _timed(task, said)


def _is(task: Task, unit: str) -> bool:
    return task.unit == unit and not task.lead
