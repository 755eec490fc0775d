from __future__ import annotations

from typing import Any

import pytest

from tests.topics.cases.case_desk import (
    CATEGORIES,
    CLOCK,
    CLOCKS,
    DUTY,
    HANDLER,
    LANDS,
    LEADER,
    OTHER_DUTY,
    SUPPORT,
    answered,
    at,
    dispatched,
    opened,
    step,
)
from topics.kit.cases.contracts import Case, CaseState, CategoryKey
from topics.kit.cases.fold import apply
from topics.kit.cases.limits import CaseClocks, LocalLimit
from topics.kit.cases.machine import SYSTEM, Order, Person, advance, open_words, options
from topics.kit.cases.transitions import DESK, Post
from topics.kit.errors import BadCase, CaseStepRefused
from topics.kit.schemes import Limit

S = CaseState


def test_a_case_goes_from_report_to_closing_step_by_step() -> None:
    case = step(answered(), "核查", DUTY, "26 11:00")
    case = step(case, "结案", DUTY, "26 11:30", note="现场已清洁")
    assert case.state is S.CLOSED
    assert case.closed_at == at("26 11:30")
    assert case.handlers == ("u-cgj",)
    assert case.checked_by == "u-duty"
    assert case.version == 9
    assert not case.open


def test_what_video_analysis_reports_is_verified_first() -> None:
    case = opened(source="video")
    assert case.state is S.TO_VERIFY
    assert step(case, "上报", DUTY, "26 09:20").state is S.REPORTED
    assert step(case, "作废", DUTY, "26 09:20", note="画面误判").state is S.VOID


def test_a_skipped_stage_is_refused_with_what_is_open() -> None:
    with pytest.raises(CaseStepRefused, match="“上报”的事件现在不能“结案”;您现在可以:受理") as told:
        step(opened(), "结案", DUTY, "26 09:10")
    assert "受理" in told.value.problem["allowed"]
    assert "结案" not in told.value.problem["allowed"]


def test_who_handled_a_case_never_checks_it() -> None:
    both = Person("u-cgj", DESK | {Post.HANDLER}, unit="cgj")
    with pytest.raises(CaseStepRefused, match="处置过这个事件的人不能核查它"):
        step(answered(), "核查", both, "26 11:00")
    checking = step(answered(), "核查", DUTY, "26 11:00")
    for word in ("结案", "退回"):
        with pytest.raises(CaseStepRefused, match="由另一人核查"):
            step(checking, word, both, "26 11:10", note="好")


def test_who_signed_but_did_not_answer_does_not_check_either() -> None:
    case = step(dispatched(), "签收", HANDLER, "26 09:30")
    colleague = Person("u-cgj-2", frozenset({Post.HANDLER}), unit="cgj")
    case = step(case, "处置", colleague, "26 09:40")
    case = step(case, "反馈", colleague, "26 10:30", note="已清运")
    for handled in ("u-cgj", "u-cgj-2"):
        with pytest.raises(CaseStepRefused, match="由另一人核查"):
            step(case, "核查", Person(handled, DESK), "26 11:00")


@pytest.mark.parametrize("person", [SUPPORT, DUTY, LEADER])
def test_only_the_unit_itself_signs(person: Person) -> None:
    with pytest.raises(CaseStepRefused, match=r"由(主办|处置)单位进行"):
        step(dispatched(), "签收", person, "26 09:30")


def test_a_case_closes_only_when_every_co_handler_is_done() -> None:
    checking = step(answered(("zjj",)), "核查", DUTY, "26 11:00")
    with pytest.raises(CaseStepRefused, match="还有 1 个协办单位没有反馈"):
        step(checking, "结案", DUTY, "26 11:30")
    for word, when in (("签收", "26 11:31"), ("处置", "26 11:32"), ("反馈", "26 11:33")):
        checking = step(checking, word, SUPPORT, when, note="完成")
    lead, other = checking.tasks
    assert (lead.done_at, other.done_at) == (at("26 10:30"), at("26 11:33"))
    assert step(checking, "结案", DUTY, "26 11:40").state is S.CLOSED


def test_a_co_handler_moves_only_its_own_task() -> None:
    case = dispatched(("zjj",))
    after = step(case, "签收", SUPPORT, "26 09:30")
    assert after.state is S.DISPATCHED
    assert [one.state for one in after.tasks] == [S.DISPATCHED, S.SIGNED]
    with pytest.raises(CaseStepRefused, match="协办任务现在应先“处置”"):
        step(after, "签收", SUPPORT, "26 09:31")


