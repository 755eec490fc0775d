"""What follows from open alerts side by side: which stands for which, who must be told. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.handling_rules import HandlingRules, LevelRules, Rung
from topics.kit.alerting.places import Parent, page_of
from topics.kit.notify.contracts import Message

Units = Callable[[Alert], Sequence[str]]
"""The units of an alert's route."""

SHIFT = "值班长"
"""Who of the shift is told what the others could not be."""

_ORANGE = AlertLevel.ORANGE.severity


def shown(alert: Alert) -> bool:
    """Whether it stands for itself on a board: not under another of its group, not inhibited."""
    return alert.under is None and alert.inhibited_by is None


def ended_pauses(alerts: Iterable[Alert], now: datetime) -> list[AlertEvent]:
    """A pause ends by itself at its end, and the log says so."""
    return [
        AlertEvent(one.id, AlertStep.RESUMED, now, data={"why": "暂停到时"})
        for one in alerts
        if one.paused_until is not None and one.paused_until <= now
    ]


def grouping(alerts: Sequence[Alert], parent: Parent, now: datetime) -> list[AlertEvent]:
    """Alerts of the same rule in the same parent region go under the worst and oldest of them.

    A 红 always stands for itself. An alert declares a group of its own in `data["group"]`.
    """
    groups: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for one in alerts:
        if one.inhibited_by is None:
            groups[_group(one, parent)].append(one)
    wanted: dict[str, str | None] = {one.id: None for one in alerts}
    for members in groups.values():
        head = _head(members)
        for one in members:
            if one is not head and one.level is not AlertLevel.RED:
                wanted[one.id] = head.id
    return [
        AlertEvent(one.id, AlertStep.GROUPED, now, data={"under": wanted[one.id]})
        for one in alerts
        if one.under != wanted[one.id]
    ]


def escalations(
    alerts: Iterable[Alert], rules: HandlingRules, *, wartime: bool, now: datetime
) -> list[tuple[AlertEvent, Message]]:
    """Alerts that nobody acknowledged in time, and the word to the next one above the shift.

    Rung by rung, each told once, until somebody acknowledges or the ladder ends.
    """
    found = []
    for one in alerts:
        level = rules.of(one.level, wartime=wartime)
        at, rung = escalates_at(one, level), next_rung(one, level)
        if at is None or rung is None or at > now:
            continue
        event = AlertEvent(one.id, AlertStep.ESCALATED, now, data={"to": rung.to})
        minutes = int((now - since(one)).total_seconds() // 60)
        text = f"已 {minutes} 分未确认,请督促值班人员处理。"
        key = f"alert:{one.id}:escalated:{one.level}:{since(one):%Y%m%dT%H%M%S}"
        to = f"duty:{rung.to}"
        found.append((event, _message(one, key, to, text, urgent=level.urgent)))
    return found


def escalates_at(alert: Alert, level: LevelRules) -> datetime | None:
    """When it is escalated next unless somebody acknowledges it; None: never as it stands."""
    rung = next_rung(alert, level)
    if rung is None or not alert.open or not shown(alert):
        return None
    if alert.acknowledged_at is not None or alert.false:
        return None
    begun = since(alert)
    if resumed := alert.data.get("resumed_at"):
        begun = max(begun, datetime.fromisoformat(resumed))
    if alert.paused_until is not None and alert.paused_until > begun:
        return alert.paused_until + rung.after
    return begun + rung.after


def next_rung(alert: Alert, level: LevelRules) -> Rung | None:
    """Who is told next: the first of the ladder who was not; None when all were."""
    told = alert.data.get("escalated_to") or []
    if not told and alert.escalated_at is not None and level.ladder:
        told = [level.ladder[0].to]  # an alert of before there was more than one rung
    return next((one for one in level.ladder if one.to not in told), None)


def since(alert: Alert) -> datetime:
    """From when it waits for its 确认: its firing, or the last time it became worse."""
    raised = alert.data.get("raised_at")
    fired = alert.fired_at or alert.pending_since
    assert fired is not None
    return max(fired, datetime.fromisoformat(raised)) if raised else fired


def announcements(
    alerts: Iterable[Alert],
    rules: HandlingRules,
    units: Units,
    *,
    wartime: bool,
    now: datetime,
    unheard: Units = lambda _: (),
) -> list[Message]:
    """What the units of an alert's route are told now: the alert, and again while unacknowledged.

    Each repetition has a key of its own, so that asking again tells nobody twice. Of units that
    nobody takes messages for (`unheard`, by name) the shift is told, to call them.
    """
    found = []
    for one in alerts:
        paused = one.paused_until is not None and one.paused_until > now
        if not one.open or not shown(one) or paused or one.false:
            continue
        level, begun = rules.of(one.level, wartime=wartime), since(one)
        turn = 0
        if level.repeat is not None and one.acknowledged_at is None:
            turn = max(0, (now - begun) // level.repeat)
        key = f"alert:{one.id}:{one.level}:{begun:%Y%m%dT%H%M%S}:{turn}"
        text = "" if not turn else f"第 {turn + 1} 次提醒,尚未确认。"
        found += [
            _message(one, key, f"unit:{unit}", text, urgent=one.level.severity >= _ORANGE)
            for unit in units(one)
        ]
        if silent_units := unheard(one):
            key = f"alert:{one.id}:{one.level}:{begun:%Y%m%dT%H%M%S}:unheard"
            text = f"{'、'.join(silent_units)}没有接收方式,消息未送达;请电话通知。"
            found.append(_message(one, key, f"duty:{SHIFT}", text, urgent=level.urgent))
    return found


def resolutions(alerts: Iterable[Alert], units: Units, *, now: datetime) -> list[Message]:
    """What the units are told of alerts that are over."""
    return [
        _message(one, f"alert:{one.id}:resolved", f"unit:{unit}", "告警已解除。", urgent=False)
        for one in alerts
        if one.fired_at is not None and one.resolved_at is not None and shown(one) and not one.false
        if now - one.resolved_at < timedelta(hours=1)
        for unit in units(one)
    ]


def _message(one: Alert, key: str, to: str, text: str, *, urgent: bool) -> Message:
    mark = "【演练】" if one.drill else ""
    return Message(
        key=key,
        receiver=to,
        title=f"{mark}【{one.level}色告警】{one.title}",
        text=text,
        level=one.level.value,
        link=page_of(one.id),
        drill=one.drill,
        urgent=urgent,
        data={"alert": one.id, "topic": one.topic, "region": one.key.region},
        topic=one.topic,
        brief=f"{mark}【{one.level}色告警】编号 {one.id[:8]}",
    )


def _group(one: Alert, parent: Parent) -> tuple[str, str]:
    declared = one.data.get("group")
    if declared:
        return "declared", str(declared)
    return one.key.rule, parent(one.key.region) or one.key.region


def _head(members: Sequence[Alert]) -> Alert:
    """The one that stands for the others: it stays so while nothing worse comes."""
    worst = max(one.level.severity for one in members)
    held = [one for one in members if one.level.severity == worst]
    return min(held, key=lambda one: (one.fired_at is None, one.fired_at, one.id))
