"""A month of 考核: 草稿 → 冻结 → 公示 → 申诉 → 复核 → 定稿, as a fold of its steps.

A draft follows the cases; from 冻结 on the numbers are those known at that moment. Appeals come
during 公示 with evidence; whoever appealed does not decide. An accepted appeal may take cases out
of the count. What is final stays: a correction is a further version with its reason beside it.
SOURCE: PRACTICE 18.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from topics.kit.errors import BadEvaluation


class MonthState(StrEnum):
    """Where a month stands."""

    DRAFT = "草稿"
    FROZEN = "冻结"
    SHOWN = "公示"
    APPEALED = "申诉"  # 公示 goes on, and at least one appeal is there
    REVIEWING = "复核"
    FINAL = "定稿"


class MonthStep(StrEnum):
    """What can be done with a month."""

    FREEZE = "freeze"
    THAW = "thaw"  # 退回草稿, before anybody outside saw it
    SHOW = "show"
    APPEAL = "appeal"  # data: {"by", "row", "indicator", "cases", "photos"}
    REVIEW = "review"
    DECIDE = "decide"  # data: {"appeal": step id, "accepted": bool, "exclude": [case]}
    FINISH = "finish"
    CORRECT = "correct"


LABELS = {
    MonthStep.FREEZE: "冻结",
    MonthStep.THAW: "退回草稿",
    MonthStep.SHOW: "公示",
    MonthStep.APPEAL: "申诉",
    MonthStep.REVIEW: "进入复核",
    MonthStep.DECIDE: "复核意见",
    MonthStep.FINISH: "定稿",
    MonthStep.CORRECT: "更正",
}

_FROM: Mapping[MonthStep, frozenset[MonthState]] = {
    MonthStep.FREEZE: frozenset({MonthState.DRAFT}),
    MonthStep.THAW: frozenset({MonthState.FROZEN}),
    MonthStep.SHOW: frozenset({MonthState.FROZEN}),
    MonthStep.APPEAL: frozenset({MonthState.SHOWN, MonthState.APPEALED}),
    MonthStep.REVIEW: frozenset({MonthState.SHOWN, MonthState.APPEALED}),
    MonthStep.DECIDE: frozenset({MonthState.REVIEWING}),
    MonthStep.FINISH: frozenset({MonthState.REVIEWING}),
    MonthStep.CORRECT: frozenset({MonthState.FINAL}),
}
_TO: Mapping[MonthStep, MonthState] = {
    MonthStep.FREEZE: MonthState.FROZEN,
    MonthStep.THAW: MonthState.DRAFT,
    MonthStep.SHOW: MonthState.SHOWN,
    MonthStep.APPEAL: MonthState.APPEALED,
    MonthStep.REVIEW: MonthState.REVIEWING,
    MonthStep.DECIDE: MonthState.REVIEWING,
    MonthStep.FINISH: MonthState.FINAL,
    MonthStep.CORRECT: MonthState.FINAL,
}
_WITH_NOTE = frozenset({MonthStep.THAW, MonthStep.APPEAL, MonthStep.DECIDE, MonthStep.CORRECT})
BY_ANYBODY = frozenset({MonthStep.APPEAL})
"""Steps of those who are judged; all others belong to the reviewers."""


@dataclass(frozen=True, slots=True)
class MonthEvent:
    """One step of a month; `result` is what was counted then, for steps that keep it."""

    step: MonthStep
    at: datetime
    by: str
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal and, once there is one, its decision."""

    event: MonthEvent
    decision: MonthEvent | None = None

    @property
    def cases(self) -> frozenset[str]:
        """The cases that it is about."""
        return frozenset(str(one) for one in self.event.data.get("cases", ()))

    @property
    def accepted(self) -> bool:
        """Whether it was decided and granted."""
        return self.decision is not None and bool(self.decision.data.get("accepted"))


