"""A swap of two turns of duty: asked by one, agreed by both, then done; the fold of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from topics.kit.duty.contracts import Person, Shift
from topics.kit.errors import BadDuty, StepRefused


class SwapState(StrEnum):
    """Where a swap stands."""

    ASKED = "待同意"
    DONE = "已换班"
    REFUSED = "不同意"
    WITHDRAWN = "已撤回"


class SwapStep(StrEnum):
    """What happens to a swap."""

    AGREED_FIRST = "甲方同意"
    AGREED_SECOND = "乙方同意"
    REFUSED = "不同意"
    WITHDRAWN = "撤回"


@dataclass(frozen=True, slots=True)
class Turn:
    """One post of one shift, and who holds it: 带班领导, 值班长 or the name of a seat."""

    starts: datetime
    post: str
    person: str


@dataclass(frozen=True, slots=True)
class SwapEvent:
    """One step of a swap."""

    swap: str
    step: SwapStep
    at: datetime
    actor: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap as of a moment."""

    id: str
    first: Turn
    second: Turn
    reason: str
    asked_at: datetime
    asked_by: str
    state: SwapState = SwapState.ASKED
    first_agreed: str = ""  # by whom
    second_agreed: str = ""


def fold_swap(asked: Swap, events: Iterable[SwapEvent]) -> Swap:
    """The swap after its steps, in their order."""
    one = asked
    for event in events:
        if one.state is not SwapState.ASKED:
            return one
        if event.step is SwapStep.AGREED_FIRST:
            one = replace(one, first_agreed=event.actor)
        elif event.step is SwapStep.AGREED_SECOND:
            one = replace(one, second_agreed=event.actor)
        elif event.step is SwapStep.REFUSED:
            one = replace(one, state=SwapState.REFUSED)
        else:
            one = replace(one, state=SwapState.WITHDRAWN)
        if one.first_agreed and one.second_agreed:
            one = replace(one, state=SwapState.DONE)
    return one


def check_swap(first: Turn, second: Turn, now: datetime) -> None:
    """Raise BadDuty where the two turns cannot be swapped."""
    if first.person == second.person:
        raise BadDuty("换班的两个班次是同一个人;请选另一人的班次")
    if (first.starts, first.post) == (second.starts, second.post):
        raise BadDuty("换班的两个班次相同;请选另一个班次")
    if min(first.starts, second.starts) <= now:
        raise BadDuty("已经开始的班次不能再换;请选以后的班次")


def side_of(swap: Swap, step: SwapStep) -> Turn | None:
    """Whose agreement the step is; None for the others."""
    if step is SwapStep.AGREED_FIRST:
        return swap.first
    return swap.second if step is SwapStep.AGREED_SECOND else None


def check_swap_step(swap: Swap, step: SwapStep, person: Person | None, actor: str) -> None:
    """Raise StepRefused unless the actor may take it.

    Who can sign in agrees himself; the agreement of somebody without an account is written down
    by the shift.
    """
    if swap.state is not SwapState.ASKED:
        raise StepRefused(
            f"这次换班{swap.state},不能再改", problem={"state": swap.state, "allowed": []}
        )
    if person is not None and person.account is not None and person.account != actor:
        raise StepRefused(
            f"{person.name} 有自己的账号,请本人同意", problem={"state": swap.state, "allowed": []}
        )
    if step is SwapStep.WITHDRAWN and swap.asked_by != actor:
        raise StepRefused(
            "只有提出换班的人能撤回", problem={"state": swap.state, "allowed": [SwapStep.REFUSED]}
        )


def put(shift: Shift, post: str, person: Person) -> Shift:
    """The shift with that person on that post."""
    if post == "带班领导":
        return replace(shift, leader=person)
    if post == "值班长":
        return replace(shift, chief=person)
    seats = tuple((name, person if name == post else held) for name, held in shift.seats)
    return replace(shift, seats=seats)


def holder(shift: Shift, post: str) -> Person | None:
    """Who holds the post in the shift."""
    if post == "带班领导":
        return shift.leader
    if post == "值班长":
        return shift.chief
    return next((held for name, held in shift.seats if name == post), None)
