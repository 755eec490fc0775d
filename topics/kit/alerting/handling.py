"""What people may do with an alert, and which events it makes. Pure; who may act is asked before.

An event says what was done; the machine's own steps are not made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.fold import pauses
from topics.kit.alerting.handling_rules import LevelRules
from topics.kit.errors import AlertStepRefused, BadAlertAction
from topics.kit.texts import storable

UNDO = timedelta(seconds=10)
_MINUTE = timedelta(minutes=1)
_SLACK = timedelta(seconds=1)
MOST_TEXT = 500
"""The longest 原因, 备注 or 派单内容: one limit for handling, API and form."""
_LEAST_REASON = 2


class Do(StrEnum):
    """The actions of the desk, by the words of the API."""

    ACK = "ack"
    PAUSE = "pause"
    RESUME = "resume"
    ASSIGN = "assign"
    DISPATCH = "dispatch"
    NOTE = "note"
    DIRECTIVE = "directive"
    FALSE = "false"
    COMMENT = "comment"
    UNDO = "undo"


LABELS: Mapping[Do, str] = {
    Do.ACK: "确认",
    Do.PAUSE: "暂停提醒",
    Do.RESUME: "恢复提醒",
    Do.ASSIGN: "交办",
    Do.DISPATCH: "派单",
    Do.NOTE: "知悉",
    Do.DIRECTIVE: "督办",
    Do.FALSE: "误报",
    Do.COMMENT: "备注",
    Do.UNDO: "撤销",
}
BY_SHIFT = frozenset({Do.ACK, Do.PAUSE, Do.RESUME, Do.ASSIGN, Do.DISPATCH, Do.FALSE, Do.COMMENT})
BY_LEADER = frozenset({Do.NOTE, Do.DIRECTIVE})
_UNDOES = {
    AlertStep.ACKNOWLEDGED: Do.ACK,
    AlertStep.PAUSED: Do.PAUSE,
    AlertStep.DISPATCHED: Do.DISPATCH,
}


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and when."""

    actor: str
    now: datetime


def why_not(alert: Alert, do: Do, now: datetime) -> str:
    """Why the action makes no sense for the alert now; "" when it does."""
    paused = alert.paused_until is not None and alert.paused_until > now
    reasons: Mapping[Do, tuple[tuple[bool, str], ...]] = {
        Do.ACK: (
            (not alert.open, "告警已解除"),
            (alert.acknowledged_at is not None, "已经确认过"),
        ),
        Do.PAUSE: ((not alert.open, "告警已解除"), (paused, "已在暂停中")),
        Do.RESUME: ((not paused, "没有暂停"),),
        Do.ASSIGN: ((not alert.open, "告警已解除"),),
        Do.DISPATCH: (
            (not alert.open, "告警已解除"),
            (alert.case is not None and not alert.data.get("case_closed"), "已派单"),
        ),
        Do.FALSE: ((alert.false, "已标为误报"),),
    }
    return next((text for holds, text in reasons.get(do, ()) if holds), "")


def open_steps(alert: Alert, now: datetime) -> list[Do]:
    """What can be done with the alert as it stands."""
    return [one for one in Do if one is not Do.UNDO and not why_not(alert, one, now)]


def require_open(alert: Alert, do: Do, now: datetime) -> None:
    """Return when the action makes sense now; AlertStepRefused names those that do."""
    if said := why_not(alert, do, now):
        raise refused(alert, f"{said},不能{LABELS[do]}", now)


def refused(alert: Alert, text: str, now: datetime) -> AlertStepRefused:
    """The refusal of a step, with the steps that are open."""
    return AlertStepRefused(
        f"{text};请刷新后再看", problem={"allowed": [one.value for one in open_steps(alert, now)]}
    )


def acknowledge(alert: Alert, hand: Hand) -> list[AlertEvent]:
    """确认. A second one changes nothing: two hands may press at once."""
    if alert.open and alert.acknowledged_at is not None:
        return []
    require_open(alert, Do.ACK, hand.now)
    return [AlertEvent(alert.id, AlertStep.ACKNOWLEDGED, hand.now, hand.actor)]


def pause(
    alert: Alert, hand: Hand, *, until: datetime, reason: str, rules: LevelRules
) -> list[AlertEvent]:
    """暂停提醒 until an end, for a reason, never longer than the level's rules allow.

    One person pauses a 红 that nobody acknowledged for so long in all, not again and again.
    """
    require_open(alert, Do.PAUSE, hand.now)
    text = said(reason, "reason", "暂停提醒要写原因,如 设备检修")
    if until <= hand.now:
        raise bad("until", "暂停的截止时间已过;请选以后的时间")
    if until - hand.now > rules.pause_most:
        most = _hours(rules.pause_most)
        raise bad("until", f"{alert.level}色告警最长暂停 {most};请选更近的时间")
    if alert.level is AlertLevel.RED and alert.acknowledged_at is None:
        used = timedelta(seconds=pauses(alert, hand.now).get(hand.actor, 0.0))
        if used + (until - hand.now) > rules.pause_most + _SLACK:
            left = max(rules.pause_most - used, timedelta(0))
            most, rest = _hours(rules.pause_most), _hours(left) if left >= _MINUTE else ""
            raise bad(
                "until",
                f"红色告警在确认之前,一个人累计最长暂停 {most}"
                + (f",您还可以暂停 {rest}" if rest else ",您已用完")
                + ";请先确认,或由另一人暂停",
            )
    data = {"until": until.isoformat(), "reason": text}
    return [AlertEvent(alert.id, AlertStep.PAUSED, hand.now, hand.actor, data=data)]