@dataclass(frozen=True, slots=True)
class Month:
    """A month as of a moment. `versions` are the final result and its corrections, oldest first."""

    state: MonthState = MonthState.DRAFT
    frozen: MonthEvent | None = None
    appeals: tuple[Appeal, ...] = ()
    versions: tuple[MonthEvent, ...] = ()
    steps: int = 0

    @property
    def excluded(self) -> frozenset[str]:
        """The cases that granted appeals took out of the count."""
        granted = (one.decision for one in self.appeals if one.accepted)
        return frozenset(
            str(case) for one in granted if one is not None for case in one.data.get("exclude", ())
        )

    @property
    def open_appeals(self) -> tuple[Appeal, ...]:
        """Those nobody decided yet."""
        return tuple(one for one in self.appeals if one.decision is None)


def fold(events: Iterable[MonthEvent]) -> Month:
    """The month after these steps, oldest first."""
    month = Month()
    for event in events:
        month = _after(month, event)
    return month


def allowed(month: Month) -> tuple[MonthStep, ...]:
    """The steps that are open now."""
    return tuple(step for step in MonthStep if not _why_not(month, step))


def check(month: Month, event: MonthEvent, *, ends: datetime) -> None:
    """Raise BadEvaluation where the step is not open, or says too little.

    `ends` is the month's end: a running month is not frozen.
    """
    step = event.step
    why = _why_not(month, step)
    if why:
        raise BadEvaluation(why, problem=_open_steps(month))
    if step is MonthStep.FREEZE and event.at < ends:
        raise BadEvaluation("这个月还没有结束;下月起才能冻结", problem=_open_steps(month))
    if step in _WITH_NOTE and not event.note.strip():
        raise BadEvaluation(f"{LABELS[step]}要写明理由", problem=_open_steps(month))
    if step is MonthStep.DECIDE:
        _check_decision(month, event)


def _why_not(month: Month, step: MonthStep) -> str:
    if month.state not in _FROM[step]:
        places = "、".join(sorted(one.value for one in _FROM[step]))
        return f"这个月在“{month.state}”,不能{LABELS[step]};要在“{places}”时"
    if step is MonthStep.FINISH and month.open_appeals:
        return f"还有 {len(month.open_appeals)} 条申诉没有复核意见,不能定稿"
    if step is MonthStep.DECIDE and not month.open_appeals:
        return "没有待复核的申诉"
    return ""


def _check_decision(month: Month, event: MonthEvent) -> None:
    appeal = next((a for a in month.open_appeals if a.event.id == event.data.get("appeal")), None)
    if appeal is None:
        known = "、".join(str(one.event.id) for one in month.open_appeals)
        raise BadEvaluation(f"没有这条待复核的申诉;待复核:{known}", problem=_open_steps(month))
    if appeal.event.by == event.by:
        raise BadEvaluation("提出申诉的人不能自己复核;请换一位复核人", problem=_open_steps(month))
    others = [one for one in event.data.get("exclude", ()) if one not in appeal.cases]
    if others:
        named = "、".join(map(str, others[:5]))
        raise BadEvaluation(
            f"只能剔除这条申诉所列的事件,其中没有:{named}", problem=_open_steps(month)
        )


def _open_steps(month: Month) -> dict[str, Sequence[str]]:
    return {"allowed": [one.value for one in allowed(month)]}


def _after(month: Month, event: MonthEvent) -> Month:
    after = replace(month, state=_TO[event.step], steps=month.steps + 1)
    match event.step:
        case MonthStep.FREEZE:
            return replace(after, frozen=event)
        case MonthStep.THAW:
            return replace(after, frozen=None)
        case MonthStep.APPEAL:
            return replace(after, appeals=(*month.appeals, Appeal(event)))
        case MonthStep.DECIDE:
            decided = tuple(
                replace(one, decision=event) if one.event.id == event.data["appeal"] else one
                for one in month.appeals
            )
            return replace(after, appeals=decided)
        case MonthStep.FINISH | MonthStep.CORRECT:
            return replace(after, versions=(*month.versions, event))
        case _:
            return after