def test_rework_gives_the_unit_back_its_clock_and_counts() -> None:
    # 4 工作时 from 09:10: due at 15:40 with the noon break; checking took from 10:30 to 14:30.
    assert dispatched().due == at("26 15:40")
    case = step(answered(), "核查", DUTY, "26 11:00")
    case = step(case, "退回", DUTY, "26 14:30", note="仍有残留")
    assert case.state is S.HANDLING
    assert case.reworks == 1
    assert case.due == at("26 17:10")  # 1.5 working hours of checking are not the unit's
    assert not case.tasks[0].done
    assert case.handlers == ("u-cgj",)
    again = step(case, "反馈", HANDLER, "26 15:00", note="已再清")
    assert step(again, "核查", DUTY, "26 15:10").state is S.CHECKING


def test_a_request_may_name_the_state_it_wants() -> None:
    case = step(answered(), "核查", DUTY, "26 11:00")
    assert step(case, "处置", DUTY, "26 11:30", note="返工").reworks == 1


def test_a_unit_that_will_not_take_it_gives_it_back_and_the_second_makes_it_unclear() -> None:
    case = step(dispatched(), "退回", HANDLER, "26 09:30", note="不属我局")
    assert case.state is S.FILED
    assert (case.unit, case.tasks, case.returns) == (None, (), 1)
    case = step(case, "派遣", DUTY, "26 09:40", unit="zjj")
    case = step(case, "退回", SUPPORT, "26 10:00", note="也不属我局")
    assert case.state is S.COORDINATING
    assert (case.unit, case.returns) == (None, 2)
    assert step(case, "派遣", DUTY, "26 10:10", unit="cgj").state is S.DISPATCHED


def test_hanging_stops_the_clock_and_resuming_starts_it_where_it_stood() -> None:
    case = step(dispatched(), "签收", HANDLER, "26 09:40")
    held = step(case, "挂账", DUTY, "26 10:10", note="待材料", until=at("30 09:00"))
    assert (held.state, held.due, held.due_note) == (S.SUSPENDED, None, "挂账,停表")
    case = step(held, "恢复", DUTY, "27 10:10")
    assert case.state is S.SIGNED
    assert case.due == at("27 15:40")  # one of the four hours was used: 1 h 50 min, then 1 h 10 min
    assert case.tasks[0].due == case.due


def test_an_extension_is_asked_by_the_unit_and_stops_the_clock_only_when_granted() -> None:
    case = step(dispatched(), "签收", HANDLER, "26 09:40")
    asked = step(case, "申请延期", HANDLER, "26 10:10", note="需夜间施工", until=at("27 10:10"))
    assert asked.due == case.due
    assert "申请延期" not in open_words(asked, HANDLER, at("26 10:20"))
    refused = step(asked, "不予延期", DUTY, "26 11:00", note="可以白天做")
    assert (refused.due, refused.asked, refused.extensions) == (case.due, None, 0)
    granted = step(asked, "延期", DUTY, "26 11:00")
    assert granted.due == at("27 15:40")
    assert (granted.asked, granted.extensions) == (None, 1)


def test_nobody_grants_what_nobody_asked_and_nobody_asks_when_it_is_late() -> None:
    case = step(dispatched(), "签收", HANDLER, "26 09:40")
    with pytest.raises(CaseStepRefused, match="现在不能“延期”"):
        step(case, "延期", DUTY, "26 10:00")
    with pytest.raises(CaseStepRefused, match="已经超期"):
        step(case, "申请延期", HANDLER, "26 16:00", note="x", until=at("27 10:00"))
    asked = step(case, "申请延期", HANDLER, "26 15:40", note="x", until=at("27 10:00"))
    assert asked.asked is not None  # the very moment it is due is in time


def test_a_closed_case_can_be_reopened_and_begins_at_filing() -> None:
    closed = step(step(answered(), "核查", DUTY, "26 11:00"), "结案", DUTY, "26 11:30")
    case = step(closed, "重开", DUTY, "26 15:00", note="又出现")
    assert (case.state, case.unit, case.closed_at, case.reopened) == (S.FILED, None, None, 1)
    assert case.filed_at == at("26 09:08")
    assert step(case, "派遣", DUTY, "26 15:05", unit="cgj").handlers == ()


def test_a_case_goes_up_and_down_between_levels_one_at_a_time() -> None:
    case = step(opened(), "上报上级", DUTY, "26 09:10", note="镇里办不了")
    assert case.holder == "440203"
    case = step(case, "上报上级", DUTY, "26 09:20", note="区里办不了")
    assert case.holder == "440200"
    with pytest.raises(BadCase, match="已在最高一级"):
        step(case, "上报上级", DUTY, "26 09:30", note="还要上")
    with pytest.raises(BadCase, match="不是 440200 的下一级"):
        step(case, "下派", DUTY, "26 09:30", region="440203001")
    assert step(case, "下派", DUTY, "26 09:30", region="440203").holder == "440203"


