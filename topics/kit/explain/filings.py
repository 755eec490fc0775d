"""Why a reported value says what it says, and who handed it in and accepted it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from topics.kit.contracts import Observation
from topics.kit.reporting.contracts import Place, Step
from topics.kit.reporting.machine import Action

_TOGETHER = timedelta(seconds=5)
"""The step and its values are written in one transaction, each with its own clock reading."""


def why_filed(one: Observation, steps: Sequence[Step]) -> str:
    """The reason of a correction, else the clerk's note on an unusual number, else 报数."""
    past = _until(one, steps)
    correction = _last(past, Action.CORRECT)
    if correction is not None and correction.note:
        return f"更正:{correction.note}"
    accepted = next((each for each in reversed(past) if each.cells), None)
    cell = None
    if accepted is not None and accepted.cells is not None:
        cell = accepted.cells.get(Place(one.indicator, one.region))
    return f"报数,说明:{cell.note}" if cell is not None and cell.note else "报数"


def who_filed(one: Observation, steps: Sequence[Step], name: Callable[[str], str]) -> str:
    """Who handed the number in, and who accepted it."""
    past = _until(one, steps)
    people = [_last(past, action) for action in (Action.SUBMIT, Action.ACCEPT)]
    words = (("报 ", people[0]), ("审 ", people[1]))
    return "、".join(f"{role}{name(step.by)}" for role, step in words if step is not None)


def _until(one: Observation, steps: Sequence[Step]) -> list[Step]:
    if one.recorded_at is None:
        return []
    latest = one.recorded_at + _TOGETHER
    return [each for each in steps if each.at <= latest]


def _last(steps: Sequence[Step], action: Action) -> Step | None:
    return next((each for each in reversed(steps) if each.action == action), None)
