"""What people may do with an alert: pure steps over its fold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.fold import fold, state_of
from topics.kit.alerting.handling import (
    Do,
    Hand,
    acknowledge,
    assign,
    comment,
    dispatch,
    mark_false,
    note,
    open_steps,
    pause,
    resume,
    undo,
)
from topics.kit.alerting.handling_rules import HandlingRules
from topics.kit.errors import AlertStepRefused, BadAlertAction, BadManifest

AT = datetime(2026, 11, 26, 2, 22, tzinfo=UTC)
TABLE = Path(__file__).resolve().parents[3] / "data" / "reference" / "alert_handling.csv"
RULES = HandlingRules.load(TABLE)


class Log:
    """An alert with its events; each act happens a second later unless said otherwise."""

    def __init__(self, level: AlertLevel = AlertLevel.RED) -> None:
        told = {"rule": "water.nh3n", "region": "440205", "topic": "water", "title": "氨氮"}
        self.events = [
            AlertEvent("a", AlertStep.FIRED, AT, level=level, value=2.3, data=told, id=1)
        ]

    @property
    def alert(self) -> Alert:
        found = fold(self.events)
        assert found is not None
        return found

    def add(self, events) -> Log:
        for one in events:
            self.events.append(replace(one, id=len(self.events) + 1))
        return self

    def raised(self, seconds: int, level: AlertLevel) -> Log:
        return self.add([AlertEvent("a", AlertStep.RAISED, after(seconds), level=level)])


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def hand(seconds: float = 1, who: str = "duty") -> Hand:
    return Hand(who, after(seconds))


def paused(log: Log, length: timedelta, *, seconds: float = 1, reason: str = "设备检修"):
    rules = RULES.of(log.alert.level, wartime=False)
    until = after(seconds) + length
    return log.add(pause(log.alert, hand(seconds), until=until, reason=reason, rules=rules))


def test_a_second_acknowledgement_changes_nothing():
    log = Log().add(acknowledge(Log().alert, hand()))
    assert log.alert.acknowledged_by == "duty"
    assert acknowledge(log.alert, hand(2, "other")) == []


def test_a_resolved_alert_cannot_be_acknowledged_and_the_open_steps_are_named():
    log = Log().add([AlertEvent("a", AlertStep.RESOLVED, after(1))])
    with pytest.raises(AlertStepRefused, match="已解除") as refused:
        acknowledge(log.alert, hand(2))
    assert refused.value.problem["allowed"] == ["note", "directive", "false", "comment"]


def test_a_red_is_paused_for_two_hours_and_not_a_second_longer():
    assert paused(Log(), timedelta(hours=2)).alert.paused_until == after(1) + timedelta(hours=2)
    with pytest.raises(BadAlertAction, match="最长暂停 2 小时"):
        paused(Log(), timedelta(hours=2, seconds=1))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(minutes=-5)])
def test_a_pause_ends_in_the_future(length):
    with pytest.raises(BadAlertAction, match="已过"):
        paused(Log(), length)


@pytest.mark.parametrize("reason", ["", " ", "修", "a\x00bc", "长" * 501])
def test_a_pause_has_a_reason_that_can_be_read(reason):
    with pytest.raises(BadAlertAction):
        paused(Log(), timedelta(hours=1), reason=reason)


def test_a_pause_ends_by_itself_at_its_end():
    log = paused(Log(), timedelta(hours=1))
    end = after(1) + timedelta(hours=1)
    assert state_of(log.alert, end - timedelta(seconds=1)) == "已暂停"
    assert state_of(log.alert, end) == "未确认"


def test_a_worse_level_ends_a_pause_and_wants_a_new_acknowledgement():
    log = Log(AlertLevel.YELLOW)
    log.add(acknowledge(log.alert, hand()))
    paused(log, timedelta(hours=3), seconds=2).raised(60, AlertLevel.RED)
    assert log.alert.paused_until is None
    assert state_of(log.alert, after(61)) == "未确认"


def test_resuming_needs_a_pause():
    with pytest.raises(AlertStepRefused, match="没有暂停"):
        resume(Log().alert, hand())
    log = paused(Log(), timedelta(hours=1))
    assert log.add(resume(log.alert, hand(5))).alert.paused_until is None


def test_assigning_and_dispatching_acknowledge_too():
    assigned = Log().add(assign(Log().alert, hand(), unit="swj", person=None)).alert
    sent = Log().add(dispatch(Log().alert, hand(), case="c1", unit=None)).alert
    assert (assigned.unit_assigned, assigned.acknowledged_by) == ("swj", "duty")
    assert (sent.case, sent.acknowledged_by) == ("c1", "duty")


def test_an_alert_with_an_open_case_is_not_sent_again_and_with_a_closed_one_it_is():
    log = Log().add(dispatch(Log().alert, hand(), case="c1", unit=None))
    with pytest.raises(AlertStepRefused, match="已派单"):
        dispatch(log.alert, hand(2), case="c2", unit=None)
    over = {"case": "c1", "state": "结案", "closed": True}
    log.add([AlertEvent("a", AlertStep.DISPATCHED, after(3), data=over)])
    assert log.add(dispatch(log.alert, hand(4), case="c2", unit=None)).alert.case == "c2"


def test_a_leaders_note_stops_nothing():
    log = Log().add(note(Log().alert, hand(who="leader")))
    assert log.alert.noted_by == ("leader",)
    assert state_of(log.alert, after(2)) == "未确认"
    assert note(log.alert, hand(3, "leader")) == []


def test_false_needs_a_reason_and_is_said_once():
    with pytest.raises(BadAlertAction, match="误报"):
        mark_false(Log().alert, hand(), reason="")
    log = Log().add(mark_false(Log().alert, hand(), reason="仪器故障"))
    assert log.alert.false
    with pytest.raises(AlertStepRefused):
        mark_false(log.alert, hand(2), reason="仪器故障")


def test_a_comment_is_possible_with_a_resolved_alert():
    log = Log().add([AlertEvent("a", AlertStep.RESOLVED, after(1))])
    assert comment(log.alert, hand(2), text="复测正常")[0].data == {"text": "复测正常"}


def test_undo_takes_back_ones_own_last_step_for_ten_seconds():
    log = Log().add(acknowledge(Log().alert, hand(1)))
    assert log.add(undo(log.alert, hand(11), log.events)).alert.acknowledged_at is None
    late = Log().add(acknowledge(Log().alert, hand(1)))
    with pytest.raises(AlertStepRefused, match="10 秒"):
        undo(late.alert, hand(11.001), late.events)


def test_nobody_undoes_what_another_did():
    log = Log().add(acknowledge(Log().alert, hand(1)))
    with pytest.raises(AlertStepRefused):
        undo(log.alert, hand(2, "other"), log.events)


def test_undoing_a_dispatch_takes_its_acknowledgement_along_and_only_once():
    log = Log().add(dispatch(Log().alert, hand(1), case="c1", unit=None))
    log.add(undo(log.alert, hand(3), log.events))
    assert (log.alert.case, log.alert.acknowledged_at) == (None, None)
    with pytest.raises(AlertStepRefused):
        undo(log.alert, hand(4), log.events)


def test_undoing_a_dispatch_leaves_an_earlier_acknowledgement():
    log = Log().add(acknowledge(Log().alert, hand(1)))
    log.add(dispatch(log.alert, hand(3), case="c1", unit=None))
    log.add(undo(log.alert, hand(4), log.events))
    assert log.alert.case is None
    assert log.alert.acknowledged_by == "duty"


ACTS = st.sampled_from(["ack", "pause", "resume", "assign", "dispatch", "false", "undo", "raise"])


@given(st.lists(st.tuples(ACTS, st.integers(1, 20)), max_size=12))
def test_whatever_is_done_in_whatever_order_the_open_steps_are_those_that_work(acts):
    log, now = Log(), 0.0
    steps = {
        "ack": lambda h: acknowledge(log.alert, h),
        "pause": lambda h: pause(
            log.alert,
            h,
            until=h.now + timedelta(minutes=5),
            reason="检修中",
            rules=RULES.of(log.alert.level, wartime=False),
        ),
        "resume": lambda h: resume(log.alert, h),
        "assign": lambda h: assign(log.alert, h, unit="swj", person=None),
        "dispatch": lambda h: dispatch(log.alert, h, case="c", unit=None),
        "false": lambda h: mark_false(log.alert, h, reason="仪器故障"),
        "undo": lambda h: undo(log.alert, h, log.events),
    }
    for act, wait in acts:
        now += wait
        if act == "raise":
            log.raised(int(now), AlertLevel.RED)
            assert log.alert.paused_until is None
            continue
        offered = act == "undo" or Do(act) in open_steps(log.alert, after(now))
        try:
            log.add(steps[act](hand(now)))
        except AlertStepRefused:
            assert not offered or act == "undo"
        else:
            assert offered or act == "ack"  # a second 确认 is no error
        most = log.alert.paused_until
        assert most is None or most <= after(now) + timedelta(hours=2)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("平时,红,5|15", "平时,红,x|15", "不是分钟数"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "5,,yes,10", "岗位"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "5|15,带班领导,yes,10", "一一对应"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "5|5,带班领导|值班长,yes,10", "要比前一级晚"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "5|9,值班长|值班长,yes,10", "写了两次"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "五,带班领导,yes,10", "不是分钟数"),
        ("5|15|30,带班领导|分管领导|主要领导,yes,10", "0,带班领导,yes,10", "不是分钟数"),
        ("主要领导,yes,10,120", "主要领导,yes,10,121", "120 分钟"),
        ("平时,橙", "平时,紫", "红橙黄蓝"),
        ("战时,蓝,60,值班长,no,120,1440,示例;按本市值班制度改,unverified\n", "", "缺少 战时 蓝"),
    ],
)
def test_a_wrong_table_is_refused_with_its_row(tmp_path, before, now, said):
    text = TABLE.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "alert_handling.csv"
    path.write_text(text.replace(before, now), encoding="utf-8")
    with pytest.raises(BadManifest, match=said):
        HandlingRules.load(path)
