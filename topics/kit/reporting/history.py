"""A filing as it stood at a moment, folded from its steps; who handed in what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from topics.kit.reporting.contracts import Filing, Form, Step
from topics.kit.reporting.machine import DONE, WAITING, Action, State


def as_it_stood(filing: Filing, steps: Sequence[Step]) -> Filing:
    """The filing after these steps, oldest first; what was typed but not handed in is unknown."""
    cells = accepted = None
    state = State.PENDING
    for step in steps:
        state = step.to_state
        if step.cells is not None:
            cells = step.cells
        if step.action == Action.ACCEPT:
            accepted = step.cells
    return replace(filing, state=state, cells=cells or {}, accepted=accepted, writers=())


def last(steps: Sequence[Step], action: Action) -> Step | None:
    """The newest step of that kind."""
    return next((one for one in reversed(steps) if one.action == action), None)


def reminders(steps: Sequence[Step]) -> list[Step]:
    """The reminders since the filing was last handed in."""
    found: list[Step] = []
    for step in steps:
        if step.action == Action.SUBMIT:
            found = []
        elif step.action == Action.REMIND:
            found.append(step)
    return found


def handed_in_by_due(form: Form, steps: Sequence[Step]) -> Step | None:
    """What stood handed in when the form was due; None when nothing did."""
    found: Step | None = None
    for step in steps:
        if step.at > form.due_at:
            break
        if step.action == Action.SUBMIT:
            found = step
        elif step.action in (Action.RETURN, Action.WITHDRAW) and step.to_state not in DONE:
            found = None
    return found


def standing(form: Form, filing: Filing, steps: Sequence[Step], now: datetime) -> str:
    """done, waiting (for a review), due or late, as of `now`."""
    if filing.state in WAITING:
        return "waiting"
    if filing.state in DONE:
        return "done"
    return "late" if now > form.due_at else "due"
