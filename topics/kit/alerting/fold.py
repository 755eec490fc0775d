"""What the events of an alert make of it; pure, so that the same moment always looks the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from topics.kit.alerting.contracts import (
    Alert,
    AlertEvent,
    AlertKey,
    AlertLevel,
    AlertStep,
    Condition,
)

OPENING = frozenset({AlertStep.PENDING, AlertStep.FIRED})
"""The first event of an alert is one of these; its data says what the alert is about:
{"rule", "region", "topic", "title"} and, where known, "indicator", "limit", "unit", "drill"."""

_Change = Callable[[Alert, AlertEvent], Alert]


def fold(events: Iterable[AlertEvent], *, as_of: datetime | None = None) -> Alert | None:
    """The alert after its events up to `as_of`; None when nothing had happened by then.

    What was undone by then does not count. The order given does not matter: (at, id) does.
    """
    known = sorted(
        (one for one in events if as_of is None or one.at <= as_of),
        key=lambda one: (one.at, one.id),
    )
    undone = {one.data.get("event") for one in known if one.step is AlertStep.UNDONE}
    alert: Alert | None = None
    for one in known:
        if one.step is not AlertStep.UNDONE and one.id not in undone:
            alert = opened(one) if alert is None else apply(alert, one)
    return alert


def opened(event: AlertEvent) -> Alert:
    """The alert that its first event makes; ValueError when it cannot be one."""
    if event.step not in OPENING:
        raise ValueError(f"告警 {event.alert} 的第一个事件不能是 {event.step}")
    told = dict(event.data)
    alert = Alert(
        id=event.alert,
        key=AlertKey(told.pop("rule"), told.pop("region")),
        topic=told.pop("topic"),
        condition=Condition.PENDING,
        level=event.level or AlertLevel.BLUE,
        title=told.pop("title"),
        pending_since=_moment(told.pop("pending_since", None)) or event.at,
        drill=bool(told.pop("drill", False)),
        indicator=told.pop("indicator", None),
    )
    return apply(alert, replace(event, data=told))


def apply(alert: Alert, event: AlertEvent) -> Alert:
    """The alert after one more event; steps that change nothing of it leave it as it is."""
    return _CHANGES.get(event.step, _unchanged)(alert, event)


def pauses(alert: Alert, now: datetime) -> dict[str, float]:
    """For how many seconds each person has paused it by then, since it last became worse."""
    found: dict[str, float] = dict(alert.data.get("pauses") or {})
    begun, until = _moment(alert.data.get("paused_at")), alert.paused_until
    if begun is not None and until is not None:
        by = str(alert.data.get("paused_by", ""))
        found[by] = found.get(by, 0.0) + max(0.0, (min(until, now) - begun).total_seconds())
    return found


def state_of(alert: Alert, now: datetime) -> str:
    """The one word a board says: 未确认 已确认 已派单 处置中 已暂停 已解除."""
    if not alert.open:
        return "已解除"
    if alert.paused_until is not None and alert.paused_until > now:
        return "已暂停"
    if alert.data.get("handling"):
        return "处置中"
    if alert.case is not None or alert.unit_assigned is not None:
        return "已派单"
    return "未确认" if alert.acknowledged_at is None else "已确认"


def _unchanged(alert: Alert, event: AlertEvent) -> Alert:
    return alert


def _measured(alert: Alert, event: AlertEvent, **more: Any) -> Alert:
    """The alert with the level, value and limit that the event tells; the rest goes to data."""
    told = dict(event.data)
    named = {key: told.pop(key) for key in ("limit", "unit", "title", "flaps") if key in told}
    return replace(
        alert,
        level=event.level or alert.level,
        value=event.value if event.value is not None else alert.value,
        data={**alert.data, **told},
        **named,
        **more,
    )


def _pending(alert: Alert, event: AlertEvent) -> Alert:
    return _measured(alert, event, condition=Condition.PENDING)


def _fired(alert: Alert, event: AlertEvent) -> Alert:
    since = alert.fired_at or event.at
    return _measured(alert, event, condition=Condition.FIRING, fired_at=since)


def _moved(alert: Alert, event: AlertEvent) -> Alert:
    return _measured(alert, event, condition=Condition.FIRING)


def _raised(alert: Alert, event: AlertEvent) -> Alert:
    """A worse level is news: it ends a pause and waits for a 确认 of its own."""
    news = {"raised_at": event.at.isoformat(), "escalated_to": [], "pauses": {}}
    worse = _moved(replace(alert, data={**alert.data, **news}), event)
    return replace(
        worse, paused_until=None, acknowledged_at=None, acknowledged_by=None, escalated_at=None
    )


def _ended(alert: Alert, event: AlertEvent) -> Alert:
    told = {key: value for key, value in event.data.items() if key not in ("limit", "title")}
    ended = replace(event, value=None, level=None, data=told)
    return _measured(alert, ended, condition=Condition.INACTIVE, resolved_at=event.at)


def _no_data(alert: Alert, event: AlertEvent) -> Alert:
    return _measured(alert, event, condition=Condition.NO_DATA)


def _error(alert: Alert, event: AlertEvent) -> Alert:
    return _measured(alert, event, condition=Condition.ERROR)


def _acknowledged(alert: Alert, event: AlertEvent) -> Alert:
    if alert.acknowledged_at is not None:
        return alert
    return replace(alert, acknowledged_at=event.at, acknowledged_by=event.actor)


def _noted(alert: Alert, event: AlertEvent) -> Alert:
    return replace(alert, noted_by=tuple(dict.fromkeys((*alert.noted_by, event.actor))))


def _assigned(alert: Alert, event: AlertEvent) -> Alert:
    person = event.data.get("person")
    return replace(alert, unit_assigned=event.data.get("unit"), person_assigned=person)


def _paused(alert: Alert, event: AlertEvent) -> Alert:
    data = {
        **alert.data,
        "pause_reason": event.data.get("reason", ""),
        "pauses": pauses(alert, event.at),
        "paused_by": event.actor,
        "paused_at": event.at.isoformat(),
    }
    return replace(alert, paused_until=_moment(event.data.get("until")), data=data)


def _resumed(alert: Alert, event: AlertEvent) -> Alert:
    told = {"resumed_at": event.at.isoformat(), "pauses": pauses(alert, event.at)}
    data = {**alert.data, **told}
    return replace(alert, paused_until=None, data=data)


def _dispatched(alert: Alert, event: AlertEvent) -> Alert:
    """The case it was sent as, and where that stands: told again whenever the case moves."""
    told = {
        "case_state": event.data.get("state", ""),
        "handling": bool(event.data.get("handling")),
        "case_closed": bool(event.data.get("closed")),
    }
    return replace(alert, case=event.data.get("case"), data={**alert.data, **told})


def _grouped(alert: Alert, event: AlertEvent) -> Alert:
    return replace(alert, under=event.data.get("under"))


def _inhibited(alert: Alert, event: AlertEvent) -> Alert:
    return replace(alert, inhibited_by=event.data.get("by"))


def _released(alert: Alert, event: AlertEvent) -> Alert:
    return replace(alert, inhibited_by=None)


def _escalated(alert: Alert, event: AlertEvent) -> Alert:
    told = [*alert.data.get("escalated_to", ()), event.data.get("to", "")]
    return replace(alert, escalated_at=event.at, data={**alert.data, "escalated_to": told})


def _false(alert: Alert, event: AlertEvent) -> Alert:
    data = {**alert.data, "false_reason": event.data.get("reason", "")}
    return replace(alert, false=True, data=data)


_CHANGES: Mapping[AlertStep, _Change] = {
    AlertStep.PENDING: _pending,
    AlertStep.FIRED: _fired,
    AlertStep.RAISED: _raised,
    AlertStep.LOWERED: _moved,
    AlertStep.DROPPED: _ended,
    AlertStep.RESOLVED: _ended,
    AlertStep.NO_DATA: _no_data,
    AlertStep.ERROR: _error,
    AlertStep.GROUPED: _grouped,
    AlertStep.INHIBITED: _inhibited,
    AlertStep.RELEASED: _released,
    AlertStep.ACKNOWLEDGED: _acknowledged,
    AlertStep.NOTED: _noted,
    AlertStep.ASSIGNED: _assigned,
    AlertStep.PAUSED: _paused,
    AlertStep.RESUMED: _resumed,
    AlertStep.DISPATCHED: _dispatched,
    AlertStep.ESCALATED: _escalated,
    AlertStep.FALSE: _false,
}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
