"""Kept messages as JSON: what was to be told, to whom, and how each try went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from topics.kit.notify.delivery import Attempt, Notice, NoticeState
from topics.kit.periods import ZONE

STATE_WORDS = {
    NoticeState.WAITING: "待发送",
    NoticeState.SENT: "已送达",
    NoticeState.FAILED: "未送达",
    NoticeState.DRILL: "演练未外发",
}
_KINDS = {"receiver": "收件人", "person": "", "duty": "值班", "unit": "单位", "account": "账号"}


def notice_json(one: Notice, attempts: Sequence[Attempt] = ()) -> dict[str, Any]:
    """One message; times are Shanghai's."""
    waits = one.state is NoticeState.WAITING
    return {
        "id": one.id,
        "receiver": one.message.receiver,
        "receiver_text": receiver_text(one.message.receiver),
        "title": one.message.title,
        "text": one.message.text,
        "level": one.message.level or None,
        "link": one.message.link or None,
        "urgent": one.message.urgent,
        "drill": one.message.drill,
        "state": one.state.value,
        "state_text": STATE_WORDS[one.state],
        "said": one.said,
        "attempts": one.attempts,
        "created_at": one.created_at.astimezone(ZONE).isoformat(),
        "next_at": one.next_at.astimezone(ZONE).isoformat() if waits else None,
        "ended_at": one.ended_at.astimezone(ZONE).isoformat() if one.ended_at else None,
        "tries": [
            {
                "at": each.at.astimezone(ZONE).isoformat(),
                "took_ms": round(each.took.total_seconds() * 1000),
                "ok": each.answer.ok,
                "target": each.answer.target,
                "said": each.answer.said,
            }
            for each in attempts
        ],
    }


def receiver_text(receiver: str, unit: Callable[[str], str] = str) -> str:
    """A receiver for a person to read: 值班 带班领导; `unit` gives a unit's name."""
    kind, _, name = receiver.partition(":")
    name = unit(name) if kind == "unit" else name
    return f"{_KINDS.get(kind, kind)} {name}".strip()
