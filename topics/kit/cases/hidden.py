"""Dues that a missing calendar year hides: which of a case's, and what tells them after all.

A case remembers them as it goes on; once the table has the year, a step of the program says them
(`clocked`): until then nobody knew, and a list of a past moment says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep
from topics.kit.cases.tasks import moment, told

HIDDEN = "时限未定"
"""How the note of a due begins that the calendar hides."""

S = CaseState
STAGE, FILE, DISPATCH, HANDLE, CHECK, TASKS = (
    "stage",
    "file",
    "dispatch",
    "handle",
    "check",
    "tasks",
)
DUE_OF: Mapping[CaseState, str] = {
    S.REPORTED: FILE,
    S.ACCEPTED: FILE,
    S.TO_VERIFY: STAGE,
    S.FILED: DISPATCH,
    S.COORDINATING: STAGE,
    S.DISPATCHED: HANDLE,
    S.SIGNED: HANDLE,
    S.HANDLING: HANDLE,
    S.ANSWERED: CHECK,
    S.CHECKING: CHECK,
}
"""Which due a case in that state has; `stage` are those that nothing remembers afterwards."""

_TELLING = frozenset(
    {CaseStep.MOVED, CaseStep.RETURNED, CaseStep.REOPENED, CaseStep.EXTENDED, CaseStep.CLOCKED}
)


def hidden_after(before: frozenset[str], case: Case, event: CaseEvent) -> frozenset[str]:
    """The hidden dues of the case after the step."""
    found = set(before) - {TASKS} - set(event.data.get("dues", {}))
    of_task = event.step is CaseStep.EXTENDED and "unit" in event.data
    if event.step in _TELLING and not of_task:
        found.discard(STAGE)
        name = DUE_OF.get(case.state)
        if name is not None:
            (found.add if case.due_note.startswith(HIDDEN) else found.discard)(name)
    if any(one.due_note.startswith(HIDDEN) for one in case.tasks if not one.lead):
        found.add(TASKS)
    return frozenset(found)


def clocked(case: Case, event: CaseEvent) -> Case:
    """The case with the dues that are known at last."""
    data = event.data
    dues: dict[str, Any] = {
        f"{name}_due": moment(text) for name, text in data["dues"].items() if name != STAGE
    }
    if "due" in data:
        dues |= {"due": moment(data["due"]), "due_note": data.get("due_note", "")}
    case = replace(case, **dues, clocked_at=event.at)
    return replace(case, tasks=told(case, data["tasks"]))
