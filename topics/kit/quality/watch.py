"""The checks that need more than one value: stuck, cross, usual change, completeness, lateness.

Run by the leading worker. Incremental: a series is looked at when values of its indicator came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of, local_start
from topics.kit.quality.complete import Share, counted_as, expected, newest_due, share
from topics.kit.quality.contracts import CheckKind, Cleared, Doubt, Flag
from topics.kit.quality.cross import apart
from topics.kit.quality.freshness import elapsed, indicator_age
from topics.kit.quality.intake import covers
from topics.kit.quality.jumps import unlike
from topics.kit.quality.stuck import equal_run, stuck
from topics.kit.quality.words import percent
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_quality import Asked, PostgresQuality

if TYPE_CHECKING:
    from topics.kit.stores.postgres import PostgresObservations
    from topics.kit.stores.postgres_presence import PostgresPresence

_MOMENTS_EVERY = timedelta(minutes=5)
_LEEWAY = timedelta(hours=6)  # how late a source may be and its newest run still be looked at
_USUAL = 32  # periods that say how a series usually moves
_CROSSED = 3
_FLAGS = 2000


class Indicators(Protocol):
    """The indicators as they are defined now."""

    def find(self, indicator_id: str, /) -> IndicatorSpec | None:
        """One of them, None when there is none."""

    def indicators(self) -> Sequence[IndicatorSpec]:
        """Every indicator."""


class QualityWatch:
    """Raises and ends the flags of series; each step may be repeated without effect."""

    def __init__(
        self,
        *,
        indicators: Indicators,
        regions: RegionTree,
        observations: PostgresObservations,
        quality: PostgresQuality,
        presence: PostgresPresence,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Look at `observations` by the definitions of `indicators`."""
        self._indicators = indicators
        self._regions = regions
        self._observations = observations
        self._quality = quality
        self._presence = presence
        self._clock = clock
        self._looked: dict[str, datetime] = {}

    def look(self) -> int:
        """Look at every indicator that values came for; returns at how many.

        A mark goes once its indicator was looked at: one that is cut off is looked at again.
        """
        count = 0
        for indicator, marked_at in self._quality.waiting().items():
            spec, now = self._indicators.find(indicator), self._clock()
            if spec is not None:
                last = self._looked.get(indicator)
                often = spec.period_kind is PeriodKind.INSTANT
                if often and last is not None and now - last < _MOMENTS_EVERY:
                    continue
                self._looked[indicator] = now
                self.look_at(spec, now)
                count += 1
            self._quality.looked_at(indicator, marked_at)
        return count

    def look_at(self, spec: IndicatorSpec, now: datetime) -> None:
        """All checks of one indicator."""
        if spec.checks.stuck_hours is not None:
            self._stuck(spec, now)
        if spec.checks.additive != "none":
            self._cross(spec, now)
        if spec.checks.jump_times is not None:
            self._unlike(spec, now)
        if spec.checks.complete is not None:
            self._complete(spec, now)

    def lateness(self) -> int:
        """Raise and end the flags of what is late now; returns how many are new.

        A source that is late as a whole is one flag of the city; else each region has its own.
        """
        now, raised = self._clock(), 0
        latest: dict[str, list[Observation]] = {}
        for one in self._observations.latest(as_of=None):
            latest.setdefault(one.indicator, []).append(one)
        for spec in self._indicators.indicators():
            wanted = late_regions(spec, latest.get(spec.id, ()), self._regions.city().code, now)
            doubts = [
                Doubt("timely", spec.id, region, one.period, None, _late_detail(spec, one))
                for region, one in wanted.items()
            ]
            raised += self._settle("timely", spec, doubts, now)
        return raised

    def _stuck(self, spec: IndicatorSpec, now: datetime) -> None:
        hours = timedelta(hours=spec.checks.stuck_hours or 0)
        found = self._presence.hours(spec.id, self._codes(spec, now), start=now - hours - _LEEWAY)
        known = self._quality.flags(Asked([spec.id], kinds=["stuck"]), limit=_FLAGS)
        doubts = []
        for region, spans in found.items():
            run = equal_run(spans)
            why = stuck(spec, run)
            if not why or run is None:
                continue
            period = Period(run.first, spec.period_kind)
            newest = Period(run.last, spec.period_kind)
            same = [one for one in known if one.doubt.region == region]
            if not any(_said_already(one, newest, run.value) for one in same):
                doubts.append(Doubt("stuck", spec.id, region, period, run.value, why))
        if doubts:
            self._quality.doubt(doubts, now=now)

    def _cross(self, spec: IndicatorSpec, now: datetime) -> None:
        count = 1 if spec.period_kind is PeriodKind.INSTANT else _CROSSED
        recent = self._observations.recent([spec.id], self._codes(spec, now), count, as_of=None)
        values: dict[Period, dict[str, float | None]] = {}
        for (_, region), rows in recent.items():
            for one in rows:
                values.setdefault(one.period, {})[region] = one.value
        doubts, seen = [], set()
        for (_, region), rows in recent.items():
            for one in rows:
                below = self._below(spec, one)
                if below:
                    seen.add((region, one.period))
                    doubts.append(apart(spec, one, values[one.period], below))
        said = [one for one in doubts if one is not None]
        wrong = {(one.region, one.period) for one in said}
        standing = self._open(spec, "cross")
        self._quality.resolve(
            [
                one
                for one in standing
                if (at := (one.doubt.region, one.doubt.period)) in seen and at not in wrong
            ],
            Cleared.RESOLVED,
            now=now,
        )
        accepted = self._accepted(spec, "cross")
        self._quality.doubt(
            [one for one in said if (one.region, one.period, one.value) not in accepted], now=now
        )

    def _unlike(self, spec: IndicatorSpec, now: datetime) -> None:
        recent = self._observations.recent([spec.id], self._codes(spec, now), _USUAL, as_of=None)
        doubts = []
        for rows in recent.values():
            before = [one.value for one in rows[-2::-1] if one.value is not None]
            found = unlike(spec, rows[-1], before)
            if found is not None:
                doubts.append(found)
        accepted = self._accepted(spec, "jump")
        self._quality.doubt(
            [one for one in doubts if (one.region, one.period, one.value) not in accepted], now=now
        )

    def _complete(self, spec: IndicatorSpec, now: datetime) -> None:
        total = completeness(spec, self._presence, now, as_of=None)
        whole = sum(total.values(), Share(0, 0))
        limit = (spec.checks.complete or 0) / 100
        doubts = []
        if whole.complete is not None and whole.complete < limit:
            detail = (
                f"近 30 期应到 {whole.due} 个值,实到 {whole.came} 个"
                f"({percent(whole.complete)}),低于 {percent(limit)}"
            )
            city = self._regions.city().code
            period = newest_due(spec, now)
            doubts = [Doubt("completeness", spec.id, city, period, None, detail)]
        self._settle("completeness", spec, doubts, now)

    def _settle(
        self, kind: CheckKind, spec: IndicatorSpec, doubts: Sequence[Doubt], now: datetime
    ) -> int:
        """Have exactly these doubts of the kind stand; one that stands already stays as it was."""
        standing = self._open(spec, kind)
        wanted = {one.region for one in doubts}
        gone = [one for one in standing if one.doubt.region not in wanted]
        if gone:
            self._quality.resolve(gone, Cleared.RESOLVED, now=now)
        held = {one.doubt.region for one in standing}
        fresh = [one for one in doubts if one.region not in held]
        return self._quality.doubt(fresh, now=now) if fresh else 0

    def _open(self, spec: IndicatorSpec, kind: CheckKind) -> list[Flag]:
        return self._quality.flags(Asked([spec.id], kinds=[kind], open_only=True), limit=_FLAGS)

    def _accepted(
        self, spec: IndicatorSpec, kind: CheckKind
    ) -> set[tuple[str, Period, float | None]]:
        found = self._quality.flags(Asked([spec.id], kinds=[kind]), limit=_FLAGS)
        return {
            (one.doubt.region, one.doubt.period, one.doubt.value)
            for one in found
            if one.cleared is Cleared.ACCEPTED
        }

    def _codes(self, spec: IndicatorSpec, now: datetime) -> list[str]:
        day = now.date()
        codes = [one.code for one in self._regions.all(day) if one.level in spec.levels]
        if spec.sites:
            sites = self._regions.sites(self._regions.city().code, spec.sites, day)
            codes += [one.code for one in sites]
        return codes

    def _below(self, spec: IndicatorSpec, one: Observation) -> list[str]:
        day = local_start(one.period).date()
        children = self._regions.children(one.region, day)
        return [child.code for child in children if child.level in spec.levels]


