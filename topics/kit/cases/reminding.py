"""What a unit is told about its cases: soon due, and overdue. Each is told once a due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from topics.kit.cases.lines import CaseLine
from topics.kit.notify.contracts import Message
from topics.kit.words.clock import moment_text
from topics.kit.words.lasting import lasting


def reminders(
    line: CaseLine, now: datetime, receivers: Callable[[str], list[str]]
) -> Iterator[Message]:
    """The messages about an open case that is due soon or overdue; none of demo cases.

    The key names the due: a case whose clock stood or that was extended is told anew.
    """
    if line.due is None or line.unit is None or line.demo or not line.open:
        return
    late = line.due < now
    said = (
        f"已超期 {lasting(now - line.due)}"
        if late
        else f"{moment_text(line.due, now)} 到期,还剩 {lasting(line.due - now)}"
    )
    for unit in (line.unit, *line.support):
        for name in receivers(unit):
            yield Message(
                key=f"case:{line.id}:{'late' if late else 'soon'}:{line.due.isoformat()}:{unit}",
                receiver=f"receiver:{name}",
                title=f"事件{'超期' if late else '将到期'}:{line.number}",
                text=f"{line.text[:60]}({line.place or line.region}),{line.state},{said}",
                link=f"/cases/{line.id}",
                drill=line.drill,
            )
