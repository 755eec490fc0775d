"""What goes to the screens: changes as JSON made once, gathered into batches that merge.

A batch is a snapshot (all latest values) or a delta, or both with rows of the overview. Merging is
pure: the newest value of each indicator and region stays, so a slow screen costs bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

import orjson

from topics.kit.contracts import Change
from topics.kit.events import Position

Key = tuple[str, str]
"""Indicator and region."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
_MOST_REVISIONS = 256  # of past periods, kept for one slow screen


@dataclass(frozen=True, slots=True)
class Entry:
    """A change and its JSON, made once for all screens."""

    change: Change
    json: bytes

    @property
    def key(self) -> Key:
        """Indicator and region."""
        return self.change.indicator, self.change.region

    @property
    def order(self) -> tuple[datetime, datetime]:
        """What decides which of two entries of a key is newer: the period, then the recording."""
        return self.change.period.start, self.change.recorded_at


def entry(change: Change) -> Entry:
    """The change with its JSON `[indicator, region, period, value, status, recorded_at]`."""
    return Entry(
        change,
        orjson.dumps(
            [
                change.indicator,
                change.region,
                change.period.start.astimezone(SHANGHAI).isoformat(),
                change.value,
                change.status,
                change.recorded_at.astimezone(SHANGHAI).isoformat(),
            ]
        ),
    )


_MOST_ITEMS = 300  # changed things of one kind, kept for one slow screen


@dataclass(frozen=True, slots=True)
class News:
    """An event beside the numbers: `head` is the newest JSON object; `items` are what changed.

    Items are told under "changed", by id the newest of each; None: an event without items.
    """

    head: bytes
    items: Mapping[str, bytes] | None = None

    def merged(self, later: News) -> News:
        """This news and then `later`, as one."""
        if self.items is None or later.items is None:
            return later
        # What changed again is told last, and the oldest go first when there are too many.
        kept = {name: one for name, one in self.items.items() if name not in later.items}
        items = {**kept, **later.items}
        return News(later.head, dict(islice(items.items(), max(0, len(items) - _MOST_ITEMS), None)))

    def encoded(self, event: str) -> bytes:
        """The server-sent event."""
        data = self.head
        if self.items is not None:
            changed = b",".join(self.items.values())
            data = b'%s,"changed":[%s]}' % (self.head[:-1], changed)
        return b"event: %s\ndata: %s\n\n" % (event.encode(), data)


@dataclass(frozen=True)
class Batch:
    """What one screen is to be told at once; `position` is None when only rows are told."""

    position: Position | None = None
    snapshot: bool = False
    latest: Mapping[Key, Entry] = field(default_factory=dict)
    revised: Mapping[tuple[Key, datetime], Entry] = field(default_factory=dict)
    rows: Mapping[Key, bytes] = field(default_factory=dict)
    news: Mapping[str, News] = field(default_factory=dict)

    @classmethod
    def delta(cls, position: Position, entries: Iterable[Entry]) -> Batch:
        """The entries as one delta that leads to `position`."""
        latest: dict[Key, Entry] = {}
        revised: dict[tuple[Key, datetime], Entry] = {}
        for one in entries:
            _place(one, latest, revised)
        return cls(position, latest=latest, revised=_bounded(revised))

    def merged(self, later: Batch) -> Batch:
        """This batch and then `later`, as one."""
        rows, news = {**self.rows, **later.rows}, _both(self.news, later.news)
        if later.snapshot or (self.position is None and not self.latest):
            return Batch(later.position, later.snapshot, later.latest, later.revised, rows, news)
        latest, revised = dict(self.latest), dict(self.revised)
        for one in (*later.revised.values(), *later.latest.values()):
            _place(one, latest, revised)
        position = later.position or self.position
        return Batch(position, self.snapshot, latest, _bounded(revised), rows, news)

    @cached_property
    def encoded(self) -> bytes:
        """The server-sent events of this batch; made once however many screens get it."""
        parts: list[bytes] = []
        if self.position is not None:
            # A revision of a past period first: the present value has the last word.
            entries = (*self.revised.values(), *self.latest.values())
            parts += [
                b"id: %s\nevent: %s\ndata: ["
                % (str(self.position).encode(), b"snapshot" if self.snapshot else b"delta"),
                b",".join(one.json for one in entries),
                b"]\n\n",
            ]
        if self.rows:
            parts += [b"event: rows\ndata: [", b",".join(self.rows.values()), b"]\n\n"]
        parts += [one.encoded(event) for event, one in self.news.items()]
        return b"".join(parts)


def _both(first: Mapping[str, News], later: Mapping[str, News]) -> Mapping[str, News]:
    return {
        **first,
        **{
            event: first[event].merged(one) if event in first else one
            for event, one in later.items()
        },
    }


def _place(
    one: Entry, latest: dict[Key, Entry], revised: dict[tuple[Key, datetime], Entry]
) -> None:
    known = latest.get(one.key)
    if known is None or known.order <= one.order:
        latest[one.key] = one
    elif known.change.period.start != one.change.period.start:
        # Taken out first, so that the dict's order stays the order of arrival.
        revised.pop((one.key, one.change.period.start), None)
        revised[one.key, one.change.period.start] = one


def _bounded(
    revised: dict[tuple[Key, datetime], Entry],
) -> dict[tuple[Key, datetime], Entry]:
    surplus = len(revised) - _MOST_REVISIONS
    return dict(islice(revised.items(), surplus, None)) if surplus > 0 else revised
