"""Where a filing stands and what may happen next; a pure function of state and person.

Nothing is accepted unless somebody who wrote none of its numbers looked at it; what was accepted
changes only by a correction that is reviewed in the same way (编制 → 审核, reviewer ≠ author).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from topics.kit.errors import StepRefused

_SHORTEST_REASON = 2


class State(StrEnum):
    """Where a filing stands, in the words of the bureaus."""

    PENDING = "待报"
    DRAFT = "填报中"
    SUBMITTED = "已提交"
    RETURNED = "退回"
    ACCEPTED = "已审核"
    CORRECTING = "更正中"
    CORRECTED = "更正待审"
    CORRECTION_RETURNED = "更正退回"


class Action(StrEnum):
    """What a person does with a filing."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    RETURN = "return"
    CORRECT = "correct"
    ABANDON = "abandon"
    REMIND = "remind"


TITLES: Mapping[Action, str] = {
    Action.SAVE: "填报",
    Action.SUBMIT: "提交",
    Action.WITHDRAW: "撤回",
    Action.ACCEPT: "审核通过",
    Action.RETURN: "退回",
    Action.CORRECT: "更正",
    Action.ABANDON: "放弃更正",
    Action.REMIND: "催报",
}
EDITABLE = frozenset(
    {
        State.PENDING,
        State.DRAFT,
        State.RETURNED,
        State.CORRECTING,
        State.CORRECTION_RETURNED,
    }
)
WAITING = frozenset({State.SUBMITTED, State.CORRECTED})
DONE = frozenset({State.ACCEPTED, State.CORRECTING, State.CORRECTED, State.CORRECTION_RETURNED})
"""Where numbers of the period have been accepted."""

NEEDS_REASON = frozenset({Action.RETURN, Action.CORRECT})

_NEXT: Mapping[tuple[State, Action], State] = {
    (State.PENDING, Action.SAVE): State.DRAFT,
    (State.DRAFT, Action.SAVE): State.DRAFT,
    (State.RETURNED, Action.SAVE): State.RETURNED,
    (State.CORRECTING, Action.SAVE): State.CORRECTING,
    (State.CORRECTION_RETURNED, Action.SAVE): State.CORRECTION_RETURNED,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Action.SUBMIT): State.SUBMITTED,
    (State.CORRECTING, Action.SUBMIT): State.CORRECTED,
    (State.CORRECTION_RETURNED, Action.SUBMIT): State.CORRECTED,
    (State.SUBMITTED, Action.WITHDRAW): State.DRAFT,
    (State.CORRECTED, Action.WITHDRAW): State.CORRECTING,
    (State.SUBMITTED, Action.ACCEPT): State.ACCEPTED,
    (State.CORRECTED, Action.ACCEPT): State.ACCEPTED,
    (State.SUBMITTED, Action.RETURN): State.RETURNED,
    (State.CORRECTED, Action.RETURN): State.CORRECTION_RETURNED,
    (State.ACCEPTED, Action.CORRECT): State.CORRECTING,
    (State.CORRECTING, Action.ABANDON): State.ACCEPTED,
    (State.CORRECTION_RETURNED, Action.ABANDON): State.ACCEPTED,
    **{(one, Action.REMIND): one for one in EDITABLE},
}
_OF_REVIEWERS = frozenset({Action.ACCEPT, Action.RETURN, Action.REMIND})


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, and what they may do with the form's topic; the caller asked `may`."""

    id: str
    fills: bool = False
    reviews: bool = False


def allowed(state: State, person: Person, writers: tuple[str, ...]) -> tuple[Action, ...]:
    """What the person may do now, in the order of the actions."""
    return tuple(
        action
        for action in Action
        if (state, action) in _NEXT and _why_not(action, person, writers) is None
    )


def advance(
    state: State, action: Action, person: Person, writers: tuple[str, ...], note: str = ""
) -> State:
    """The state after the step; StepRefused says why it is not open and names those that are."""
    after = _NEXT.get((state, action))
    why = None if after is not None else f"现在是“{state}”,不能{TITLES[action]}"
    why = why or _why_not(action, person, writers)
    if why is None and action in NEEDS_REASON and len(note.strip()) < _SHORTEST_REASON:
        why = f"{TITLES[action]}要写明原因"
    if why is not None or after is None:
        open_now = allowed(state, person, writers)
        words = "、".join(TITLES[one] for one in open_now)
        way = f"现在可以:{words}" if words else "请刷新页面查看进展"
        raise StepRefused(f"{why};{way}", problem={"state": state, "allowed": list(open_now)})
    return after


def _why_not(action: Action, person: Person, writers: tuple[str, ...]) -> str | None:
    if action not in _OF_REVIEWERS:
        if not person.fills:
            return "没有这张报表的填报权限"
        if action is Action.WITHDRAW and person.id not in writers:
            return "只有填报人自己能撤回;审核人可以退回"
        return None
    if not person.reviews:
        return "没有这张报表的审核权限"
    if action is Action.ACCEPT and person.id in writers:
        return "填报人不能审核自己填的数,请由另一人审核"
    return None
