"""When a value may be shown to everybody: the rule of its definition, or the date set for it."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from topics.kit.contracts import Period, PeriodKind
from topics.kit.definitions.contracts import ReleaseEntry
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of

_Key = tuple[str, Period]


class ReleaseCalendar:
    """Implements Releases; its entries are replaced as a whole by `swap`."""

    def __init__(self) -> None:
        """Begin with the rules only."""
        self._entries: dict[_Key, ReleaseEntry] = {}
        self._past: tuple[ReleaseEntry, ...] = ()
        self._named: frozenset[str] = frozenset()

    def swap(self, entries: Iterable[ReleaseEntry]) -> None:
        """Take these entries, oldest first, in place of all known."""
        self._past = tuple(entries)
        last = {(one.indicator, one.period): one for one in self._past}
        self._entries = last
        self._named = frozenset(name for name, _ in last)

    def restricts(self, spec: IndicatorSpec) -> bool:
        """Whether some period of the indicator may have to wait; cheap: screens ask it."""
        return spec.release is not None or spec.id in self._named

    def at(self, spec: IndicatorSpec, period: Period) -> datetime | None:
        """The moment of release (UTC); None: at once."""
        entry = self._entries.get((spec.id, period)) if spec.id in self._named else None
        if entry is not None and entry.release_at is not None:
            return entry.release_at
        return by_rule(spec, period)

    def entry(self, indicator: str, period: Period) -> ReleaseEntry | None:
        """The date set by hand for the period, None while the rule holds."""
        found = self._entries.get((indicator, period))
        return found if found is not None and found.release_at is not None else None

    def entries(self) -> Sequence[ReleaseEntry]:
        """The last entry of every period that has one."""
        return tuple(self._entries.values())

    def past(self, indicator: str | None = None) -> Sequence[ReleaseEntry]:
        """Every entry ever made, oldest first."""
        return tuple(one for one in self._past if indicator in (None, one.indicator))


def by_rule(spec: IndicatorSpec, period: Period) -> datetime | None:
    """The moment the rule names: day and time of the month after the one the period ends in.

    A day that the month does not have is its last one. Without a day: the time on the day on which
    the period is over. None without a rule.
    """
    rule = spec.release
    if rule is None or (rule.day is None and rule.time is None):
        return None
    end = end_of(period).astimezone(ZONE)
    clock = time.fromisoformat(rule.time) if rule.time else time()
    if rule.day is None:
        return datetime.combine(end.date(), clock, ZONE).astimezone(UTC)
    inside = end if period.kind is PeriodKind.INSTANT else end - timedelta(microseconds=1)
    year, month = divmod(inside.year * 12 + inside.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    day = date(year, month + 1, min(rule.day, last))
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
