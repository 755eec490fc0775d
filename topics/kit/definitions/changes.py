"""A change of a definition on its way (编制 → 审核 → 发布): state, person and rules in, state out.

Nothing is published unless somebody other than its author let it through, somebody with the right
to publish bypassed the review with a reason, or this site reviews nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from layers.errors import NotAllowedNow, NoteMissing


class ChangeState(StrEnum):
    """Where a change stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What a person does with a change."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    RETURN = "return"
    URGENT = "urgent"
    WITHDRAW = "withdraw"


STATE_TITLES: Mapping[ChangeState, str] = {
    ChangeState.DRAFT: "编制中",
    ChangeState.SUBMITTED: "待审核",
    ChangeState.RETURNED: "已退回",
    ChangeState.PUBLISHED: "已发布",
    ChangeState.WITHDRAWN: "已撤销",
}
STEP_TITLES: Mapping[Step, str] = {
    Step.SUBMIT: "提交审核",
    Step.PUBLISH: "审核并发布",
    Step.RETURN: "退回",
    Step.URGENT: "紧急发布",
    Step.WITHDRAW: "撤销",
}
OPEN = frozenset({ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.RETURNED})
_READY = frozenset({ChangeState.DRAFT, ChangeState.RETURNED})
_FROM: Mapping[Step, frozenset[ChangeState]] = {
    Step.SUBMIT: _READY,
    Step.PUBLISH: OPEN,
    Step.RETURN: frozenset({ChangeState.SUBMITTED}),
    Step.URGENT: OPEN,
    Step.WITHDRAW: OPEN,
}
_TO: Mapping[Step, ChangeState] = {
    Step.SUBMIT: ChangeState.SUBMITTED,
    Step.PUBLISH: ChangeState.PUBLISHED,
    Step.RETURN: ChangeState.RETURNED,
    Step.URGENT: ChangeState.PUBLISHED,
    Step.WITHDRAW: ChangeState.WITHDRAWN,
}
_NEEDS_NOTE = frozenset({Step.RETURN, Step.URGENT})


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of one indicator: the fields it sets, from when on, and what became of it."""

    id: str
    indicator: str
    state: ChangeState
    fields: Mapping[str, Any]
    base: int  # the version its author looked at
    valid_from: date | None
    breaks: bool
    reason: str
    author: str
    created_at: datetime
    updated_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""
    urgent: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Who acts and what they may do with the indicator; the caller asked `may`."""

    id: str
    writes: bool = False
    publishes: bool = False


def allowed(change: ChangeRow, person: Worker, *, review: bool) -> list[Step]:
    """What the person may do with the change now; `review`: somebody else has to look at it."""
    return [one for one in Step if _refusal(change, one, person, review=review) is None]


def advance(
    change: ChangeRow, step: Step, person: Worker, *, review: bool, note: str, now: datetime
) -> ChangeRow:
    """The change after the step.

    Raises NotAllowedNow with what could be done instead, NoteMissing where a reason is due.
    """
    refusal = _refusal(change, step, person, review=review)
    if refusal is not None:
        raise NotAllowedNow(refusal)
    if step in _NEEDS_NOTE and not note.strip():
        raise NoteMissing(f"{STEP_TITLES[step]}要写明原因")
    moved = replace(change, state=_TO[step], updated_at=now, note=note.strip() or change.note)
    if step in (Step.PUBLISH, Step.RETURN, Step.URGENT):
        moved = replace(moved, decided_by=person.id, decided_at=now, urgent=step is Step.URGENT)
    return moved


def _refusal(change: ChangeRow, step: Step, person: Worker, *, review: bool) -> str | None:
    if change.state not in _FROM[step]:
        return f"“{STATE_TITLES[change.state]}”的变更单不能{STEP_TITLES[step]}"
    own = change.author == person.id
    if step in (Step.SUBMIT, Step.WITHDRAW):
        return None if own and person.writes else "只有编制人可以提交或撤销这份变更单"
    if not person.publishes:
        return f"{STEP_TITLES[step]}要由审核员办理;请联系责任单位的审核员"
    if step is Step.URGENT:
        return None if review else "这里不要求审核,请直接发布"
    if not review:
        return None
    if change.state is not ChangeState.SUBMITTED:
        return "还没有提交审核;请编制人先提交"
    if own:
        return "编制人不能审核自己的变更单;请另一位审核员办理,确需立即生效时用紧急发布并写明原因"
    return None
