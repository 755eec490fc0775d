"""督办: who may take which step when, and what its log says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.directives.contracts import (
    Directive,
    DirectiveEvent,
    DirectiveState,
    DirectiveStep,
    Subject,
)
from topics.kit.directives.ladder import load_ladder
from topics.kit.directives.machine import (
    ENDED,
    NEEDS_NOTE,
    Person,
    allowed,
    check_step,
    fold,
    overdue,
)
from topics.kit.directives.telling import about_step, reminders
from topics.kit.errors import BadManifest, StepRefused

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
ISSUED = Directive(
    id="d1",
    about=Subject("indicator", "water.nh3|440205"),
    topic="water",
    unit="swj",
    text="查明超标原因",
    deadline=START + timedelta(days=3),
    issued_at=START,
    issued_by="he",
    state=DirectiveState.ISSUED,
    data={"title": "马坝河 氨氮"},
)
HE = Person("he", leads=True)
OTHER_LEADER = Person("gao", leads=True)
UNIT = Person("wang", answers=True, unit="swj")
ELSEWHERE = Person("li", answers=True, unit="sthjj")
BOTH = Person("root", leads=True, answers=True, unit="swj")
PEOPLE = (HE, OTHER_LEADER, UNIT, ELSEWHERE, BOTH, Person("nobody"))


def after(*steps: tuple[DirectiveStep, Person, str]) -> Directive:
    one, log = ISSUED, []
    for number, (step, person, note) in enumerate(steps, 1):
        check_step(one, step, person, note)
        at = START + timedelta(hours=number)
        log.append(DirectiveEvent("d1", step, at, person.id, note, id=number))
        one = fold(ISSUED, log)
    return one


SIGNED = (DirectiveStep.SIGNED, UNIT, "")
ANSWERED = (DirectiveStep.ANSWERED, UNIT, "已查明,排口已封堵")
RETURNED = (DirectiveStep.RETURNED, HE, "缺复测结果")


def test_a_directive_is_signed_answered_and_closed() -> None:
    one = after(SIGNED, ANSWERED, (DirectiveStep.CLOSED, HE, ""))
    assert (one.state, one.reply) == (DirectiveState.CLOSED, "已查明,排口已封堵")
    assert one.closed_at == START + timedelta(hours=3)


def test_a_returned_answer_is_owed_again_and_counts() -> None:
    one = after(SIGNED, ANSWERED, RETURNED)
    assert (one.state, one.returned) == (DirectiveState.SIGNED, 1)
    assert one.data["returned_why"] == "缺复测结果"
    again = after(SIGNED, ANSWERED, RETURNED, (DirectiveStep.ANSWERED, UNIT, "复测 0.8 mg/L"))
    assert again.reply == "复测 0.8 mg/L"


def test_only_the_unit_it_was_sent_to_signs_and_answers() -> None:
    for person in (HE, ELSEWHERE, Person("nobody")):
        with pytest.raises(StepRefused, match="承办单位"):
            check_step(ISSUED, DirectiveStep.SIGNED, person, "")


def test_a_person_of_no_unit_answers_for_none() -> None:
    without = replace(ISSUED, unit="")
    assert allowed(without, Person("x", answers=True, unit=None)) == ()


def test_who_answered_does_not_close_his_own_answer() -> None:
    one = after(SIGNED, (DirectiveStep.ANSWERED, BOTH, "已办"))
    with pytest.raises(StepRefused, match="反馈人不能办结"):
        check_step(one, DirectiveStep.CLOSED, BOTH, "")
    assert DirectiveStep.CLOSED in allowed(one, OTHER_LEADER)


def test_only_its_issuer_withdraws_it_and_says_why() -> None:
    assert DirectiveStep.WITHDRAWN not in allowed(ISSUED, OTHER_LEADER)
    with pytest.raises(StepRefused, match="撤销的原因"):
        check_step(ISSUED, DirectiveStep.WITHDRAWN, HE, " ")
    assert check_step(ISSUED, DirectiveStep.WITHDRAWN, HE, "重复") is DirectiveState.WITHDRAWN


def test_a_refused_step_names_the_open_ones() -> None:
    with pytest.raises(StepRefused) as refused:
        check_step(after(SIGNED), DirectiveStep.SIGNED, UNIT, "")
    assert refused.value.problem == {"state": "已签收", "allowed": ["已反馈"]}


def test_late_begins_at_the_deadline_and_ends_with_the_answer() -> None:
    just_before = ISSUED.deadline - timedelta(microseconds=1)
    assert not overdue(ISSUED, just_before)
    assert overdue(ISSUED, ISSUED.deadline)
    assert not overdue(after(SIGNED, ANSWERED), ISSUED.deadline + timedelta(days=9))


@given(st.lists(st.tuples(st.sampled_from(DirectiveStep), st.sampled_from(PEOPLE)), max_size=12))
def test_no_refused_step_is_reachable_and_what_ended_stays(
    steps: list[tuple[DirectiveStep, Person]],
) -> None:
    one, log = ISSUED, []
    for number, (step, person) in enumerate(steps, 1):
        before = one
        try:
            state = check_step(one, step, person, "说明")
        except StepRefused:
            assert step not in allowed(one, person)
            continue
        assert step in allowed(before, person)
        assert before.state not in ENDED
        log.append(DirectiveEvent("d1", step, START, person.id, "说明", id=number))
        one = fold(ISSUED, log)
        assert one.state is state
        if step in {DirectiveStep.SIGNED, DirectiveStep.ANSWERED}:
            assert person.unit == one.unit
        else:
            assert person.leads
    assert NEEDS_NOTE <= set(DirectiveStep)


def test_the_unit_is_told_of_what_it_owes_and_the_issuer_of_the_answer() -> None:
    assert [m.receiver for m in about_step(ISSUED, DirectiveStep.ISSUED)] == ["unit:swj"]
    answered = about_step(after(SIGNED, ANSWERED), DirectiveStep.ANSWERED, "已办")
    assert [m.receiver for m in answered] == ["account:he"]


def test_a_second_return_is_told_anew() -> None:
    first = about_step(after(SIGNED, ANSWERED, RETURNED), DirectiveStep.RETURNED, "缺结果")
    twice = after(SIGNED, ANSWERED, RETURNED, ANSWERED, RETURNED)
    assert about_step(twice, DirectiveStep.RETURNED, "仍缺")[0].key != first[0].key


def test_reminders_come_a_day_before_and_when_overdue_with_keys_that_stay() -> None:
    deadline = ISSUED.deadline
    assert reminders(ISSUED, deadline - timedelta(days=1, seconds=1)) == []
    near = reminders(ISSUED, deadline - timedelta(days=1))
    assert [(m.receiver, m.title) for m in near] == [("unit:swj", "督办即将到期:马坝河 氨氮")]
    late = reminders(ISSUED, deadline)
    assert {m.receiver for m in late} == {"unit:swj", "account:he"}
    assert {m.key for m in late} == {m.key for m in reminders(ISSUED, deadline + timedelta(9))}


def test_a_short_deadline_is_not_reminded_of_at_once() -> None:
    short = replace(ISSUED, deadline=START + timedelta(hours=4))
    assert reminders(short, START) == []


def test_messages_of_a_drill_say_so() -> None:
    drill = replace(ISSUED, drill=True)
    told = about_step(drill, DirectiveStep.ISSUED)[0]
    assert told.drill
    assert told.title.startswith("【演练】")


LADDER = load_ladder(Path("data/reference/directive_reminders.csv"))
HOUR = timedelta(hours=1)


def keys(one: Directive, hours: float) -> set[str]:
    return {told.key for told in reminders(one, one.deadline + hours * HOUR, LADDER)}


def test_an_overdue_one_is_reminded_of_by_the_ladder_and_not_for_ever() -> None:
    seen = [keys(ISSUED, hours) for hours in range(-30, 24 * 400, 6)]
    told = {key for some in seen for key in some if ":overdue:" in key}
    assert told == {f"directive:{ISSUED.id}:overdue:0:{rung}" for rung in range(4)}
    assert keys(ISSUED, 23.9) == {f"directive:{ISSUED.id}:overdue:0:0"}
    assert keys(ISSUED, 24) == {f"directive:{ISSUED.id}:overdue:0:1"}
    assert keys(ISSUED, 24 * 399) == {f"directive:{ISSUED.id}:overdue:0:3"}  # told before


def test_after_a_return_the_ladder_begins_again() -> None:
    back = replace(
        after(SIGNED, ANSWERED, RETURNED),
        data={"returned_at": (ISSUED.deadline + 100 * HOUR).isoformat()},
    )
    assert keys(back, 100) == {f"directive:{ISSUED.id}:overdue:1:0"}
    assert keys(back, 124) == {f"directive:{ISSUED.id}:overdue:1:1"}
    assert after(SIGNED, ANSWERED, RETURNED).data["returned_at"]


def test_one_that_was_answered_is_not_reminded_of() -> None:
    assert keys(after(SIGNED, ANSWERED), 500) == set()


@pytest.mark.parametrize("row", ["x,unit,yes", "1,mayor,yes", "1,unit,maybe"])
def test_a_ladder_that_cannot_be_is_refused_with_its_row(tmp_path: Path, row: str) -> None:
    table = tmp_path / "directive_reminders.csv"
    table.write_text(f"after_hours,to,urgent,source,status\n0,unit,no,s,s\n{row},s,s\n", "utf-8")
    with pytest.raises(BadManifest, match="第 3 行"):
        load_ladder(table)
    same = "5,unit,no,s,s\n"
    table.write_text("after_hours,to,urgent,source,status\n" + same + same, "utf-8")
    with pytest.raises(BadManifest, match="从小到大"):
        load_ladder(table)
