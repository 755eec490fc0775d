"""An alert is the fold of its events up to a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep, Condition
from topics.kit.alerting.fold import fold, state_of
from topics.kit.alerting.written import alert_json, alert_of

AT = datetime(2026, 11, 26, 2, tzinfo=UTC)
ABOUT = {"rule": "water.nh3n", "region": "MBH-2", "topic": "water", "title": "氨氮 2.31 mg/L"}


def _event(step: AlertStep, minutes: int, id: int, **more: object) -> AlertEvent:
    return AlertEvent("a", step, AT + timedelta(minutes=minutes), id=id, **more)  # type: ignore[arg-type]


FIRED = _event(AlertStep.FIRED, 0, 1, level=AlertLevel.ORANGE, value=2.31, data=ABOUT)
RAISED = _event(AlertStep.RAISED, 5, 2, level=AlertLevel.RED, value=3.2, data={"limit": 3.0})
ACKED = _event(AlertStep.ACKNOWLEDGED, 6, 3, actor="duty")
RESOLVED = _event(AlertStep.RESOLVED, 9, 4)


def test_an_alert_is_open_from_firing_until_it_is_resolved() -> None:
    fired, resolved = fold([FIRED]), fold([FIRED, RESOLVED])
    assert fired is not None
    assert fired.open
    assert fired.value == 2.31
    assert resolved is not None
    assert not resolved.open
    assert resolved.resolved_at == RESOLVED.at


def test_the_level_is_the_last_one_told_and_stays_once_resolved() -> None:
    alert = fold([FIRED, RAISED, RESOLVED])
    assert alert is not None
    assert alert.level is AlertLevel.RED
    assert alert.limit == 3.0


def test_what_happens_later_is_unknown_as_of_before() -> None:
    then = fold([FIRED, RAISED, ACKED, RESOLVED], as_of=ACKED.at - timedelta(seconds=1))
    assert then is not None
    assert then.open
    assert then.acknowledged_at is None
    assert fold([FIRED], as_of=FIRED.at - timedelta(seconds=1)) is None


def test_an_event_at_the_very_moment_counts() -> None:
    then = fold([FIRED, ACKED], as_of=ACKED.at)
    assert then is not None
    assert then.acknowledged_by == "duty"


def test_the_order_in_which_events_are_given_does_not_matter() -> None:
    assert fold([RESOLVED, ACKED, FIRED, RAISED]) == fold([FIRED, RAISED, ACKED, RESOLVED])


def test_an_undone_step_does_not_count_from_then_on() -> None:
    undone = _event(AlertStep.UNDONE, 7, 9, data={"event": ACKED.id})
    after = fold([FIRED, ACKED, undone])
    before = fold([FIRED, ACKED, undone], as_of=ACKED.at)
    assert after is not None
    assert after.acknowledged_at is None
    assert before is not None
    assert before.acknowledged_at == ACKED.at


def test_a_second_acknowledgement_does_not_move_the_first() -> None:
    again = _event(AlertStep.ACKNOWLEDGED, 8, 7, actor="other")
    alert = fold([FIRED, ACKED, again])
    assert alert is not None
    assert alert.acknowledged_by == "duty"


def test_noting_does_not_acknowledge() -> None:
    alert = fold([FIRED, _event(AlertStep.NOTED, 1, 5, actor="leader")])
    assert alert is not None
    assert alert.noted_by == ("leader",)
    assert alert.acknowledged_at is None


def test_without_data_an_alert_stays_open() -> None:
    alert = fold([FIRED, _event(AlertStep.NO_DATA, 3, 5)])
    assert alert is not None
    assert alert.open
    assert alert.condition is Condition.NO_DATA


def test_a_pending_one_that_was_dropped_never_was_an_alert() -> None:
    pending = _event(AlertStep.PENDING, 0, 1, level=AlertLevel.BLUE, data=ABOUT)
    alert = fold([pending, _event(AlertStep.DROPPED, 1, 2)])
    assert alert is not None
    assert alert.fired_at is None
    assert not alert.open


def test_an_acknowledgement_opens_no_alert() -> None:
    with pytest.raises(ValueError, match="第一个事件"):
        fold([ACKED])


PAUSED = _event(
    AlertStep.PAUSED, 1, 5, data={"until": "2026-11-26T10:30:00+08:00", "reason": "检修"}
)


@pytest.mark.parametrize(
    ("events", "minutes", "word"),
    [
        ([FIRED], 1, "未确认"),
        ([FIRED, ACKED], 7, "已确认"),
        ([FIRED, PAUSED], 29, "已暂停"),
        ([FIRED, PAUSED], 30, "未确认"),
        ([FIRED, ACKED, _event(AlertStep.ASSIGNED, 7, 8, data={"unit": "swj"})], 8, "已派单"),
        ([FIRED, _event(AlertStep.DISPATCHED, 7, 8, data={"case": "c1"})], 8, "已派单"),
        ([FIRED, RESOLVED], 10, "已解除"),
    ],
)
def test_a_board_says_one_word(events: list[AlertEvent], minutes: int, word: str) -> None:
    alert = fold(events)
    assert alert is not None
    assert state_of(alert, AT + timedelta(minutes=minutes)) == word


def test_an_alert_is_the_same_after_writing_and_reading() -> None:
    alert = fold([FIRED, RAISED, ACKED, PAUSED])
    assert alert is not None
    assert alert_of(alert_json(alert)) == alert
