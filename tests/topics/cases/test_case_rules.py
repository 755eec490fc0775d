"""Every state that can be reached, and long random lives: nothing illegal is reachable."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.topics.cases.case_desk import (
    CLOCKS,
    DUTY,
    HANDLER,
    LANDS,
    LEADER,
    OTHER_DUTY,
    SUPPORT,
    at,
    opened,
    report,
)
from topics.kit.cases.contracts import Case, CaseEvent, CaseState
from topics.kit.cases.fold import apply, fold
from topics.kit.cases.lines import line_of
from topics.kit.cases.machine import Order, Person, advance, begin, open_words, options
from topics.kit.cases.transitions import DESK, TRANSITIONS, WORDS, Post
from topics.kit.errors import BadCase, CaseStepRefused

S = CaseState
EVERYBODY = Person("u-all", frozenset(Post), any_unit=True)
OTHERS = Person("u-all-2", frozenset(Post), any_unit=True)
BOTH = Person("u-both", DESK | {Post.HANDLER}, unit="cgj")
ROADS = Person("u-jtj", frozenset({Post.HANDLER, Post.REPORTER}), unit="jtj")
PEOPLE = (DUTY, OTHER_DUTY, HANDLER, SUPPORT, ROADS, LEADER, BOTH)
NEXT = {
    None: {S.REPORTED, S.TO_VERIFY},
    S.TO_VERIFY: {S.REPORTED, S.VOID},
    S.REPORTED: {S.ACCEPTED, S.TO_VERIFY, S.VOID},
    S.ACCEPTED: {S.FILED, S.TO_VERIFY, S.VOID},
    S.FILED: {S.DISPATCHED, S.COORDINATING, S.VOID},
    S.COORDINATING: {S.DISPATCHED, S.VOID},
    S.DISPATCHED: {S.SIGNED, S.FILED, S.COORDINATING, S.SUSPENDED, S.VOID},
    S.SIGNED: {S.HANDLING, S.FILED, S.COORDINATING, S.SUSPENDED},
    S.HANDLING: {S.ANSWERED, S.SUSPENDED},
    S.ANSWERED: {S.CHECKING},
    S.CHECKING: {S.CLOSED, S.HANDLING},
    S.SUSPENDED: {S.DISPATCHED, S.SIGNED, S.HANDLING},
    S.CLOSED: {S.FILED},
    S.VOID: {S.REPORTED},
}
"""Written by hand beside the table, from the stages of the standard: they must agree."""


def order(word: str, **more: Any) -> Order:
    values: dict[str, Any] = {
        "note": "说明",
        "unit": "cgj",
        "support": ("zjj",),
        "until": at("27 10:00"),
        "into": "c2",
        "region": "440203001",
        "confirmed": True,
    }
    return Order(word, **(values | more))


def test_every_state_is_reached_and_none_by_a_way_that_is_not_drawn() -> None:
    now = at("26 09:30")
    seen: set[tuple[Any, ...]] = set()
    found: dict[Any, set[CaseState]] = {}
    todo = [opened(), opened(source="video")]
    while todo:
        case = todo.pop()
        key = (case.state, case.returns > 0, case.suspended_from, case.asked is not None)
        if key in seen:
            continue
        seen.add(key)
        for word, person in product(WORDS, (EVERYBODY, OTHERS)):
            try:
                event = advance(case, order(word, support=()), person, CLOCKS, LANDS, now)
            except (CaseStepRefused, BadCase):
                continue
            after = apply(case, event)
            if after.state is not case.state:
                found.setdefault(case.state, set()).add(after.state)
            todo.append(after)
    assert found == {state: ways for state, ways in NEXT.items() if state is not None}
    assert {one.target for one in TRANSITIONS} >= set(S) - {S.SUSPENDED}


class Life(RuleBasedStateMachine):
    """Anybody tries anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[CaseEvent] = []
        self.now = at("02 08:00")
        self.case: Case | None = None
        self.told: object = None
        self.allowed: object = None

    @initialize(source=st.sampled_from(["form", "video", "alert"]))
    def begin(self, source: str) -> None:
        given = report(at=self.now, source=source, reference="a1")
        self._take(begin("c1", "2026-1102-0001", given, CLOCKS, self.now))

    @rule(hours=st.integers(0, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=7)

    @precondition(lambda self: self.case is not None)
    @rule(
        person=st.sampled_from(PEOPLE),
        word=st.sampled_from(WORDS),
        note=st.sampled_from(["", "说明"]),
        unit=st.sampled_from(["cgj", "cgj", "zjj", "jtj", None]),
        support=st.sampled_from([(), ("zjj",), ("jtj",), ("zjj", "jtj")]),
        days=st.integers(-1, 9),
        own=st.booleans(),
    )
    def attempt(
        self,
        person: Person,
        word: str,
        note: str,
        unit: str | None,
        support: tuple[str, ...],
        days: int,
        own: bool,
    ) -> None:
        assert self.case is not None
        before, until = self.case, self.now + timedelta(days=days)
        limits = {one: "3 工作时" for one in support if own}
        asked = order(word, note=note, unit=unit, support=support, until=until, limits=limits)
        allowed = self.allowed = open_words(before, person, self.now)
        self.told = allowed
        try:
            event = advance(before, asked, person, CLOCKS, LANDS, self.now)
        except (CaseStepRefused, BadCase) as told:
            self.told = told.problem.get("allowed", allowed)
            return
        named = {one.word for one in options(before, person, self.now) if not one.why}
        assert word in named or event.data.get("to") == word or word in event.data.get("to", "")
        self._take(event)
        self._legal(before, person)

    def _take(self, event: CaseEvent) -> None:
        self.events.append(event)
        self.case = apply(self.case, event)

    def _legal(self, before: Case, person: Person) -> None:
        after = self.case
        assert after is not None
        if after.state is not before.state:
            assert after.state in NEXT[before.state]
        if after.state is S.CLOSED and before.state is S.CHECKING:
            assert person.id not in before.handlers
            assert before.handlers
            assert all(one.done for one in before.tasks)
        if before.state in (S.DISPATCHED, S.SIGNED, S.HANDLING) and after.state in (
            S.SIGNED, S.HANDLING, S.ANSWERED,
        ):  # fmt: skip
            assert person.unit == before.unit

    @invariant()
    def who_is_refused_is_told_what_is_open(self) -> None:
        assert self.told == self.allowed

    @invariant()
    def the_log_tells_everything(self) -> None:
        if self.case is not None:
            assert fold(self.events) == self.case
            assert self.case.version == len(self.events)
            assert line_of(self.case, self.events[0].at).open == self.case.open

    @invariant()
    def a_clock_stands_or_runs_but_never_ends_before_it_began(self) -> None:
        case = self.case
        if case is None or not case.open:
            return
        if case.state is S.SUSPENDED:
            assert case.due is None
        elif case.due is not None and case.dispatched_at is not None:
            assert case.handle_due is None or case.handle_due > case.dispatched_at
        if case.state in (S.DISPATCHED, S.SIGNED, S.HANDLING):
            assert case.unit is not None
            assert case.tasks[0].lead
            assert all(end is not None for _, end in case.pauses)

    @invariant()
    def nobody_is_answered_who_did_not_ask_since_it_was_given_to_the_unit(self) -> None:
        case = self.case
        if case is None:
            return
        if case.asked is not None:
            assert case.state in (S.SIGNED, S.HANDLING, S.SUSPENDED)
            assert case.dispatched_at is not None
            assert case.asked[0] >= case.dispatched_at
        assert all(one.asked is None for one in case.tasks if one.lead or one.done)
        if case.unit is None:
            assert case.tasks == ()

    @invariant()
    def a_part_that_is_done_has_no_clock_left_and_one_that_stands_has_no_due(self) -> None:
        case = self.case
        if case is None or case.dispatched_at is None:
            return
        line = line_of(case, self.events[0].at)
        for one in case.tasks[1:]:
            running = [end for _, end in one.pauses if end is None]
            assert len(running) == (case.state is S.SUSPENDED and not one.done)
            assert one.done or (one.due is None) == (case.state is S.SUSPENDED)
        dues = [case.due, *(one.due for one in case.tasks if not one.done)]
        if line.next_due is not None and case.state in (S.DISPATCHED, S.SIGNED, S.HANDLING):
            assert line.next_due == min(one for one in dues if one is not None)


Life.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
