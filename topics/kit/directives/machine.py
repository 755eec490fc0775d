"""Where a 督办 stands and what may happen next: pure functions of its steps and of who asks.

签收 and 反馈 belong to the people of the unit it was sent to; 办结 and 退回 to leaders, never to
whoever wrote the answer; 撤销 to its issuer, with a reason (PRACTICE 15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from topics.kit.directives.contracts import (
    Directive,
    DirectiveEvent,
    DirectiveState,
    DirectiveStep,
)
from topics.kit.errors import StepRefused

SHORTEST_NOTE = 2
LONGEST_TEXT = 1000
LONGEST_DEADLINE = timedelta(days=366)
ENDED = frozenset({DirectiveState.CLOSED, DirectiveState.WITHDRAWN})
NEEDS_NOTE = frozenset({DirectiveStep.ANSWERED, DirectiveStep.RETURNED, DirectiveStep.WITHDRAWN})

_AFTER: Mapping[tuple[DirectiveState, DirectiveStep], DirectiveState] = {
    (DirectiveState.ISSUED, DirectiveStep.SIGNED): DirectiveState.SIGNED,
    (DirectiveState.SIGNED, DirectiveStep.ANSWERED): DirectiveState.ANSWERED,
    (DirectiveState.ANSWERED, DirectiveStep.RETURNED): DirectiveState.SIGNED,
    (DirectiveState.ANSWERED, DirectiveStep.CLOSED): DirectiveState.CLOSED,
    (DirectiveState.ISSUED, DirectiveStep.WITHDRAWN): DirectiveState.WITHDRAWN,
    (DirectiveState.SIGNED, DirectiveStep.WITHDRAWN): DirectiveState.WITHDRAWN,
    (DirectiveState.ANSWERED, DirectiveStep.WITHDRAWN): DirectiveState.WITHDRAWN,
}
TO: Mapping[str, DirectiveStep] = {
    "已签收": DirectiveStep.SIGNED,
    "已反馈": DirectiveStep.ANSWERED,
    "退回": DirectiveStep.RETURNED,
    "办结": DirectiveStep.CLOSED,
    "撤销": DirectiveStep.WITHDRAWN,
}
"""What the API calls the steps: by where they lead."""
_SPELT = {step: name for name, step in TO.items()}


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: a leader, and the unit he answers for; the caller asked `may`."""

    id: str
    leads: bool = False
    answers: bool = False
    unit: str | None = None


def fold(issued: Directive, events: Iterable[DirectiveEvent]) -> Directive:
    """The 督办 after its steps, which come in their order; `issued` is how it began."""
    one = issued
    for event in events:
        one = _after(one, event)
    return one


def allowed(one: Directive, person: Person) -> tuple[DirectiveStep, ...]:
    """What the person may do now."""
    return tuple(step for step in DirectiveStep if _why_not(one, step, person) is None)


def check_step(one: Directive, step: DirectiveStep, person: Person, note: str) -> DirectiveState:
    """The state after the step; StepRefused says why not and names the steps that are open."""
    why = _why_not(one, step, person)
    if why is None and step in NEEDS_NOTE and len(note.strip()) < SHORTEST_NOTE:
        what = "反馈内容" if step is DirectiveStep.ANSWERED else f"{step}的原因"
        why = f"请写明{what}(至少 {SHORTEST_NOTE} 个字)"
    if why is None and len(note) > LONGEST_TEXT:
        why = f"说明超过 {LONGEST_TEXT} 字;请写要点,材料另附"
    if why is not None:
        open_now = [_SPELT[each] for each in allowed(one, person)]
        way = f"现在可以:{'、'.join(open_now)}" if open_now else "请刷新页面查看进展"
        raise StepRefused(f"{why};{way}", problem={"state": one.state, "allowed": open_now})
    return _AFTER[(one.state, step)]


def overdue(one: Directive, now: datetime) -> bool:
    """Whether the unit owes an answer at `now`: late ends when it has answered."""
    waiting = one.state in {DirectiveState.ISSUED, DirectiveState.SIGNED}
    return waiting and now >= one.deadline


def _why_not(one: Directive, step: DirectiveStep, person: Person) -> str | None:
    if (one.state, step) not in _AFTER:
        return f"现在是“{one.state}”,不能{step}"
    if step in {DirectiveStep.SIGNED, DirectiveStep.ANSWERED}:
        mine = person.answers and person.unit is not None and person.unit == one.unit
        return None if mine else f"{step}由承办单位的人办理"
    if step is DirectiveStep.WITHDRAWN:
        return None if person.leads and person.id == one.issued_by else "撤销由签发人办理"
    if not person.leads:
        return f"{step}由领导办理"
    if step is DirectiveStep.CLOSED and one.data.get("answered_by") == person.id:
        return "反馈人不能办结自己的反馈"
    return None


def _after(one: Directive, event: DirectiveEvent) -> Directive:
    state = _AFTER.get((one.state, event.step))
    if state is None:  # 签发, which is how it began
        return one
    if event.step is DirectiveStep.ANSWERED:
        data = {**one.data, "answered_by": event.actor}
        return replace(one, state=state, reply=event.note, replied_at=event.at, data=data)
    if event.step is DirectiveStep.RETURNED:
        data = {**one.data, "returned_why": event.note, "returned_at": event.at.isoformat()}
        return replace(one, state=state, returned=one.returned + 1, data=data)
    if state in ENDED:
        return replace(one, state=state, closed_at=event.at)
    return replace(one, state=state)
