"""平时 or 战时 over a stretch of the past: one mode throughout, or as the city was switched."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from topics.kit.duty.contracts import Mode


@dataclass(frozen=True, slots=True)
class Switches:
    """`wartime` before the first switch; then what each of `turns`, in their order, says."""

    wartime: bool = False
    turns: tuple[tuple[datetime, bool], ...] = ()

    def at(self, moment: datetime) -> bool:
        """Whether it is 战时 at that moment."""
        place = bisect_right([at for at, _ in self.turns], moment)
        return self.turns[place - 1][1] if place else self.wartime

    def after(self, moment: datetime) -> datetime | None:
        """When it is switched next; None: never again."""
        return next((at for at, _ in self.turns if at > moment), None)

    def within(self, start: datetime, end: datetime) -> int:
        """How often it is switched in [start, end)."""
        return sum(start <= at < end for at, _ in self.turns)

    @property
    def modes(self) -> tuple[bool, ...]:
        """The modes there are."""
        return tuple(dict.fromkeys([self.wartime, *(wartime for _, wartime in self.turns)]))


PEACETIME, WARTIME = Switches(wartime=False), Switches(wartime=True)


def as_switched(history: Iterable[Mode]) -> Switches:
    """The switches that a log of modes tells, in any order; what changes nothing is left out."""
    turns: list[tuple[datetime, bool]] = []
    known = [one for one in history if one.since is not None]
    for one in sorted(known, key=lambda mode: mode.since):  # type: ignore[arg-type, return-value]
        if one.since is not None and one.wartime is not (turns[-1][1] if turns else False):
            turns.append((one.since, one.wartime))
    return Switches(turns=tuple(turns))