def completeness(
    spec: IndicatorSpec, presence: PostgresPresence, now: datetime, *, as_of: datetime | None
) -> Mapping[str, Share]:
    """How complete each region that ever had a value is over the last 30 periods due at `now`."""
    last, first = newest_due(spec, now), presence.first(spec.id)
    due = expected(spec, last, min(first.values(), default=now))
    if not due:
        return {}
    states = presence.states(spec.id, counted_as(spec), start=due[-1].start, end=now, as_of=as_of)
    return {
        region: share([one for one in due if one.start >= begun], states.get(region, {}))
        for region, begun in ((code, _floor(spec, at)) for code, at in first.items())
    }


def _floor(spec: IndicatorSpec, begun: datetime) -> datetime:
    """The first counted period a series can be asked for: the one after its first moment."""
    return begun if spec.period_kind is not PeriodKind.INSTANT else begun + timedelta(hours=1)


def late_regions(
    spec: IndicatorSpec, latest: Sequence[Observation], city: str, now: datetime
) -> Mapping[str, Observation]:
    """Which regions are late; all of them together are said as the city's."""
    aged = [(one, indicator_age(spec, one, now)) for one in latest]
    late = {one.region: one for one, age in aged if age.stale}
    if not late or len(late) < len(aged) or len(aged) == 1:
        return late
    return {city: max(late.values(), key=lambda one: one.period.start)}


def _late_detail(spec: IndicatorSpec, one: Observation) -> str:
    """What stays true of a late source however long it lasts."""
    since = (end_of(one.period) + spec.freshness).astimezone(ZONE)
    return f"承诺期末后 {elapsed(spec.freshness)}内更新,自 {since:%Y-%m-%d %H:%M} 起迟"


def _said_already(one: Flag, newest: Period, value: float) -> bool:
    """Whether the stuck series is flagged, or a person said that it may stand still."""
    if one.doubt.value != value or not covers(one, newest):
        return False
    return one.cleared_at is None or one.cleared is Cleared.ACCEPTED
