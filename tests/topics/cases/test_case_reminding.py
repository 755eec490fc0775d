from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.topics.cases.case_desk import DUTY, HANDLER, SUPPORT, answered, at, dispatched, step
from topics.kit.cases.contracts import Case, CaseState
from topics.kit.cases.lines import CaseLine, line_of
from topics.kit.cases.reminding import Owed, owed, told

AHEAD = timedelta(minutes=30)
LINE = line_of(dispatched(("zjj",)), at("26 09:00"))  # due at 15:40


def row(case: Case) -> CaseLine:
    return line_of(case, at("26 09:00"))


def names(one: Owed) -> list[str]:
    return [f"receiver:{one.unit or 'desk'}-phone"]


def said(line: CaseLine, when: str) -> list[tuple[str, str, str]]:
    found = told(line, at(when), AHEAD, names).messages
    return [(one.receiver, one.title, one.text) for one in found]


def test_every_unit_that_has_something_to_do_is_told_before_and_after_it_is_due() -> None:
    soon = said(LINE, "26 15:20")
    assert [one[0] for one in soon] == ["receiver:cgj-phone", "receiver:zjj-phone"]
    assert soon[0][1] == "事件将到期:2026-1126-0001"
    assert soon[0][2] == "垃圾外溢(440203001),处置,15:40 到期,还剩 20 分"
    assert said(LINE, "26 17:00")[1][1:] == (
        "事件超期:2026-1126-0001",
        "垃圾外溢(440203001),协办,已超期 1时20分",
    )


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ("待核实", "核实"), ("上报", "立案"), ("受理", "立案"), ("立案", "派遣"), ("协调", "协调"),
        ("反馈", "核查"), ("核查", "核查"),
    ],
)  # fmt: skip
def test_what_the_desk_has_to_do_is_told_to_the_desk_and_to_no_unit(state: str, what: str) -> None:
    line = replace(LINE, state=state, support=(), support_due=(), support_done=())
    assert [(one.unit, one.what) for one in owed(line)] == [("", what)]
    assert [one[0] for one in said(line, "26 17:00")] == ["receiver:desk-phone"]


def test_a_support_that_answered_hears_nothing_more_and_the_other_does() -> None:
    case = dispatched(("zjj", "jtj"))
    for word in ("签收", "处置", "反馈"):
        case = step(case, word, SUPPORT, "26 10:00", note="已配合")
    assert [one.unit for one in owed(row(case))] == ["cgj", "jtj"]


def test_a_case_that_stands_is_told_to_nobody() -> None:
    case = step(dispatched(("zjj",)), "挂账", DUTY, "26 10:00", note="等", until=at("27 10:00"))
    assert list(owed(row(case))) == []
    assert said(replace(LINE, state=CaseState.SUSPENDED.value), "26 17:00") == []


def test_while_others_check_the_handler_hears_nothing() -> None:
    case = step(answered(("zjj",)), "核查", DUTY, "26 11:00")
    assert [(one.unit, one.what) for one in owed(row(case))] == [("", "核查"), ("zjj", "协办")]


def test_who_has_to_be_there_first_is_told_until_the_unit_begins() -> None:
    line = replace(LINE, respond_due=at("26 11:10"))
    assert ("cgj", "到场或回复") in [(one.unit, one.what) for one in owed(line)]
    begun = replace(line, responded_at=at("26 10:00"))
    assert "到场或回复" not in [one.what for one in owed(begun)]
    case = step(step(dispatched(), "签收", HANDLER, "26 09:30"), "处置", HANDLER, "26 09:40")
    assert case.responded_at == at("26 09:40")


def test_a_new_due_is_told_anew_and_the_same_one_never_twice() -> None:
    def keys(line: CaseLine, *moments: str) -> set[str]:
        found = (told(line, at(when), AHEAD, names).messages for when in moments)
        return {one.key for messages in found for one in messages}

    assert len(keys(LINE, "26 15:20", "26 15:21", "26 15:40", "26 17:00")) == 4
    later = replace(LINE, due=at("27 10:00"), support_due=(at("27 10:00"),))
    assert not keys(LINE, "26 15:20", "26 17:00") & keys(later, "27 09:50")


@pytest.mark.parametrize(
    ("when", "next_at"),
    [("26 12:00", "26 15:10"), ("26 15:10", "26 15:40"), ("26 15:40", None)],
)
def test_a_case_is_looked_at_again_when_something_new_is_to_be_said(
    when: str, next_at: str | None
) -> None:
    found = told(LINE, at(when), AHEAD, names)
    assert found.next_at == (None if next_at is None else at(next_at))
    assert bool(found.messages) == (when != "26 12:00")


def test_who_cannot_be_reached_now_is_tried_again_later() -> None:
    found = told(LINE, at("26 17:00"), AHEAD, lambda one: [])
    assert (found.messages, found.next_at) == ((), at("26 17:30"))


def test_nobody_is_told_of_demo_cases_of_ended_ones_or_where_nothing_is_due() -> None:
    assert said(replace(LINE, demo=True), "26 17:00") == []
    assert said(replace(LINE, ended_at=at("26 12:00")), "26 17:00") == []
    assert said(replace(LINE, due=None, support_due=(None,)), "26 17:00") == []


def test_the_moment_it_is_due_it_is_late() -> None:
    assert said(LINE, "26 15:39")[0][1].startswith("事件将到期")
    assert said(LINE, "26 15:40")[0][1].startswith("事件超期")
