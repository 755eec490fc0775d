"""The newest value of each series and, while it waits for its release, those before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from app.push.batches import Entry, Key
from topics.kit.contracts import Change, Period

ReleaseAt = Callable[[Change], datetime | None]
Clock = Callable[[], datetime]


def at_once(_: Change) -> None:
    """No change waits for a release."""


def clock() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class Shelf:
    """Holds entries; asks the dates of release anew each time, so that a changed one counts."""

    def __init__(self, release_at: ReleaseAt = at_once, now: Clock = clock) -> None:
        """Begin empty."""
        self._release_at = release_at
        self._now = now
        self._newest: dict[Key, Entry] = {}
        self._before: dict[Key, dict[Period, Entry]] = {}
        self._waiting: dict[tuple[Key, Period], Entry] = {}

    def waits(self, one: Entry) -> bool:
        """Whether the entry is not released yet."""
        at = self._release_at(one.change)
        return at is not None and at > self._now()

    def fill(self, entries: Iterable[Entry]) -> None:
        """Hold these entries, in any order, and nothing else."""
        self._newest, self._before, self._waiting = {}, {}, {}
        for one in sorted(entries, key=lambda one: one.order):
            self.put(one)

    def put(self, one: Entry) -> None:
        """Hold a change that came; of one period the last recording stays."""
        waits, known = self.waits(one), self._newest.get(one.key)
        if waits:
            self._waiting[one.key, one.change.period] = one
        if known is None or known.order <= one.order:
            self._newest[one.key] = one
            if not waits:
                self._before.pop(one.key, None)
            elif known is not None and known.change.period != one.change.period:
                self._before.setdefault(one.key, {})[known.change.period] = known
        elif one.key in self._before or self.waits(known):
            self._before.setdefault(one.key, {})[one.change.period] = one

    def entries(self) -> Iterator[Entry]:
        """Everything held; of one series the older ones first."""
        for key, newest in self._newest.items():
            before = self._before.get(key)
            if before:
                yield from sorted(before.values(), key=lambda one: one.order)
            yield newest

    def due(self) -> list[Entry]:
        """What waited and is released by now, each told once."""
        found = [one for one in self._waiting.values() if not self.waits(one)]
        for one in found:
            del self._waiting[one.key, one.change.period]
            newest = self._newest.get(one.key)
            if newest is one:
                self._before.pop(one.key, None)
        return sorted(found, key=lambda one: one.order)

    def recheck(self) -> None:
        """Find what waits again because its date of release was put off."""
        for one in self._newest.values():
            if self.waits(one):
                self._waiting[one.key, one.change.period] = one
