"""The machine of one rule and series: exact boundaries, and what can never happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.alerting.contracts import AlertLevel, AlertStep, Condition
from topics.kit.alerting.machine import (
    AT_REST,
    Bound,
    Missing,
    Sample,
    SeriesState,
    Terms,
    Transition,
    step,
)

AT = datetime(2026, 11, 26, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
YELLOW, ORANGE, RED = AlertLevel.YELLOW, AlertLevel.ORANGE, AlertLevel.RED
LEVELS = {YELLOW: Bound(10, 10), ORANGE: Bound(20, 20), RED: Bound(30, 30)}


def _run(
    terms: Terms, values: list[float | None], every: timedelta = MINUTE
) -> tuple[SeriesState, list[Transition]]:
    state, said = AT_REST, []
    for n, value in enumerate(values):
        state, steps = step(state, Sample(value), terms, AT + n * every)
        said += steps
    return state, said


def _steps(said: list[Transition]) -> list[tuple[AlertStep, int, AlertLevel | None]]:
    return [(one.step, int((one.at - AT) / MINUTE), one.level) for one in said]


@pytest.mark.parametrize(("value", "breached"), [(10.0, False), (10.000001, True), (9.0, False)])
def test_the_limit_itself_is_not_beyond_it(value: float, breached: bool) -> None:
    state, _ = _run(Terms(LEVELS), [value])
    assert (state.level is YELLOW) == breached


def test_below_is_worse_where_the_rule_says_so() -> None:
    terms = Terms({YELLOW: Bound(5, 5), RED: Bound(2, 2)}, above=False)
    assert _run(terms, [5.0])[0].level is None
    assert _run(terms, [4.9])[0].level is YELLOW
    assert _run(terms, [1.9])[0].level is RED


def test_without_hold_it_fires_at_once() -> None:
    _, said = _run(Terms(LEVELS), [11])
    assert _steps(said) == [(AlertStep.PENDING, 0, YELLOW), (AlertStep.FIRED, 0, YELLOW)]


def test_it_fires_when_hold_is_over_and_not_a_moment_before() -> None:
    terms = Terms(LEVELS, hold=5 * MINUTE)
    assert _run(terms, [11] * 5)[0].condition is Condition.PENDING
    state, said = _run(terms, [11] * 6)
    assert state.condition is Condition.FIRING
    assert _steps(said)[-1] == (AlertStep.FIRED, 5, YELLOW)


def test_a_break_within_hold_begins_anew() -> None:
    state, said = _run(Terms(LEVELS, hold=3 * MINUTE), [11, 11, 9, 11, 11, 11])
    assert state.since == AT + 3 * MINUTE
    assert state.condition is Condition.PENDING
    assert (AlertStep.DROPPED, 2, None) in _steps(said)


def test_it_stays_for_keep_and_not_a_moment_longer() -> None:
    terms = Terms(LEVELS, keep=3 * MINUTE)
    assert _run(terms, [11, 9, 9, 9])[0].condition is Condition.FIRING
    _, said = _run(terms, [11, 9, 9, 9, 9])
    assert _steps(said)[-1] == (AlertStep.RESOLVED, 4, None)


def test_a_breach_within_keep_begins_keep_anew() -> None:
    terms = Terms(LEVELS, keep=3 * MINUTE)
    assert _run(terms, [11, 9, 9, 11, 9, 9, 9])[0].condition is Condition.FIRING


def test_levels_rise_and_fall_one_alert_going_through_them() -> None:
    _, said = _run(Terms(LEVELS), [11, 31, 21, 11, 9])
    assert _steps(said)[1:] == [
        (AlertStep.FIRED, 0, YELLOW),
        (AlertStep.RAISED, 1, RED),
        (AlertStep.LOWERED, 2, ORANGE),
        (AlertStep.LOWERED, 3, YELLOW),
        (AlertStep.RESOLVED, 4, None),
    ]


def test_each_level_waits_for_its_own_hold() -> None:
    _, said = _run(Terms(LEVELS, hold=2 * MINUTE), [11, 31, 31, 31])
    assert (AlertStep.FIRED, 2, YELLOW) in _steps(said)
    assert _steps(said)[-1] == (AlertStep.RAISED, 3, RED)


def test_a_clear_limit_holds_what_fires_but_raises_nothing() -> None:
    terms = Terms({YELLOW: Bound(10, 8)})
    assert _run(terms, [9])[0].level is None
    assert _run(terms, [11, 9])[0].level is YELLOW
    assert _run(terms, [11, 8])[0].level is None


def test_a_broken_instrument_neither_ends_nor_raises_an_alert() -> None:
    state, said = _run(Terms(LEVELS), [11, None, None, 11])
    assert state.condition is Condition.FIRING
    assert _steps(said)[2:] == [(AlertStep.NO_DATA, 1, YELLOW), (AlertStep.FIRED, 3, YELLOW)]
    assert _run(Terms(LEVELS), [11, None])[0].condition is Condition.NO_DATA


def test_where_missing_clears_an_absent_value_is_within_limits() -> None:
    terms = Terms(LEVELS, missing=Missing.CLEAR)
    assert _run(terms, [11, None])[0].level is None


def test_an_error_is_a_state_of_its_own() -> None:
    state, said = step(AT_REST, Sample(None, "除以零"), Terms(LEVELS), AT)
    assert state.condition is Condition.ERROR
    assert not said
    fired, _ = step(AT_REST, Sample(11), Terms(LEVELS), AT)
    after, told = step(fired, Sample(None, "除以零"), Terms(LEVELS), AT + MINUTE)
    assert after.level is YELLOW
    assert told[0].step is AlertStep.ERROR


def test_a_series_that_goes_to_and_fro_is_kept_longer() -> None:
    plain = Terms(LEVELS)
    damped = Terms(LEVELS, flap=timedelta(hours=1))
    restless = [11.0, 9.0] * 6
    _, often = _run(plain, list(restless))
    state, seldom = _run(damped, list(restless))
    assert [one.step for one in often].count(AlertStep.FIRED) == 6
    assert [one.step for one in seldom].count(AlertStep.FIRED) == 3
    assert state.level is YELLOW
    assert state.flaps >= 0.6


def test_flapping_is_forgotten_within_days() -> None:
    state, _ = _run(Terms(LEVELS), [11, 9])
    after, _ = step(state, Sample(9), Terms(LEVELS), AT + timedelta(days=2))
    assert after.at_rest


def test_a_level_the_rule_has_no_longer_is_at_rest() -> None:
    state, _ = _run(Terms(LEVELS), [31])
    after, said = step(state, Sample(31), Terms({YELLOW: Bound(10, 10)}), AT + MINUTE)
    assert after.level is YELLOW
    assert said[0].step is AlertStep.LOWERED


_values = st.lists(
    st.one_of(st.none(), st.floats(-5, 40, allow_nan=False)), min_size=1, max_size=30
)
_terms = st.builds(
    Terms,
    st.just({YELLOW: Bound(10, 7), ORANGE: Bound(20, 20), RED: Bound(30, 25)}),
    hold=st.integers(0, 5).map(lambda n: n * MINUTE),
    keep=st.integers(0, 5).map(lambda n: n * MINUTE),
    flap=st.sampled_from([timedelta(0), timedelta(hours=1)]),
    missing=st.sampled_from(list(Missing)),
)

_AFTER: dict[AlertStep | None, set[AlertStep]] = {
    None: {AlertStep.PENDING},
    AlertStep.PENDING: {AlertStep.FIRED, AlertStep.DROPPED},
    AlertStep.DROPPED: {AlertStep.PENDING},
    AlertStep.RESOLVED: {AlertStep.PENDING},
}
_OPEN = {
    AlertStep.FIRED,
    AlertStep.RAISED,
    AlertStep.LOWERED,
    AlertStep.NO_DATA,
    AlertStep.RESOLVED,
}


@given(_terms, _values)
def test_no_illegal_step_is_ever_taken(terms: Terms, values: list[float | None]) -> None:
    _, said = _run(terms, values)
    last: AlertStep | None = None
    for one in said:
        assert one.step in _AFTER.get(last, _OPEN)
        last = one.step


@given(_terms, _values)
def test_pending_since_never_moves_while_it_stays_breached(
    terms: Terms, values: list[float | None]
) -> None:
    state = AT_REST
    for n, value in enumerate(values):
        after, _ = step(state, Sample(value), terms, AT + n * MINUTE)
        if state.since is not None and after.since is not None:
            assert after.since >= state.since
            yellow = (one.levels.get(YELLOW) for one in (state, after))
            kept, moved = yellow
            if kept is not None and moved is not None:
                assert kept.since == moved.since
        state = after


@given(_terms, _values)
def test_a_worse_level_never_fires_without_the_lesser_ones(
    terms: Terms, values: list[float | None]
) -> None:
    state = AT_REST
    for n, value in enumerate(values):
        state, _ = step(state, Sample(value), terms, AT + n * MINUTE)
        firing = [one for one in (YELLOW, ORANGE, RED) if one in state.levels]
        assert firing == [YELLOW, ORANGE, RED][: len(firing)]
