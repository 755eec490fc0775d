"""Which periods of the indicators counted from cases are to be said anew, and which cases do.

A past period's number is said again when what is known of its cases changes (a late answer, a
voided or merged case, a step that came in later); the store keeps the old one as a revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.evaluation.period_values import PeriodValues
from topics.kit.manifest_counts import CountSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.periods import ZONE, period_at
from topics.kit.refresh.memory import Memory
from topics.kit.stores.postgres_case_moves import PostgresCaseMoves

_BACK = timedelta(days=400)  # so far back everything is counted anew once a day
_OVERLAP = 200  # steps that may have been numbered and not yet seen
_KNOWN_FOR = 5.0  # seconds for which the first case is remembered
_HOUR, _MONTH = timedelta(hours=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of one run, of how many cases, and what to call once they are kept."""

    observations: Sequence[Observation]
    read: int
    done: Callable[[], None]


class CaseSeries:
    """Counts what refreshers of kind "cases" declare, a period whenever a case of it goes on."""

    def __init__(
        self,
        values: PeriodValues,
        moves: PostgresCaseMoves,
        memory: Memory,
        *,
        since: date | None = None,
    ) -> None:
        """`since` is the first day that cases speak for; by default the day after the first."""
        self._values = values
        self._moves = moves
        self._memory = memory
        self._since = since
        self._first: tuple[float, datetime | None] = (float("-inf"), None)

    def begins(self) -> datetime | None:
        """The first moment that cases speak for; None while there are none."""
        if self._since is not None:
            return _midnight(self._since)
        asked, first = self._first
        if monotonic() - asked > _KNOWN_FOR:
            first = self._moves.first()
            self._first = (monotonic(), first)
        return None if first is None else _midnight(_day(first) + timedelta(days=1))

    def covers(self, period: Period) -> bool:
        """Whether cases speak for the period: it does not begin before them."""
        begins = self.begins()
        return begins is not None and period.start >= begins

    def count(self, spec: RefresherSpec, now: datetime) -> Counted:
        """What the refresher's indicators say now, of all periods that may have changed."""
        begins = self.begins()
        if begins is None:
            return Counted((), 0, _nothing)
        words, told = self._memory.recall(spec.id), _told(spec, begins)
        last = self._moves.last()
        first = words.get("told") != told  # only then the past of a 时点 is counted
        if first or words.get("day") != str(_day(now)):
            before = max(last - _OVERLAP, 0)
            moments = list(_hours(max(begins, now - _BACK), now))
        else:
            # Steps are numbered before they are seen: what the run before saw is looked at again.
            before = int(words["last"])
            moments = [*self._moves.hours(int(words["before"]), now)]
            moments += _hours(datetime.fromisoformat(words["at"]) - _HOUR, now)
        periods = self._periods(spec, moments, now, first=first)
        found, read = self._values.of(
            spec.counts, [one for one in periods if self.covers(one)], now
        )
        noted = {
            "told": told,
            "day": str(_day(now)),
            "before": str(before),
            "last": str(last),
            "at": now.isoformat(),
        }
        return Counted(found, read, lambda: self._memory.note(spec.id, noted))

    def cases(self, spec: CountSpec, region: str, period: Period, at: datetime) -> list[str] | None:
        """The cases behind one value as known at `at`, newest first; None: cases do not say it."""
        return self._values.cases(spec, region, period, at) if self.covers(period) else None

    def words(self, spec: CountSpec) -> str:
        """What is counted, as people read it."""
        return self._values.words(spec)

    def _periods(
        self, spec: RefresherSpec, moments: Sequence[datetime], now: datetime, *, first: bool
    ) -> set[Period]:
        found: set[Period] = set()
        for kind in {self._values.kind(one) for one in spec.counts}:
            if kind is PeriodKind.INSTANT:
                found |= {Period(one, kind) for one in (moments if first else ())}
                found.add(Period(now, kind))
                continue
            found |= {period_at(one, kind) for one in moments}
            if kind is PeriodKind.MONTH:  # 冻结, 复核 and 定稿 change a month without any case
                found |= {period_at(now - months * _MONTH, kind) for months in range(1, 4)}
        return {one for one in found if one.start <= now}


def _told(spec: RefresherSpec, begins: datetime) -> str:
    """A mark of what is counted: another way of counting counts everything anew."""
    return f"{begins.isoformat()} {[one.model_dump_json() for one in spec.counts]}"


def _hours(start: datetime, now: datetime) -> Iterator[datetime]:
    at = start.replace(minute=0, second=0, microsecond=0)
    while at <= now:
        yield at
        at += _HOUR


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZONE)


def _nothing() -> None:
    return None