def test_merging_ends_the_case_and_names_the_other() -> None:
    case = step(opened(), "并案", DUTY, "26 09:10", into="c2")
    assert (case.state, case.merged_into, case.due) == (S.VOID, "c2", None)
    with pytest.raises(BadCase, match="不能并入自己"):
        step(opened(), "并案", DUTY, "26 09:10", into="c1")


def test_a_leader_marks_and_changes_nothing_else() -> None:
    case = dispatched()
    marked = step(case, "督办", LEADER, "26 09:20", data={"directive": "d1"})
    assert (marked.directive, marked.state, marked.due) == ("d1", case.state, case.due)
    assert open_words(case, LEADER, at("26 09:20")) == ["督办", "备注", "照片"]


@pytest.mark.parametrize(
    ("word", "order", "said"),
    [
        ("派遣", {}, r"派遣要写明单位\(unit\)"),
        ("派遣", {"unit": "cgj", "support": ("cgj",)}, "主办单位不能同时是协办单位"),
        ("协调", {"note": "  "}, r"要写明说明\(note\)"),
    ],
)
def test_what_a_step_lacks_is_named(word: str, order: dict[str, Any], said: str) -> None:
    filed = step(step(opened(), "受理", DUTY, "26 09:05"), "立案", DUTY, "26 09:08")
    with pytest.raises(BadCase, match=said):
        step(filed, word, DUTY, "26 09:10", **order)


@pytest.mark.parametrize("until", ["26 09:59", "26 10:00"])
def test_a_pause_that_ends_before_it_begins_is_refused(until: str) -> None:
    case = step(dispatched(), "签收", HANDLER, "26 09:40")
    with pytest.raises(BadCase, match="截止时间应晚于现在"):
        step(case, "挂账", DUTY, "26 10:00", note="等", until=at(until))


def test_a_category_without_a_limit_is_due_nowhere_and_says_so() -> None:
    plain = CategoryKey("综治", "综治", "02001")
    case = step(opened(category=plain), "受理", DUTY, "26 09:05")
    case = step(case, "立案", DUTY, "26 09:08")
    case = step(case, "派遣", DUTY, "26 09:10", unit="swzfw")
    assert (case.due, case.due_note, case.limit) == (None, "未规定时限", "")


def test_a_calendar_without_the_year_leaves_the_case_going_and_says_what_lacks() -> None:
    water = CategoryKey("城市管理", "事项", "06025")  # 15 工作日
    case = step(opened(category=water), "受理", DUTY, "26 09:05")
    case = step(case, "立案", DUTY, "26 09:08")
    late = at("26 09:10").replace(month=12)

    event = advance(case, Order("派遣", unit="swj"), DUTY, CLOCKS, LANDS, late)
    case = apply(case, event)
    assert case.due is None
    assert "没有 2027 年" in case.due_note


def test_a_page_is_told_why_a_step_is_closed_to_somebody() -> None:
    offered = {one.word: one for one in options(dispatched(), OTHER_DUTY, at("26 09:30"))}
    assert offered["签收"].why == "签收由处置单位进行"
    assert offered["挂账"].why == ""
    assert offered["挂账"].needs == ("note", "until")


def test_the_program_itself_never_checks() -> None:
    with pytest.raises(CaseStepRefused):
        step(step(answered(), "核查", DUTY, "26 11:00"), "结案", _only_checks(), "26 11:30")
    assert Post.CHECKER not in SYSTEM.posts


def _only_checks() -> Person:
    return Person("u-cgj", frozenset({Post.CHECKER}))


def test_times_of_the_milestones_are_kept() -> None:
    case: Case = answered()
    assert (case.accepted_at, case.filed_at) == (at("26 09:05"), at("26 09:08"))
    assert (case.file_due, case.dispatch_due) == (at("26 09:30"), at("26 09:38"))
    assert (case.dispatched_at, case.signed_at) == (at("26 09:10"), at("26 09:30"))
    assert (case.handle_due, case.check_due) == (at("26 15:40"), at("26 17:00"))


def test_the_citys_own_limit_of_a_category_comes_before_that_of_its_scheme() -> None:
    water = CategoryKey("城市管理", "事项", "06025")
    own = LocalLimit(water, Limit(2, "工作日"), "", "", "本市", "")
    assert str(CLOCKS.limit_of(water, at("26 09:00"))) == "15 工作日"
    changed = CaseClocks(CLOCK, {}, [own], CATEGORIES.find)
    assert str(changed.limit_of(water, at("26 09:00"))) == "2 工作日"
    major = CategoryKey("城市管理", "事项", "06002")
    assert str(CLOCKS.limit_of(major, at("26 09:00"))) == "1 工作日"  # of its 大类
