"""Who may do what with a submission, and that nothing is published unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import NotAllowedNow, NoteMissing
from layers.review.machine import (
    Action,
    Found,
    Person,
    Rules,
    Standing,
    State,
    advance,
    allowed,
    found,
)

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
REVIEWED, OPEN = Rules(review_required=True), Rules(review_required=False)
CLERK = Person("clerk", imports=True)
BOTH = Person("both", imports=True, publishes=True)
REVIEWER = Person("reviewer", imports=True, publishes=True)
VIEWER = Person("viewer")
PEOPLE = (CLERK, BOTH, REVIEWER, VIEWER)


def at(state: State, uploader: str = "clerk", **more: object) -> Standing:
    return Standing(state, uploader, **more)  # type: ignore[arg-type]


def do(standing: Standing, action: Action, person: Person, **more: object) -> Standing:
    options = {"rules": REVIEWED, "now": NOW} | more
    return advance(standing, action, person=person, **options)  # type: ignore[arg-type]


def test_the_usual_way_leads_from_checked_to_published() -> None:
    standing = do(at(State.CHECKED), Action.SUBMIT, CLERK)
    standing = found(standing, Found.BUILT, now=NOW)
    standing = do(standing, Action.APPROVE, REVIEWER)
    assert (standing.state, standing.approved_by) == (State.PUBLISHED, "reviewer")


def test_nobody_reviews_what_they_uploaded() -> None:
    standing = at(State.SUBMITTED, "both", built=True)
    for action in (Action.APPROVE, Action.RETURN):
        with pytest.raises(NotAllowedNow, match="另一位审核员"):
            do(standing, action, BOTH, note="x")
    assert do(standing, Action.APPROVE, REVIEWER).state is State.PUBLISHED


def test_a_refusal_names_what_is_allowed() -> None:
    with pytest.raises(NotAllowedNow) as refused:
        do(at(State.SUBMITTED, built=True), Action.SUBMIT, CLERK)
    assert refused.value.allowed == ("reread", "withdraw")


def test_what_is_not_built_cannot_be_approved() -> None:
    with pytest.raises(NotAllowedNow, match="还在编译"):
        do(at(State.SUBMITTED), Action.APPROVE, REVIEWER)


@pytest.mark.parametrize("action", [Action.RETURN, Action.BYPASS])
def test_a_return_and_a_bypass_need_their_reason(action: Action) -> None:
    standing = at(State.SUBMITTED, built=True)
    with pytest.raises(NoteMissing, match="必须写明原因"):
        do(standing, action, REVIEWER, note="  ")
    assert do(standing, action, REVIEWER, note="汛情").state is not State.SUBMITTED


def test_a_time_in_the_future_waits_and_becomes_due_exactly_then() -> None:
    later = NOW + timedelta(hours=2)
    standing = do(at(State.SUBMITTED, built=True), Action.APPROVE, REVIEWER, publish_at=later)
    assert standing.state is State.APPROVED
    just_before = later - timedelta(microseconds=1)
    assert found(standing, Found.DUE, now=just_before).state is State.APPROVED
    assert found(standing, Found.DUE, now=later).state is State.PUBLISHED


def test_a_bypass_of_what_is_not_built_waits_for_the_draft_only() -> None:
    standing = do(at(State.CHECKED, "both"), Action.BYPASS, BOTH, note="险情")
    assert (standing.state, standing.urgent) == (State.APPROVED, True)
    built = found(standing, Found.BUILT, now=NOW)
    assert found(built, Found.DUE, now=NOW).state is State.PUBLISHED


def test_without_reviews_who_may_publish_publishes_their_own() -> None:
    standing = at(State.CHECKED, "both")
    assert do(standing, Action.PUBLISH, BOTH, rules=OPEN).state is State.APPROVED
    with pytest.raises(NotAllowedNow):
        do(standing, Action.PUBLISH, BOTH)
    with pytest.raises(NotAllowedNow):
        do(at(State.CHECKED), Action.PUBLISH, CLERK, rules=OPEN)


def test_a_correction_voids_what_was_decided() -> None:
    standing = do(at(State.SUBMITTED, built=True), Action.REREAD, CLERK)
    assert standing == at(State.RECEIVED)


def test_a_timed_publication_can_be_called_back_or_brought_forward() -> None:
    later = NOW + timedelta(days=1)
    standing = do(at(State.SUBMITTED, built=True), Action.APPROVE, REVIEWER, publish_at=later)
    assert do(standing, Action.RETURN, REVIEWER, note="有误").state is State.RETURNED
    assert do(standing, Action.WITHDRAW, CLERK).state is State.WITHDRAWN
    assert do(standing, Action.PUBLISH, REVIEWER).state is State.PUBLISHED


def test_what_was_overtaken_is_reviewed_again() -> None:
    standing = at(State.APPROVED, built=True, approved_by="reviewer", publish_at=NOW)
    assert found(standing, Found.OVERTAKEN, now=NOW) == at(State.SUBMITTED, built=True)


def test_a_reading_that_comes_too_late_changes_nothing() -> None:
    for state in set(State) - {State.RECEIVED}:
        assert found(at(state), Found.READ, now=NOW) == at(state)


@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_what_has_ended_stays_as_it_is(state: State) -> None:
    assert all(not allowed(at(state), person, OPEN) for person in PEOPLE)


_steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(list(Action)),
            st.sampled_from(PEOPLE),
            st.sampled_from([None, -1, 0, 1, 5]),
        ),
        st.sampled_from(list(Found)),
    ),
    max_size=30,
)


def _walk(uploader: Person, steps: list, rules: Rules) -> list[Standing]:  # type: ignore[type-arg]
    standing, now, path = at(State.RECEIVED, uploader.id), NOW, []
    for step in steps:
        now += timedelta(hours=1)
        path.append(standing)
        if isinstance(step, Found):
            standing = found(standing, step, now=now)
            continue
        action, person, wait = step
        when = None if wait is None else now + timedelta(hours=wait)
        if action in allowed(standing, person, rules):
            standing = do(
                standing, action, person, rules=rules, now=now, note="原因", publish_at=when
            )
    return [*path, standing]


@settings(deadline=None)
@given(uploader=st.sampled_from((CLERK, BOTH)), steps=_steps)
def test_no_path_publishes_without_another_persons_yes_or_a_bypass(
    uploader: Person,
    steps: list,  # type: ignore[type-arg]
) -> None:
    for standing in _walk(uploader, steps, REVIEWED):
        if standing.state is State.PUBLISHED:
            assert standing.built
            assert standing.urgent or standing.approved_by not in {None, uploader.id}


@settings(deadline=None)
@given(uploader=st.sampled_from((CLERK, BOTH)), steps=_steps)
def test_no_path_publishes_without_somebody_who_may_publish(
    uploader: Person,
    steps: list,  # type: ignore[type-arg]
) -> None:
    for standing in _walk(uploader, steps, OPEN):
        if standing.state is State.PUBLISHED:
            assert standing.built
            assert standing.approved_by in {"both", "reviewer"}


@settings(deadline=None)
@given(steps=_steps)
def test_what_ended_never_moves_again(steps: list) -> None:  # type: ignore[type-arg]
    path = _walk(BOTH, steps, OPEN)
    ended = [one for one in path if one.state in {State.PUBLISHED, State.WITHDRAWN}]
    assert len(set(ended)) <= 1
