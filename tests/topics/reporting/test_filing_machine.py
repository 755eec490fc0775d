"""Whatever people do in whatever order: nobody accepts his own numbers, nothing skips a review."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from topics.kit.errors import StepRefused
from topics.kit.reporting.machine import (
    DONE,
    EDITABLE,
    WAITING,
    Action,
    Person,
    State,
    advance,
    allowed,
)

PEOPLE = (
    Person("clerk", fills=True),
    Person("other", fills=True),
    Person("reviewer", reviews=True),
    Person("both", fills=True, reviews=True),
    Person("nobody"),
)


class Filings(RuleBasedStateMachine):
    """One filing in many hands, and a plain account of what was reviewed by whom."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.PENDING
        self.writers: tuple[str, ...] = ()
        self.ever_accepted = False
        self.waits = False

    @rule(
        action=st.sampled_from(Action),
        person=st.sampled_from(PEOPLE),
        note=st.sampled_from(["", "原因"]),
    )
    def act(self, action: Action, person: Person, note: str) -> None:
        open_before = allowed(self.state, person, self.writers)
        try:
            after = advance(self.state, action, person, self.writers, note)
        except StepRefused:
            assert action not in open_before or action in (Action.RETURN, Action.CORRECT)
            return
        assert action in open_before
        if action in (Action.ACCEPT, Action.RETURN):
            assert self.waits
            assert person.reviews
        if action is Action.ACCEPT:
            assert person.id not in self.writers
            self.ever_accepted = True
        if action in (Action.SAVE, Action.SUBMIT):
            assert person.fills
            self.writers = (*self.writers, person.id)
        if action is Action.CORRECT:
            self.writers = ()
        self.waits = action is Action.SUBMIT or (self.waits and action is Action.REMIND)
        self.state = after

    @invariant()
    def what_was_accepted_stays_accepted(self) -> None:
        assert (self.state in DONE) == self.ever_accepted

    @invariant()
    def it_waits_exactly_after_being_handed_in(self) -> None:
        assert (self.state in WAITING) == self.waits

    @invariant()
    def somebody_can_always_go_on(self) -> None:
        open_now = [one for person in PEOPLE for one in allowed(self.state, person, self.writers)]
        assert open_now

    @invariant()
    def cells_are_open_or_somebody_has_them(self) -> None:
        assert self.state in EDITABLE | WAITING | {State.ACCEPTED}


Filings.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestFilings = Filings.TestCase


def test_a_return_needs_a_reason() -> None:
    reviewer = PEOPLE[2]
    with pytest.raises(StepRefused, match="原因"):
        advance(State.SUBMITTED, Action.RETURN, reviewer, ("clerk",), " 。")
    assert advance(State.SUBMITTED, Action.RETURN, reviewer, ("clerk",), "漏报") is State.RETURNED


def test_only_who_filled_it_in_takes_it_back() -> None:
    assert Action.WITHDRAW not in allowed(State.SUBMITTED, PEOPLE[3], ("clerk",))
    assert Action.WITHDRAW in allowed(State.SUBMITTED, PEOPLE[0], ("clerk",))


def test_a_refusal_names_what_can_be_done() -> None:
    with pytest.raises(StepRefused, match="现在可以:撤回") as refused:
        advance(State.SUBMITTED, Action.SAVE, PEOPLE[0], ("clerk",))
    assert refused.value.problem == {"state": "已提交", "allowed": ["withdraw"]}
