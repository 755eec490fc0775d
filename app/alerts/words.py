"""What an alert's events and times are called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertStep
from topics.kit.words.clock import moment_text
from topics.kit.words.lasting import lasting
from topics.kit.words.numbers import write_plain

_HOUR = timedelta(hours=1)

_WORDS = {
    AlertStep.PENDING: "条件成立,等待持续",
    AlertStep.FIRED: "触发{level}色告警",
    AlertStep.RAISED: "升为{level}色",
    AlertStep.LOWERED: "降为{level}色",
    AlertStep.DROPPED: "条件消失,未触发",
    AlertStep.RESOLVED: "解除",
    AlertStep.NO_DATA: "没有数据",
    AlertStep.ERROR: "规则计算出错",
    AlertStep.GROUPED: "并入同组",
    AlertStep.INHIBITED: "被抑制",
    AlertStep.RELEASED: "不再抑制",
    AlertStep.ACKNOWLEDGED: "确认",
    AlertStep.NOTED: "知悉",
    AlertStep.ASSIGNED: "交办",
    AlertStep.PAUSED: "暂停提醒",
    AlertStep.RESUMED: "恢复提醒",
    AlertStep.DISPATCHED: "派单",
    AlertStep.ESCALATED: "未确认,通知{to}",
    AlertStep.COMMENTED: "备注",
    AlertStep.FALSE: "标为误报",
    AlertStep.UNDONE: "撤销",
}


def elapsed_text(alert: Alert, now: datetime) -> str:
    """How long it lasts, to the second below an hour: 2 分 14 秒; over: 历时 3时04分."""
    if alert.fired_at is None:
        return ""
    end = alert.resolved_at or now
    took = max(end - alert.fired_at, timedelta(0))
    text = span_text(took)
    return text if alert.resolved_at is None else f"历时 {text}"


def span_text(span: timedelta) -> str:
    """Below an hour "2 分 14 秒", then "1时44分", then "1天3时"."""
    if span >= _HOUR:
        return lasting(span)
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return f"{minutes} 分 {seconds:02d} 秒" if minutes else f"{seconds} 秒"


def event_text(event: AlertEvent) -> str:
    """The bold word of a line of 经过."""
    level = event.level.value if event.level else ""
    if event.step is AlertStep.DISPATCHED and event.data.get("state"):
        return f"事件{event.data['state']}"
    if event.step is AlertStep.GROUPED and not event.data.get("under"):
        return "单独显示"
    text = _WORDS[event.step]
    return text.format(level=level, to=event.data.get("to", ""))


def event_sub(
    event: AlertEvent,
    alert: Alert,
    now: datetime,
    *,
    unit: Callable[[str], str],
    precision: int = 2,
) -> str:
    """The plain rest of the line: value against limit, reason, unit, end."""
    told = event.data
    if event.value is not None and event.level is not None:
        if told.get("compared"):
            return f"{told['compared']},{told.get('limit_text', '')}"
        limit = told.get("limit")
        value = write_plain(event.value, precision)
        return value if limit is None else f"{value} / 界限 {write_plain(float(limit), precision)}"
    if event.step is AlertStep.PAUSED:
        until = datetime.fromisoformat(str(told.get("until")))
        return f"至 {moment_text(until, now)},{told.get('reason', '')}"
    if event.step is AlertStep.ASSIGNED or (
        event.step is AlertStep.DISPATCHED and told.get("unit")
    ):
        return unit(str(told.get("unit") or ""))
    if event.step is AlertStep.UNDONE:
        return _WORDS.get(AlertStep(told["step"]), "") if told.get("step") else ""
    return str(told.get("text") or told.get("reason") or told.get("why") or "")
