"""A month of 考核 goes its steps in order; what is final is never changed silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from topics.kit.errors import BadEvaluation
from topics.kit.evaluation.months import (
    Month,
    MonthEvent,
    MonthState,
    MonthStep,
    allowed,
    check,
    fold,
)

ENDS = datetime(2026, 10, 31, 16, tzinfo=UTC)


class Walk:
    """Takes step after step, each checked."""

    def __init__(self) -> None:
        self.events: list[MonthEvent] = []

    @property
    def month(self) -> Month:
        return fold(self.events)

    def go(self, step: MonthStep, by: str = "zhou", note: str = "理由", **data: Any) -> Walk:
        at = ENDS + timedelta(days=len(self.events))
        event = MonthEvent(
            step, at, by, note, data, {"version": len(self.events)}, len(self.events) + 1
        )
        check(self.month, event, ends=ENDS)
        self.events.append(event)
        return self


def shown() -> Walk:
    return Walk().go(MonthStep.FREEZE).go(MonthStep.SHOW)


def test_a_month_goes_from_draft_to_final() -> None:
    walk = shown().go(MonthStep.APPEAL, "cgj", cases=["c1"])
    assert walk.month.state is MonthState.APPEALED
    walk.go(MonthStep.REVIEW).go(MonthStep.DECIDE, appeal=3, accepted=True, exclude=["c1"])
    assert walk.month.excluded == {"c1"}
    assert walk.go(MonthStep.FINISH).month.state is MonthState.FINAL


def test_a_month_without_appeals_is_reviewed_all_the_same() -> None:
    with pytest.raises(BadEvaluation, match="要在“复核”时"):
        shown().go(MonthStep.FINISH)
    assert shown().go(MonthStep.REVIEW).go(MonthStep.FINISH).month.state is MonthState.FINAL


def test_a_running_month_is_not_frozen() -> None:
    early = MonthEvent(MonthStep.FREEZE, ENDS - timedelta(seconds=1), "zhou")
    with pytest.raises(BadEvaluation, match="还没有结束"):
        check(Month(), early, ends=ENDS)
    check(Month(), MonthEvent(MonthStep.FREEZE, ENDS, "zhou"), ends=ENDS)


def test_an_open_appeal_keeps_a_month_from_being_final() -> None:
    walk = shown().go(MonthStep.APPEAL).go(MonthStep.APPEAL).go(MonthStep.REVIEW, "li")
    walk.go(MonthStep.DECIDE, "li", appeal=3, accepted=False)
    with pytest.raises(BadEvaluation, match="1 条申诉没有复核意见"):
        walk.go(MonthStep.FINISH)
    assert walk.month.excluded == frozenset()


def test_who_appealed_does_not_decide() -> None:
    walk = shown().go(MonthStep.APPEAL, "wang").go(MonthStep.REVIEW)
    with pytest.raises(BadEvaluation, match="不能自己复核"):
        walk.go(MonthStep.DECIDE, "wang", appeal=3, accepted=True)


def test_only_cases_of_the_appeal_are_taken_out() -> None:
    walk = Walk().go(MonthStep.FREEZE).go(MonthStep.SHOW).go(MonthStep.APPEAL, "wang", cases=["c1"])
    walk.go(MonthStep.REVIEW)
    with pytest.raises(BadEvaluation, match="其中没有:c2"):
        walk.go(MonthStep.DECIDE, appeal=3, accepted=True, exclude=["c1", "c2"])
    walk.go(MonthStep.DECIDE, appeal=3, accepted=True, exclude=["c1"])
    assert walk.month.excluded == {"c1"}


def test_an_appeal_is_decided_once() -> None:
    walk = shown().go(MonthStep.APPEAL, "wang").go(MonthStep.APPEAL, "wang").go(MonthStep.REVIEW)
    walk.go(MonthStep.DECIDE, appeal=3, accepted=True)
    with pytest.raises(BadEvaluation, match="待复核:4"):
        walk.go(MonthStep.DECIDE, appeal=3, accepted=False)


def test_after_the_review_began_nobody_appeals() -> None:
    with pytest.raises(BadEvaluation) as refused:
        shown().go(MonthStep.REVIEW).go(MonthStep.APPEAL)
    assert refused.value.problem == {"allowed": ["finish"]}


@pytest.mark.parametrize("step", [MonthStep.APPEAL, MonthStep.THAW, MonthStep.CORRECT])
def test_steps_that_need_a_reason_are_refused_without(step: MonthStep) -> None:
    walks = {
        MonthStep.APPEAL: shown(),
        MonthStep.THAW: Walk().go(MonthStep.FREEZE),
        MonthStep.CORRECT: shown().go(MonthStep.REVIEW).go(MonthStep.FINISH),
    }
    with pytest.raises(BadEvaluation, match="写明理由"):
        walks[step].go(step, note=" ")


def test_a_correction_stands_beside_the_final_result() -> None:
    final = shown().go(MonthStep.REVIEW).go(MonthStep.FINISH)
    first = final.month.versions
    corrected = final.go(MonthStep.CORRECT, note="补录 3 件").month
    assert corrected.versions[:1] == first
    assert (len(corrected.versions), corrected.versions[1].note) == (2, "补录 3 件")
    assert allowed(corrected) == (MonthStep.CORRECT,)


def test_a_frozen_month_may_go_back_before_anybody_saw_it() -> None:
    assert Walk().go(MonthStep.FREEZE).go(MonthStep.THAW).month.state is MonthState.DRAFT
    with pytest.raises(BadEvaluation):
        shown().go(MonthStep.THAW)
