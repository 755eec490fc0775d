"""Who is inhibited by whom: only by who stands for himself, and never by a lesser one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from tests.topics.alerting.side_by_side import AT, BLUE, ORANGE, RED, YELLOW, alert, parent
from topics.kit.alerting.contracts import Alert, AlertLevel, AlertStep, Condition
from topics.kit.alerting.inhibition import Ties, circle_of, inhibition


def silence(name: str, region: str = "s1", level: AlertLevel = YELLOW, **more) -> Alert:
    more = {"rule": "water.silent", "data": {"kind": "late"}} | more
    return alert(name, region, level, **more)


def of_topic(one: Alert) -> set[str]:
    """Every topic has one source."""
    return {one.key.rule.partition(".")[0]}


def hidden(held: Sequence[Alert], **inhibits: Sequence[str]) -> dict[str, object]:
    declared = {rule.replace("__", "."): others for rule, others in inhibits.items()}
    events = inhibition(held, parent, AT, Ties(declared, of_topic))
    return {one.alert: one.data.get("by") for one in events}


def test_a_red_of_the_city_inhibits_yellow_and_blue_below_but_never_orange_or_red():
    held = [alert("r", "440200", RED), alert("y"), alert("b", "s3", BLUE), alert("o", "s2", ORANGE)]
    assert hidden([*held, alert("r2", "s3", RED)]) == {"y": "r", "b": "r"}


def test_a_silent_station_inhibits_its_own_values_and_no_other_source_and_no_other_place():
    held = [
        silence("n"),
        alert("y"),
        alert("x", rule="grid.x"),
        alert("z", "s2"),
        alert("c", "440205"),
    ]
    assert hidden(held) == {"y": "n"}
    assert hidden([alert("n", rule="water.a", condition=Condition.NO_DATA), alert("y")]) == {
        "y": "n"
    }


def test_a_late_number_of_the_city_hides_nothing_of_another_topic():
    held = [silence("n", "440200", rule="economy.late"), alert("o", "440200", ORANGE)]
    assert hidden(held) == {}


def test_what_needs_another_source_too_is_not_inhibited_by_the_silence_of_one():
    ties = Ties({}, lambda one: {"a"} if one.id == "n" else {"a", "b"})
    assert inhibition([silence("n"), alert("y")], parent, AT, ties) == []


def test_a_silence_of_an_unknown_source_inhibits_nothing():
    assert inhibition([silence("n"), alert("y")], parent, AT) == []


def test_nobody_is_inhibited_by_a_lesser_one():
    held = [silence("n", level=BLUE), alert("y"), alert("b", rule="water.b", level=BLUE)]
    assert hidden(held) == {"b": "n"}
    assert (
        hidden([alert("f", rule="water.f"), alert("o", level=ORANGE)], water__f=["water.nh3n"])
        == {}
    )


def test_a_rule_inhibits_those_it_declares_where_it_is_open_and_below():
    held = [alert("a", "440205", rule="water.flood"), alert("b"), alert("c", "s3")]
    assert hidden(held, water__flood=["water.nh3n"]) == {"b": "a"}


def test_what_is_inhibited_inhibits_nobody():
    held = [alert("a", rule="x.a"), alert("b", rule="x.b"), alert("c", rule="x.c")]
    assert hidden(held, x__a=["x.b"], x__b=["x.c"]) == {"b": "a"}
    assert hidden(held[1:], x__a=["x.b"], x__b=["x.c"]) == {"c": "b"}


def test_of_two_silences_of_one_source_one_stays_on_the_board():
    later = AT + timedelta(minutes=1)
    assert hidden([silence("a"), silence("b", rule="water.other", fired_at=later)]) == {"b": "a"}


def test_who_is_no_longer_inhibited_is_released():
    events = inhibition([alert("y", inhibited_by="r")], parent, AT)
    assert [one.step for one in events] == [AlertStep.RELEASED]


def test_asking_again_changes_nothing():
    held = [alert("r", "440200", RED), alert("a"), alert("b", "s2", BLUE)]
    by = hidden(held)
    assert by == {"a": "r", "b": "r"}
    assert hidden([replace(one, inhibited_by=by.get(one.id)) for one in held]) == {}


def test_a_circle_of_rules_is_told_in_the_order_in_which_they_inhibit():
    found = circle_of({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert (len(found), found[0]) == (4, found[-1])
    assert all(
        (one, other) in {("a", "b"), ("b", "c"), ("c", "a")} for one, other in pairwise(found)
    )
    assert circle_of({"a": ["a"]}) == ["a", "a"]
    assert circle_of({"a": ["b", "c"], "b": ["c"], "c": []}) == []


RULES = [f"{topic}.{name}" for topic in ("water", "grid") for name in "abcd"]
PLACES = ["s1", "s2", "440205", "440200"]


@st.composite
def boards(draw: st.DrawFn) -> tuple[list[Alert], Mapping[str, Sequence[str]]]:
    """Open alerts of any rules anywhere, and rules that inhibit each other in any way."""
    keys = draw(
        st.lists(
            st.sampled_from(list(product(RULES, PLACES))), unique=True, min_size=1, max_size=12
        )
    )
    held = [
        alert(
            f"a{n}",
            place,
            draw(st.sampled_from(list(AlertLevel))),
            rule=rule,
            fired_at=AT + timedelta(minutes=draw(st.integers(0, 3))),
            condition=draw(st.sampled_from([Condition.FIRING, Condition.NO_DATA])),
            data={"kind": draw(st.sampled_from(["threshold", "late", "no_data"]))},
        )
        for n, (rule, place) in enumerate(keys)
    ]
    others = st.lists(st.sampled_from(RULES), max_size=4)
    return held, draw(st.dictionaries(st.sampled_from(RULES), others, max_size=8))


@given(boards())
def test_whatever_the_rules_who_is_hidden_is_hidden_by_one_on_the_board_that_is_as_bad(
    board,
) -> None:
    held, inhibits = board
    known = {one.id: one for one in held}
    by = {
        one.alert: str(one.data["by"])
        for one in inhibition(held, parent, AT, Ties(inhibits, of_topic))
    }
    assert all(cause not in by for cause in by.values())
    assert all(
        known[cause].level.severity >= known[one].level.severity for one, cause in by.items()
    )
    worst = max(one.level.severity for one in held)
    assert any(one.id not in by for one in held if one.level.severity == worst)


@given(boards())
def test_the_order_in_which_alerts_are_read_decides_nothing(board) -> None:
    held, inhibits = board
    ties = Ties(inhibits, of_topic)
    one = {event.alert: event.data for event in inhibition(held, parent, AT, ties)}
    other = {event.alert: event.data for event in inhibition(held[::-1], parent, AT, ties)}
    assert one == other
