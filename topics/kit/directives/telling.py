"""What is told of a 督办, and to whom: its unit when it is owed something, else its issuer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from layers.contracts import Classification
from topics.kit.directives.contracts import Directive, DirectiveState, DirectiveStep
from topics.kit.directives.ladder import ONCE, Rung, reached
from topics.kit.directives.machine import overdue
from topics.kit.notify.contracts import Message
from topics.kit.words.clock import local
from topics.kit.words.lasting import lasting

NEAR = timedelta(days=1)
_TO_UNIT = {
    DirectiveStep.ISSUED: "收到督办",
    DirectiveStep.RETURNED: "督办反馈被退回",
    DirectiveStep.CLOSED: "督办已办结",
    DirectiveStep.WITHDRAWN: "督办已撤销",
}
_TO_ISSUER = {DirectiveStep.SIGNED: "督办已签收", DirectiveStep.ANSWERED: "督办有反馈"}


def about_step(one: Directive, step: DirectiveStep, note: str = "") -> list[Message]:
    """The one message of a step."""
    to_unit = step in _TO_UNIT
    title = (_TO_UNIT if to_unit else _TO_ISSUER)[step]
    said = note.strip() or one.text
    key = f"directive:{one.id}:{step}:{one.returned}"
    receiver = f"unit:{one.unit}" if to_unit else f"account:{one.issued_by}"
    return [_message(one, key, receiver, title, f"{said}(期限 {_deadline(one)})")]


def reminders(one: Directive, now: datetime, ladder: Sequence[Rung] = ONCE) -> list[Message]:
    """What is to be said at `now`: due within a day to the unit, then what the ladder says.

    The key names the rung and how often it was returned: each is told once, the last is the end.
    """
    if overdue(one, now):
        found = reached(one, now, ladder)
        if found is None:
            return []
        number, rung = found
        key = f"directive:{one.id}:overdue:{one.returned}:{number}"
        again = f",第 {number + 1} 次提醒" if number else ""
        late = max(now - one.deadline, timedelta(minutes=1))
        text = f"{one.text}(期限 {_deadline(one)},已超期 {lasting(late)}{again})"
        receivers = {"unit": f"unit:{one.unit}", "issuer": f"account:{one.issued_by}"}
        return [
            _message(one, key, to, "督办超期", text, urgent=rung.urgent)
            for name, to in receivers.items()
            if name in rung.to
        ]
    waiting = one.state in {DirectiveState.ISSUED, DirectiveState.SIGNED}
    if waiting and now >= one.deadline - NEAR and one.deadline - one.issued_at > NEAR:
        key, text = f"directive:{one.id}:near", f"{one.text}(期限 {_deadline(one)})"
        return [_message(one, key, f"unit:{one.unit}", "督办即将到期", text)]
    return []


def _message(
    one: Directive, key: str, receiver: str, title: str, text: str, *, urgent: bool = False
) -> Message:
    about, mark = str(one.data.get("title", "")), "【演练】" if one.drill else ""
    # What a 督办 is about decides how secret it is; one from before this was kept is 敏感.
    known = one.data.get("class")
    return Message(
        key=key,
        receiver=receiver,
        title=mark + (f"{title}:{about}" if about else title),
        text=text,
        link=f"/directives?id={one.id}",
        drill=one.drill,
        urgent=urgent,
        topic=one.data.get("of") or one.topic,
        classification=Classification(known) if known else Classification.SENSITIVE,
        brief=f"{mark}{title}(编号 {one.id[:8]})",
    )


def _deadline(one: Directive) -> str:
    there = local(one.deadline)
    return f"{there.month}月{there.day}日 {there:%H:%M}"
