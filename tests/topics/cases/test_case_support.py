"""协办: each with a clock of its own, that stands, is extended, and begins again when asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.topics.cases.case_desk import (
    DUTY,
    HANDLER,
    SUPPORT,
    answered,
    at,
    dispatched,
    opened,
    step,
)
from topics.kit.cases.contracts import Case, CaseEvent, CaseState, CaseStep, Task
from topics.kit.cases.fold import apply
from topics.kit.cases.lines import line_of
from topics.kit.cases.machine import options
from topics.kit.errors import BadCase, CaseStepRefused

S = CaseState
ROADS = replace(SUPPORT, id="u-jtj", unit="jtj")


def filed() -> Case:
    return step(step(opened(), "受理", DUTY, "26 09:05"), "立案", DUTY, "26 09:08")


def given(**limits: str) -> Case:
    support = ("zjj", "jtj")
    return step(filed(), "派遣", DUTY, "26 09:10", unit="cgj", support=support, limits=limits)


def task(case: Case, unit: str = "zjj") -> Task:
    return next(one for one in case.tasks if one.unit == unit)


def due(case: Case, unit: str = "zjj") -> datetime | None:
    return task(case, unit).due


def test_a_support_has_its_own_limit_else_that_of_the_category() -> None:
    case = given(zjj="2 工作时")
    assert (due(case), task(case).limit) == (at("26 11:10"), "2 工作时")
    assert (due(case, "jtj"), task(case, "jtj").limit) == (at("26 15:40"), "4 工作时")
    assert (case.due, case.handle_due) == (at("26 15:40"), at("26 15:40"))


def test_the_lead_may_be_given_another_limit_too() -> None:
    case = given(cgj="1 小时")
    assert (case.due, case.limit, due(case)) == (at("26 10:10"), "1 小时", at("26 15:40"))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"swj": "2 工作时"}, "swj 既不是主办也不是协办"),
        ({"zjj": "快一点"}, "写成 4 工作时"),
        ({"zjj": "0 小时"}, "写成 4 工作时"),
        ({"zjj": "nan 小时"}, "写成 4 工作时"),
    ],
)
def test_a_limit_that_is_none_or_nobodys_is_refused(limits: dict[str, str], said: str) -> None:
    with pytest.raises(BadCase, match=said):
        given(**limits)


def test_the_clocks_of_supports_stand_with_the_case_and_go_on_with_it() -> None:
    held = step(given(zjj="2 工作时"), "挂账", DUTY, "26 10:10", note="等", until=at("27 10:00"))
    assert (due(held), task(held).due_note) == (None, "挂账,停表")
    on = step(held, "恢复", DUTY, "26 11:10")
    assert (due(on), due(on, "jtj")) == (at("26 14:40"), at("26 16:40"))


def test_an_extension_of_the_lead_leaves_the_supports_where_they_were() -> None:
    case = step(given(), "签收", HANDLER, "26 09:30")
    case = step(case, "申请延期", HANDLER, "26 10:00", note="雨", until=at("26 15:00"))
    case = step(case, "延期", DUTY, "26 10:10")
    assert case.due != at("26 15:40")
    assert due(case) == at("26 15:40")


def test_a_support_asks_for_more_time_for_itself_and_is_granted_it() -> None:
    case = step(given(), "签收", SUPPORT, "26 10:00")
    asked = step(case, "申请延期", SUPPORT, "26 10:30", note="缺料", until=at("26 11:30"))
    assert asked.asked is None
    offered = [one for one in options(asked, DUTY, at("26 10:30")) if one.word == "延期"]
    assert [(one.unit, one.why) for one in offered] == [("zjj", "")]
    granted = step(asked, "延期", DUTY, "26 10:40")
    assert (due(granted), granted.due) == (at("26 16:40"), at("26 15:40"))
    assert (task(granted).asked, task(granted).extensions) == (None, 1)
    refused = step(asked, "不予延期", DUTY, "26 10:40", note="不急", unit="zjj")
    assert (due(refused), task(refused).asked) == (at("26 15:40"), None)


def test_two_who_ask_are_answered_each_by_itself() -> None:
    case = step(given(), "签收", HANDLER, "26 09:30")
    case = step(step(case, "签收", SUPPORT, "26 09:31"), "签收", ROADS, "26 09:32")
    for person, when in ((SUPPORT, "26 10:00"), (ROADS, "26 10:05")):
        case = step(case, "申请延期", person, when, note="雨", until=at("26 12:00"))
    only_roads = step(case, "延期", DUTY, "26 10:10", unit="jtj")
    assert (task(only_roads).asked is not None, task(only_roads, "jtj").asked) == (True, None)
    with pytest.raises(BadCase, match="没有待答复的延期申请"):
        step(only_roads, "延期", DUTY, "26 10:11", unit="jtj")


def test_nobody_asks_before_it_signed_or_after_it_is_late() -> None:
    case = given(zjj="1 工作时")
    with pytest.raises(CaseStepRefused, match="签收后"):
        step(case, "申请延期", SUPPORT, "26 10:00", note="雨", until=at("26 12:00"))
    signed = step(case, "签收", SUPPORT, "26 09:30")
    with pytest.raises(CaseStepRefused, match="已经超期"):
        step(signed, "申请延期", SUPPORT, "26 11:00", note="雨", until=at("26 12:00"))
    with pytest.raises(BadCase, match="截止时间应晚于现在"):
        step(signed, "申请延期", SUPPORT, "26 10:00", note="雨", until=at("26 09:00"))


def checking() -> Case:
    case = answered(("zjj", "jtj"))
    for person in (SUPPORT, ROADS):
        for word in ("签收", "处置", "反馈"):
            case = step(case, word, person, "26 10:40", note="已配合")
    return step(case, "核查", DUTY, "26 11:00")


def test_rework_begins_the_clock_of_a_support_again_where_it_is_asked_too() -> None:
    again = step(checking(), "退回", DUTY, "26 11:10", note="仍有残留", support=("zjj",))
    assert (task(again).state, task(again).done_at) == (S.HANDLING, None)
    assert due(again) == at("26 16:10")  # 30 minutes between its answer and the rework stood still
    assert (task(again, "jtj").state, due(again, "jtj")) == (S.ANSWERED, at("26 15:40"))
    assert again.state is S.HANDLING
    done = step(again, "反馈", SUPPORT, "26 11:30", note="好了")
    assert task(done).done_at == at("26 11:30")


@pytest.mark.parametrize("unit", ["swj", "cgj"])
def test_rework_is_asked_of_supports_of_the_case_only(unit: str) -> None:
    with pytest.raises(BadCase, match="只能是这个事件的协办"):
        step(checking(), "退回", DUTY, "26 11:10", note="仍有残留", support=(unit,))


def test_the_row_of_a_case_has_the_clocks_of_its_supports_and_the_next_due() -> None:
    case = step(given(zjj="2 工作时"), "签收", ROADS, "26 10:00")
    line = line_of(case, at("26 09:00"))
    assert line.support_due == (at("26 11:10"), at("26 15:40"))
    assert line.support_done == (None, None)
    assert line.next_due == at("26 11:10")


def test_within_what_the_lead_has_to_be_there_is_a_clock() -> None:
    case = step(filed(), "派遣", DUTY, "26 09:10", unit="cgj", respond="2 小时")
    assert (case.respond_limit, case.respond_due) == ("2 小时", at("26 11:10"))
    held = step(case, "挂账", DUTY, "26 10:10", note="等", until=at("27 10:00"))
    assert held.respond_due is None
    assert step(held, "恢复", DUTY, "26 10:40").respond_due == at("26 11:40")


def test_steps_of_before_supports_had_clocks_still_tell_the_same_case() -> None:
    case = filed()
    old = {"unit": "cgj", "support": ["zjj"], "limit": "4 工作时", "to": "派遣", "from": "立案"}
    dues = {"due": at("26 15:40").isoformat(), "due_note": ""}
    case = apply(case, CaseEvent("c1", CaseStep.MOVED, at("26 09:10"), "u", data=old | dues))
    assert (due(case), case.due) == (at("26 15:40"), at("26 15:40"))
    held = {"to": "挂账", "from": "派遣", "until": None, "due": None, "due_note": "挂账,停表"}
    case = apply(case, CaseEvent("c1", CaseStep.MOVED, at("26 10:00"), "u", data=held))
    on = {"to": "派遣", "from": "挂账", "due": at("26 16:40").isoformat(), "due_note": ""}
    case = apply(case, CaseEvent("c1", CaseStep.MOVED, at("26 11:00"), "u", data=on))
    assert (due(case), case.due) == (at("26 16:40"), at("26 16:40"))


def test_what_a_unit_asked_for_is_over_when_the_case_goes_to_another() -> None:
    asked = step(dispatched(), "签收", HANDLER, "26 09:40")
    asked = step(asked, "申请延期", HANDLER, "26 10:00", note="雨", until=at("27 10:00"))
    back = step(asked, "退回", HANDLER, "26 10:10", note="不归我们")
    assert back.asked is None
    again = step(back, "派遣", DUTY, "26 10:20", unit="zjj")
    assert again.asked is None
    assert "延期" not in [one.word for one in options(again, DUTY, at("26 10:30"))]
    answer = step(step(asked, "处置", HANDLER, "26 10:10"), "反馈", HANDLER, "26 10:20", note="好")
    assert answer.asked is None


def test_a_support_that_answers_asks_for_nothing_any_more() -> None:
    case = step(step(given(), "签收", SUPPORT, "26 09:30"), "处置", SUPPORT, "26 09:40")
    case = step(case, "申请延期", SUPPORT, "26 10:00", note="雨", until=at("26 12:00"))
    done = step(case, "反馈", SUPPORT, "26 10:10", note="好了")
    assert task(done).asked is None
    assert "延期" not in [one.word for one in options(done, DUTY, at("26 10:11"))]