def resume(alert: Alert, hand: Hand) -> list[AlertEvent]:
    """恢复提醒 before the pause ends."""
    require_open(alert, Do.RESUME, hand.now)
    return [AlertEvent(alert.id, AlertStep.RESUMED, hand.now, hand.actor)]


def assign(alert: Alert, hand: Hand, *, unit: str, person: str | None) -> list[AlertEvent]:
    """交办 to a unit, and perhaps to one person of it; this is a 确认 too."""
    require_open(alert, Do.ASSIGN, hand.now)
    data = {"unit": unit, "person": person}
    step = AlertEvent(alert.id, AlertStep.ASSIGNED, hand.now, hand.actor, data=data)
    return [*_seen(alert, hand), step]


def dispatch(alert: Alert, hand: Hand, *, case: str, unit: str | None) -> list[AlertEvent]:
    """派单: the alert has a case now; this is a 确认 too."""
    require_open(alert, Do.DISPATCH, hand.now)
    data = {"case": case, "unit": unit}
    step = AlertEvent(alert.id, AlertStep.DISPATCHED, hand.now, hand.actor, data=data)
    return [*_seen(alert, hand), step]


def note(alert: Alert, hand: Hand, *, text: str = "") -> list[AlertEvent]:
    """知悉 of a leader: stops nothing, in particular no escalation."""
    if hand.actor in alert.noted_by and not text.strip():
        return []
    data = {"text": said(text, "text", "")} if text.strip() else {}
    return [AlertEvent(alert.id, AlertStep.NOTED, hand.now, hand.actor, data=data)]


def mark_false(alert: Alert, hand: Hand, *, reason: str) -> list[AlertEvent]:
    """误报, for a reason; this is a 确认 too. The rule goes on: it resolves by itself."""
    require_open(alert, Do.FALSE, hand.now)
    data = {"reason": said(reason, "reason", "标为误报要写原因,如 仪器故障")}
    step = AlertEvent(alert.id, AlertStep.FALSE, hand.now, hand.actor, data=data)
    return [*_seen(alert, hand), step]


def comment(alert: Alert, hand: Hand, *, text: str) -> list[AlertEvent]:
    """备注; possible with resolved ones too."""
    data = {"text": said(text, "text", "备注不能为空")}
    return [AlertEvent(alert.id, AlertStep.COMMENTED, hand.now, hand.actor, data=data)]


def undo(alert: Alert, hand: Hand, events: Sequence[AlertEvent]) -> list[AlertEvent]:
    """撤销 of what the same person did within the last 10 s: 确认, 暂停提醒 or 派单.

    A 确认 that came with a 派单 goes with it, and what was said since of its case.
    """
    gone = {one.data.get("event") for one in events if one.step is AlertStep.UNDONE}
    mine = [
        one
        for one in events
        if one.actor == hand.actor and one.step in _UNDOES and one.id not in gone
    ]
    if not mine or hand.now - mine[-1].at > UNDO:
        raise refused(alert, "只能在 10 秒内撤销自己的确认、暂停提醒或派单", hand.now)
    last = mine[-1]
    together = [one for one in mine if one.at == last.at]
    cases = {one.data.get("case") for one in together if one.step is AlertStep.DISPATCHED}
    together += [
        one
        for one in events
        if one.step is AlertStep.DISPATCHED
        and one.data.get("case") in cases
        and one.id not in gone
        and one not in together
    ]
    return [
        AlertEvent(
            alert.id,
            AlertStep.UNDONE,
            hand.now,
            hand.actor,
            data={"event": one.id, "step": one.step.value},
        )
        for one in together
    ]


def said(text: str, field: str, missing: str) -> str:
    """A person's words, trimmed; BadAlertAction when they are missing, too long or not storable."""
    plain = text.strip()
    if not storable(plain):
        raise bad(field, "文字中有空字符(NUL);请去掉后重试")
    if missing and len(plain) < _LEAST_REASON:
        raise bad(field, missing)
    if len(plain) > MOST_TEXT:
        raise bad(field, f"最多 {MOST_TEXT} 字;请写短一些")
    return plain


def bad(field: str, text: str) -> BadAlertAction:
    """A wrong field of an action."""
    return BadAlertAction(text, problem={"errors": [{"item": field, "problem": text}]})


Decide = Callable[[Alert], Sequence[AlertEvent]]


def _seen(alert: Alert, hand: Hand) -> list[AlertEvent]:
    if alert.acknowledged_at is not None or not alert.open:
        return []
    return [AlertEvent(alert.id, AlertStep.ACKNOWLEDGED, hand.now, hand.actor)]


def _hours(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时" + (f" {rest} 分" if rest else "") if hours else f"{minutes} 分"
