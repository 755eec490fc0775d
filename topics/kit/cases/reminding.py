"""Who is told that something of a case is due soon, or overdue: whoever has it to do.

The desk while it is the desk's (立案, 派遣, 协调, 核实, 核查), the 主办 of its handling, each
协办 of its own part until it answered; nobody while the clocks stand. Once a due and kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.cases.contracts import CaseState
from topics.kit.cases.lines import CaseLine
from topics.kit.cases.transitions import TASKS_OPEN
from topics.kit.notify.contracts import Message
from topics.kit.words.clock import moment_text
from topics.kit.words.lasting import lasting

S = CaseState
STAGES = {
    S.TO_VERIFY: "核实",
    S.REPORTED: "立案",
    S.ACCEPTED: "立案",
    S.FILED: "派遣",
    S.COORDINATING: "协调",
    S.ANSWERED: "核查",
    S.CHECKING: "核查",
}
"""What the desk owes while the case is in one of these states."""

_AGAIN = timedelta(minutes=30)  # after which one who could not be reached is tried again


@dataclass(frozen=True, slots=True)
class Owed:
    """One clock that runs: whose ("" the desk), what is owed, and until when."""

    unit: str
    what: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be sent about a case now, and when it is to be looked at next (None: never)."""

    messages: tuple[Message, ...]
    next_at: datetime | None


def owed(line: CaseLine) -> Iterator[Owed]:
    """Every clock of the case that runs."""
    state = CaseState(line.state)
    if not line.open or state is S.SUSPENDED:
        return
    if line.due is not None:
        desk = STAGES.get(state)
        if desk is not None:
            yield Owed("", desk, line.due)
        elif line.unit is not None:
            yield Owed(line.unit, "处置", line.due)
    if state not in TASKS_OPEN or line.unit is None:
        return
    if line.respond_due is not None and line.responded_at is None:
        yield Owed(line.unit, "到场或回复", line.respond_due)
    for unit, due, done in zip(line.support, line.support_due, line.support_done, strict=True):
        if due is not None and done is None:
            yield Owed(unit, "协办", due)


def told(
    line: CaseLine, now: datetime, ahead: timedelta, receivers: Callable[[Owed], list[str]]
) -> Told:
    """What to say of an open case `ahead` of a due and once it is over; nothing of demo cases.

    The key names the due: a clock that stood or was extended is told anew.
    """
    messages: list[Message] = []
    later: list[datetime] = []
    for one in () if line.demo else owed(line):
        moments = (one.due - ahead, one.due)
        later += [moment for moment in moments if moment > now]
        if now < moments[0]:
            continue
        names = receivers(one)
        messages += [_message(line, one, name, now) for name in names]
        later += [] if names else [now + _AGAIN]
    return Told(tuple(messages), min(later, default=None))


def _message(line: CaseLine, one: Owed, receiver: str, now: datetime) -> Message:
    late = one.due <= now
    said = (
        f"已超期 {lasting(now - one.due)}"
        if late
        else f"{moment_text(one.due, now)} 到期,还剩 {lasting(one.due - now)}"
    )
    kind, title = "late" if late else "soon", f"事件{'超期' if late else '将到期'}:{line.number}"
    return Message(
        key=f"case:{line.id}:{kind}:{one.due.isoformat()}:{one.unit}:{one.what}",
        receiver=receiver,
        title=title,
        text=f"{line.text[:60]}({line.place or line.region}),{one.what},{said}",
        link=f"/cases/{line.id}",
        drill=line.drill,
        brief=title,
    )
