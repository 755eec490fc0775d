"""A feed: all screens that may see the same indicators of the same topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.push.batches import Batch, Entry, Key
from app.push.mailbox import Mailbox
from topics.kit.cases.lines import Sight
from topics.kit.events import Position


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees alike: equal rights classes get equal answers; no topics means all."""

    rights: str
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a feed may hear beside the numbers.

    `alerts` answers for (topic, indicator, rule); `cases` says which may be seen; names of people
    only for who is signed in.
    """

    alerts: Callable[[str, str | None, str], bool] = lambda *_: False
    signed_in: bool = False
    forget: Callable[[], None] = lambda: None
    cases: Callable[[], Sight] = Sight


NOBODY = Viewer()


@dataclass(eq=False, slots=True)
class Screen:
    """One open stream."""

    audience: Audience
    region: str | None
    address: str
    mailbox: Mailbox = field(default_factory=Mailbox)


class Feed:
    """Fans batches out to its screens; each batch is filtered and encoded once."""

    def __init__(
        self,
        topics: frozenset[str],
        sees: Callable[[str], bool],
        *,
        early: Callable[[str], bool] = lambda _: False,
        waits: Callable[[Entry], bool] = lambda _: False,
        viewer: Viewer = NOBODY,
    ) -> None:
        """Serve the indicators of `topics` (none named: all) for which `sees` says yes.

        An entry that `waits` for its release goes only to those who see its indicator `early`.
        """
        self.viewer = viewer
        self._topics = topics
        self._sees = sees
        self._early = early
        self._waits = waits
        self._known: dict[str, bool] = {}
        self._known_early: dict[str, bool] = {}
        self._snapshot: Batch | None = None
        self.screens: set[Screen] = set()

    def forget_decisions(self) -> None:
        """Ask again what may be seen: a definition or a right may have changed."""
        self.viewer.forget()
        self._known.clear()
        self._known_early.clear()
        self._snapshot = None

    def shows(self, indicator: str) -> bool:
        """Whether this feed carries the indicator."""
        known = self._known.get(indicator)
        if known is None:
            topic = indicator.partition(".")[0]
            known = (not self._topics or topic in self._topics) and self._sees(indicator)
            self._known[indicator] = known
        return known

    def early(self, indicator: str) -> bool:
        """Whether this feed carries the indicator's values before their release."""
        known = self._known_early.get(indicator)
        if known is None:
            known = self._known_early[indicator] = self._early(indicator)
        return known

    def visible(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries this feed carries now."""
        return [
            one
            for one in entries
            if self.shows(one.change.indicator)
            and (not self._waits(one) or self.early(one.change.indicator))
        ]

    def snapshot(self, position: Position, held: Iterable[Entry]) -> Batch:
        """All latest values, of what is held with the older ones first; made once per position."""
        if self._snapshot is None or self._snapshot.position != position:
            latest: dict[Key, Entry] = {one.key: one for one in self.visible(held)}
            self._snapshot = Batch(position, snapshot=True, latest=latest)
        return self._snapshot

    def forget_snapshot(self) -> None:
        """Make the next snapshot anew: something was released."""
        self._snapshot = None

    def send(self, batch: Batch, *, region: str | None = None) -> None:
        """Put the batch into every mailbox, or those of the screens that look at `region`."""
        for screen in self.screens:
            if region is None or screen.region == region:
                screen.mailbox.put(batch)
