"""A case out of its steps: what each step changes. No clock and no rule is asked again.

Whatever a step decided (when something is due, to whom it went) stands in its data, so that the
same steps give the same case for ever, whatever limits or calendars say later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from topics.kit.cases import tasks
from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep
from topics.kit.cases.hidden import clocked, hidden_after
from topics.kit.cases.report_json import read_report
from topics.kit.cases.tasks import moment as _moment

S = CaseState


def fold(events: Iterable[CaseEvent]) -> Case | None:
    """The case after the steps, oldest first; None without any."""
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    return case


def apply(case: Case | None, event: CaseEvent) -> Case:
    """The case after one more step."""
    if case is None:
        begun = _begun(event)
        return replace(begun, hidden=hidden_after(frozenset(), begun, event))
    changed = _CHANGES.get(event.step, _kept)(case, event)
    hidden = hidden_after(case.hidden, changed, event)
    return replace(changed, version=case.version + 1, hidden=hidden)


def _begun(event: CaseEvent) -> Case:
    report = read_report(event.data["report"])
    due = _moment(event.data.get("due"))
    return Case(
        id=event.case,
        report=report,
        state=S(event.data["to"]),
        unit=None,
        tasks=(),
        filed_at=None,
        due=due,
        closed_at=None,
        alert=report.reference if report.source == "alert" else None,
        directive=None,
        handler=None,
        version=1,
        number=event.data.get("number", ""),
        since=event.at,
        due_note=event.data.get("due_note", ""),
        holder=event.data.get("holder") or report.region,
        file_due=due,
    )


def _moved(case: Case, event: CaseEvent) -> Case:
    to = S(event.data["to"])
    moved = _placed(case, event)
    if case.state is S.SUSPENDED:
        return _resumed(moved, event)
    change = _ARRIVALS.get(to)
    return moved if change is None else change(moved, event)


def _placed(case: Case, event: CaseEvent) -> Case:
    """In the state that the step leads to, and due when it says."""
    return replace(
        case,
        state=S(event.data["to"]),
        since=event.at,
        due=_moment(event.data.get("due")),
        due_note=event.data.get("due_note", ""),
    )


def _reported(case: Case, event: CaseEvent) -> Case:
    return replace(case, file_due=case.due)


def _accepted(case: Case, event: CaseEvent) -> Case:
    return replace(case, accepted_at=event.at)


def _filed(case: Case, event: CaseEvent) -> Case:
    return replace(
        case,
        filed_at=case.filed_at or event.at,
        filed_by=case.filed_by or event.actor,
        dispatch_due=case.due,
        **_NOBODY,
    )


def _unclear(case: Case, event: CaseEvent) -> Case:
    return replace(case, **_NOBODY)


def _dispatched(case: Case, event: CaseEvent) -> Case:
    due, data = case.due, event.data
    respond = data.get("respond", {})
    return replace(
        case,
        unit=data["unit"],
        tasks=tasks.begun(case, event),
        dispatched_at=event.at,
        dispatched_by=event.actor,
        limit=data.get("limit", ""),
        handle_due=due,
        pauses=(),
        signed_at=None,
        answered_at=None,
        handler=None,
        handlers=(),
        asked=None,
        respond_limit=respond.get("limit", ""),
        respond_due=_moment(respond.get("due")),
        responded_at=None,
    )


def _handled(case: Case, event: CaseEvent) -> Case:
    """Signed, begun or answered by the unit that leads."""
    people = tuple(dict.fromkeys((*case.handlers, event.actor)))
    case = _lead(replace(case, handler=event.actor, handlers=people), event)
    if case.state is S.SIGNED:
        return replace(case, signed_at=event.at)
    case = replace(case, responded_at=case.responded_at or event.at)
    if case.state is S.ANSWERED:
        # The unit's clock stands while others check; what it asked for is settled.
        held = (*case.pauses, (event.at, None))
        return replace(case, answered_at=event.at, check_due=case.due, pauses=held, asked=None)
    return case


def _lead(case: Case, event: CaseEvent) -> Case:
    return replace(case, tasks=tasks.led(case.tasks, case.state, event.at))


def _closed(case: Case, event: CaseEvent) -> Case:
    return replace(case, closed_at=event.at, checked_at=event.at, checked_by=event.actor)


def _suspended(case: Case, event: CaseEvent) -> Case:
    return replace(
        case,
        suspended_from=S(event.data["from"]),
        suspended_until=_moment(event.data.get("until")),
        pauses=(*case.pauses, (event.at, None)),
        tasks=tasks.stood(case, event),
        respond_due=None if case.responded_at is None else case.respond_due,
    )


def _resumed(case: Case, event: CaseEvent) -> Case:
    case = replace(case, suspended_from=None, suspended_until=None)
    return _running(case, event)


def _running(case: Case, event: CaseEvent) -> Case:
    """The handling clock runs again from the step on, and those of the 协办 that it names."""
    ended = tuple((begin, end or event.at) for begin, end in case.pauses)
    respond = event.data.get("respond")
    if respond is not None:
        case = replace(case, respond_due=_moment(respond["due"]))
    return replace(case, pauses=ended, handle_due=case.due, tasks=tasks.retimed(case, event))


def _returned(case: Case, event: CaseEvent) -> Case:
    """Back from the check (返工: whoever checks has not handled it), or from a unit."""
    if case.state is not S.CHECKING:
        return replace(_moved(case, event), returns=case.returns + 1)
    again = replace(
        _placed(case, event),
        reworks=case.reworks + 1,
        checked_at=event.at,
        checked_by=event.actor,
        answered_at=None,
    )
    return _running(_lead(again, event), event)


def _asked(case: Case, event: CaseEvent) -> Case:
    until = _moment(event.data["until"])
    assert until is not None
    asked = (event.at, until, event.note)
    if "unit" in event.data:
        return replace(case, tasks=tasks.asked(case, event.data["unit"], asked))
    return replace(case, asked=asked)


def _extended(case: Case, event: CaseEvent) -> Case:
    if "unit" in event.data:
        return replace(case, tasks=tasks.extended(case, event))
    assert case.asked is not None
    begun, until, _ = case.asked
    due = _moment(event.data.get("due"))
    case = replace(case, due=due, due_note=event.data.get("due_note", ""), handle_due=due)
    pauses = (*case.pauses, (begun, until))
    case = replace(case, asked=None, extensions=case.extensions + 1, pauses=pauses)
    return replace(case, tasks=tasks.retimed(case, event))


def _refused(case: Case, event: CaseEvent) -> Case:
    if "unit" in event.data:
        return replace(case, tasks=tasks.asked(case, event.data["unit"], None))
    return replace(case, asked=None)


def _reminded(case: Case, event: CaseEvent) -> Case:
    return replace(case, directive=event.data.get("directive") or case.directive)


def _reopened(case: Case, event: CaseEvent) -> Case:
    moved = _moved(case, event)
    return replace(moved, closed_at=None, reopened=case.reopened + 1, merged_into=None, asked=None)


def _held(case: Case, event: CaseEvent) -> Case:
    return replace(case, holder=event.data["to"])


def _merged(case: Case, event: CaseEvent) -> Case:
    return replace(
        case, state=S.VOID, since=event.at, due=None, due_note="", merged_into=event.data["into"]
    )


def _pictured(case: Case, event: CaseEvent) -> Case:
    return replace(case, photos=case.photos + len(event.data.get("photos", (None,))))


def _worked(case: Case, event: CaseEvent) -> Case:
    """A 协办 task goes on; its people do not check the case either."""
    state, unit = S(event.data["to"]), event.data["unit"]
    people = tuple(dict.fromkeys((*case.handlers, event.actor)))
    after = tasks.moved(case.tasks, unit, state, event.at)
    return replace(case, tasks=after, handlers=people)


def _kept(case: Case, event: CaseEvent) -> Case:
    return case


_NOBODY: Mapping[str, Any] = {
    "unit": None, "tasks": (), "asked": None,
    "respond_limit": "", "respond_due": None, "responded_at": None,
}  # fmt: skip
"""Nobody works on it: what units were asked and asked for is over."""

_Change = Callable[[Case, CaseEvent], Case]

_ARRIVALS: Mapping[CaseState, _Change] = {
    S.REPORTED: _reported,
    S.ACCEPTED: _accepted,
    S.FILED: _filed,
    S.COORDINATING: _unclear,
    S.DISPATCHED: _dispatched,
    S.SIGNED: _handled,
    S.HANDLING: _handled,
    S.ANSWERED: _handled,
    S.CLOSED: _closed,
    S.SUSPENDED: _suspended,
}
_CHANGES: Mapping[CaseStep, _Change] = {
    CaseStep.MOVED: _moved,
    CaseStep.RETURNED: _returned,
    CaseStep.EXTENSION_ASKED: _asked,
    CaseStep.EXTENDED: _extended,
    CaseStep.EXTENSION_REFUSED: _refused,
    CaseStep.REMINDED: _reminded,
    CaseStep.REOPENED: _reopened,
    CaseStep.RAISED: _held,
    CaseStep.LOWERED: _held,
    CaseStep.MERGED: _merged,
    CaseStep.PHOTO_ADDED: _pictured,
    CaseStep.TASK_MOVED: _worked,
    CaseStep.CLOCKED: clocked,
}


def said(moment: datetime | None) -> str | None:
    """A moment as the data of a step holds it."""
    return None if moment is None else moment.isoformat()
