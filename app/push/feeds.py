"""A feed: all screens that may see the same indicators of the same topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.push.batches import Batch, Entry, Key
from app.push.mailbox import Mailbox
from topics.kit.events import Position


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees alike: equal rights classes get equal answers; no topics means all."""

    rights: str
    topics: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Screen:
    """One open stream."""

    audience: Audience
    region: str | None
    address: str
    mailbox: Mailbox = field(default_factory=Mailbox)


class Feed:
    """Fans batches out to its screens; each batch is filtered and encoded once."""

    def __init__(self, topics: frozenset[str], sees: Callable[[str], bool]) -> None:
        """Serve the indicators of `topics` (none named: all) for which `sees` says yes."""
        self._topics = topics
        self._sees = sees
        self._known: dict[str, bool] = {}
        self._snapshot: Batch | None = None
        self.screens: set[Screen] = set()

    def forget_decisions(self) -> None:
        """Ask again what may be seen: a release date may have passed."""
        self._known.clear()
        self._snapshot = None

    def shows(self, indicator: str) -> bool:
        """Whether this feed carries the indicator."""
        known = self._known.get(indicator)
        if known is None:
            topic = indicator.partition(".")[0]
            known = (not self._topics or topic in self._topics) and self._sees(indicator)
            self._known[indicator] = known
        return known

    def visible(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries this feed carries."""
        return [one for one in entries if self.shows(one.change.indicator)]

    def snapshot(self, position: Position, table: dict[Key, Entry]) -> Batch:
        """All latest values; made once per position."""
        if self._snapshot is None or self._snapshot.position != position:
            shown = self.visible(table.values())
            latest = {one.key: one for one in shown}
            self._snapshot = Batch(position, snapshot=True, latest=latest)
        return self._snapshot

    def send(self, batch: Batch, *, region: str | None = None) -> None:
        """Put the batch into every mailbox, or those of the screens that look at `region`."""
        for screen in self.screens:
            if region is None or screen.region == region:
                screen.mailbox.put(batch)
