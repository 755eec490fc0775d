"""What follows from alerts side by side: groups, inhibition, escalation, what is told to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.topics.alerting.side_by_side import AT, BLUE, ORANGE, RED, YELLOW, alert, parent
from topics.kit.alerting.contracts import (
    Alert,
    AlertEvent,
    AlertStep,
)
from topics.kit.alerting.fold import apply
from topics.kit.alerting.handling_rules import HandlingRules
from topics.kit.alerting.tending import (
    announcements,
    ended_pauses,
    escalates_at,
    escalations,
    grouping,
    resolutions,
)

TABLE = Path(__file__).resolve().parents[3] / "data" / "reference" / "alert_handling.csv"
RULES = HandlingRules.load(TABLE)


def changes(events) -> dict[str, object]:
    return {one.alert: one.data.get("under", one.data.get("by")) for one in events}


def test_the_same_rule_in_one_county_goes_under_the_worst_and_oldest():
    later = AT + timedelta(minutes=1)
    held = [alert("a"), alert("b", "s2", fired_at=later), alert("c", "s2", ORANGE, fired_at=later)]
    assert changes(grouping(held, parent, AT)) == {"a": "c", "b": "c"}
    assert changes(grouping(held[:2], parent, AT)) == {"b": "a"}


def test_another_county_or_another_rule_is_no_group():
    assert grouping([alert("a"), alert("b", "s3"), alert("c", "s2", rule="x.y")], parent, AT) == []


def test_a_red_never_goes_under_another():
    assert changes(grouping([alert("a", level=RED), alert("b", "s2", RED)], parent, AT)) == {}
    held = [alert("a", level=RED), alert("b", "s2", YELLOW)]
    assert changes(grouping(held, parent, AT)) == {"b": "a"}


def test_what_lost_its_group_stands_for_itself_again():
    assert changes(grouping([alert("b", under="gone")], parent, AT)) == {"b": None}


def test_a_declared_group_gathers_what_its_name_says():
    held = [
        alert("a", data={"group": "水厂"}),
        alert("b", "s3", rule="x.y", data={"group": "水厂"}),
    ]
    assert changes(grouping(held, parent, AT)) == {"b": "a"}


def test_asking_again_changes_nothing():
    held = [alert("a"), alert("b", "s2", under="a"), alert("c", "440203", BLUE, inhibited_by="r")]
    held.append(alert("r", "440200", RED))
    assert grouping(held, parent, AT) == []


def test_a_pause_that_ended_is_said_to_have_ended():
    held = [alert("a", paused_until=AT), alert("b", paused_until=AT + timedelta(seconds=1))]
    assert [one.alert for one in ended_pauses(held, AT)] == ["a"]


def due(one: Alert, minutes: float, *, wartime: bool = False):
    return escalations([one], RULES, wartime=wartime, now=AT + timedelta(minutes=minutes))


def test_a_red_is_escalated_after_five_minutes_to_the_leader_on_duty_and_not_before():
    red = alert("a", level=RED)
    assert due(red, 4.99) == []
    event, message = due(red, 5)[0]
    assert event.data == {"to": "带班领导"}
    assert (message.receiver, message.urgent) == ("duty:带班领导", True)


@pytest.mark.parametrize(
    "handled",
    [
        {"acknowledged_at": AT},
        {"resolved_at": AT},
        {"false": True},
        {"inhibited_by": "x"},
        {"under": "x"},
        {"level": BLUE},
    ],
)
def test_what_is_handled_is_not_escalated(handled):
    assert due(alert("a", **{"level": RED, **handled}), 600) == []


def climb(one: Alert, *minutes: float, wartime: bool = False) -> list[str]:
    """Who is told, minute by minute, with what the log then says."""
    told = []
    for minute in minutes:
        for event, message in due(one, minute, wartime=wartime):
            told.append(message.receiver.partition(":")[2])
            one = apply(one, event)
    return told


def test_the_escalation_goes_on_rung_by_rung_each_once_until_somebody_acknowledges():
    red = alert("a", level=RED)
    assert climb(red, 5, 6, 14.9) == ["带班领导"]
    assert climb(red, 5, 15, 16, 30, 31, 900) == ["带班领导", "分管领导", "主要领导"]
    assert climb(red, 40, 40, 40, 40) == ["带班领导", "分管领导", "主要领导"]  # after an outage
    seen = replace(apply(red, due(red, 5)[0][0]), acknowledged_at=AT)
    assert climb(seen, 15, 30) == []


def test_a_worse_level_begins_the_ladder_anew():
    orange = alert("a", level=ORANGE)
    told = apply(orange, due(orange, 15)[0][0])
    raised = AlertEvent("a", AlertStep.RAISED, AT + timedelta(minutes=20), level=RED)
    assert climb(apply(told, raised), 24.9, 25, 35) == ["带班领导", "分管领导"]


def test_in_another_mode_nobody_is_told_twice_and_the_next_one_sooner():
    red = alert("a", level=RED)
    told = apply(red, due(red, 5)[0][0])
    assert climb(told, 5, 5, 10, wartime=True) == ["分管领导", "主要领导"]


def test_an_alert_escalated_before_there_were_rungs_goes_on_with_the_second():
    assert climb(alert("a", level=RED, escalated_at=AT), 15) == ["分管领导"]


def test_a_note_of_a_leader_stops_no_escalation():
    assert due(alert("a", level=RED, noted_by=("leader",)), 5)


def test_a_pause_puts_the_escalation_off_and_its_end_begins_the_count_anew():
    until = AT + timedelta(minutes=30)
    held = alert("a", level=RED, paused_until=until)
    level = RULES.of(RED, wartime=False)
    assert escalates_at(held, level) == until + timedelta(minutes=5)
    resumed = alert("a", level=RED, data={"resumed_at": until.isoformat()})
    assert escalates_at(resumed, level) == until + timedelta(minutes=5)


def test_wartime_escalates_sooner():
    assert due(alert("a", level=RED), 2) == []
    assert due(alert("a", level=RED), 2, wartime=True)


def told(one: Alert, minutes: float) -> list[str]:
    now = AT + timedelta(minutes=minutes)
    found = announcements([one], RULES, lambda _: ["swj"], wartime=False, now=now)
    return [message.key for message in found]


def test_the_units_are_told_at_once_and_again_while_nobody_acknowledges():
    red = alert("a", level=RED)
    first, again = told(red, 0), told(red, 10)
    assert len(first) == 1
    assert told(red, 9.9) == first
    assert again != first
    assert told(replace(red, acknowledged_at=AT + timedelta(minutes=1)), 25) == first


def test_a_worse_level_is_told_anew():
    data = {"raised_at": (AT + timedelta(minutes=1)).isoformat()}
    assert told(alert("a"), 2) != told(alert("a", level=RED, data=data), 2)


@pytest.mark.parametrize(
    "still",
    [
        {"paused_until": AT + timedelta(hours=1)},
        {"under": "x"},
        {"inhibited_by": "x"},
        {"false": True},
    ],
)
def test_nobody_is_told_of_what_is_paused_or_stands_for_nothing(still):
    assert told(alert("a", level=RED, **still), 1) == []


def test_a_message_of_a_drill_says_so_and_stays_in_the_house():
    now = AT + timedelta(minutes=1)
    one = announcements([alert("a", drill=True)], RULES, lambda _: ["x"], wartime=False, now=now)[0]
    assert one.title.startswith("【演练】")
    assert one.drill


def test_the_end_is_told_once_and_only_for_an_hour():
    over = alert("a", resolved_at=AT)
    assert len(resolutions([over], lambda _: ["swj"], now=AT)) == 1
    assert resolutions([over], lambda _: ["swj"], now=AT + timedelta(hours=1)) == []
