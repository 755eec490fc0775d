"""How long a red may be paused in all: by one person, until somebody acknowledges it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.topics.alerting.test_handling import AT, RULES, Log
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.handling import Hand, acknowledge, pause, resume, undo
from topics.kit.errors import BadAlertAction


def by(person: str, minutes: float) -> Hand:
    return Hand(person, AT + timedelta(minutes=minutes))


def hold(log: Log, person: str, minutes: float, length: float, *, wartime: bool = False) -> Log:
    """The person pauses at a minute for so many minutes."""
    who = by(person, minutes)
    until = who.now + timedelta(minutes=length)
    rules = RULES.of(log.alert.level, wartime=wartime)
    return log.add(pause(log.alert, who, until=until, reason="设备检修", rules=rules))


def test_one_person_pauses_a_red_for_two_hours_in_all_not_again_and_again():
    log = hold(hold(Log(), "duty", 0, 60), "duty", 60, 60)
    with pytest.raises(BadAlertAction, match="您已用完;请先确认,或由另一人暂停"):
        hold(log, "duty", 120, 1)
    with pytest.raises(BadAlertAction, match="您还可以暂停 30 分"):
        hold(hold(Log(), "duty", 0, 90), "duty", 90, 31)
    assert hold(log, "other", 120, 120).alert.paused_until == AT + timedelta(minutes=240)


def resumed() -> Log:
    """Paused for two hours and resumed after half an hour."""
    log = hold(Log(), "duty", 0, 120)
    return log.add(resume(log.alert, by("duty", 30)))


def test_what_was_ended_early_counts_as_long_as_it_lasted():
    assert hold(resumed(), "duty", 40, 90).alert.paused_until == AT + timedelta(minutes=130)
    with pytest.raises(BadAlertAction, match="累计"):
        hold(resumed(), "duty", 40, 91)


def test_what_was_undone_does_not_count():
    undone = hold(Log(), "duty", 0, 120)
    undone.add(undo(undone.alert, Hand("duty", AT + timedelta(seconds=5)), undone.events))
    assert hold(undone, "duty", 1, 120)


def test_after_a_confirmation_or_a_worse_level_the_count_begins_anew():
    log = hold(Log(), "duty", 0, 120)
    log.add(acknowledge(log.alert, by("duty", 121)))
    assert hold(log, "duty", 122, 120)
    worse = hold(Log(AlertLevel.ORANGE), "duty", 0, 240).raised(300 * 60, AlertLevel.RED)
    assert hold(worse, "duty", 301, 120)


def test_only_a_red_counts_how_long_it_was_paused_in_all():
    log = hold(Log(AlertLevel.ORANGE), "duty", 0, 480)
    assert hold(log, "duty", 480, 480)


def test_in_wartime_a_red_is_paused_for_half_an_hour_in_all():
    log = hold(Log(), "duty", 0, 20, wartime=True)
    with pytest.raises(BadAlertAction, match="您还可以暂停 10 分"):
        hold(log, "duty", 20, 11, wartime=True)
