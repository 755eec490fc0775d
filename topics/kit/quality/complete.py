"""How much of what should be there is there, over the last periods of an indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.contracts import Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of, period_at, previous

PERIODS = 30
_QUARTERLY = timedelta(days=80)
_HALF = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `due` values came; `estimated` of them are estimates. Both 0: nothing was due."""

    due: int
    came: int
    estimated: int = 0

    @property
    def complete(self) -> float | None:
        """The share that came, between 0 and 1; None when nothing was due."""
        return None if not self.due else self.came / self.due

    def __add__(self, other: Share) -> Share:
        """Both counts together."""
        return Share(self.due + other.due, self.came + other.came, self.estimated + other.estimated)


def counted_as(spec: IndicatorSpec) -> PeriodKind:
    """The kind in which completeness counts: moments are counted by the hour (or by the day)."""
    if spec.period_kind is not PeriodKind.INSTANT:
        return spec.period_kind
    return PeriodKind.HOUR if spec.frequency <= _HALF else PeriodKind.DAY


def expected(spec: IndicatorSpec, last: Period, first: datetime) -> list[Period]:
    """At most 30 periods up to `last`, none of which starts before `first`, newest first."""
    found: list[Period] = []
    period, quarterly = last, spec.frequency >= _QUARTERLY
    while len(found) < PERIODS and period.start >= first:
        found.append(period)
        period = previous(period, quarterly=quarterly)
    return found


def newest_due(spec: IndicatorSpec, now: datetime) -> Period:
    """The last period that had to be there at `now`: its promise is over."""
    kind, quarterly = counted_as(spec), spec.frequency >= _QUARTERLY
    period = period_at(now, kind)
    if quarterly and kind in (PeriodKind.CUMULATIVE, PeriodKind.END):
        while period.start.astimezone(ZONE).month % 3:
            period = Period(previous(Period(period.start, PeriodKind.MONTH)).start, kind)
    elif kind is PeriodKind.CUMULATIVE and period.start.astimezone(ZONE).month == 1:
        period = Period(previous(Period(period.start, PeriodKind.MONTH)).start, kind)
    while end_of(period) + spec.freshness > now:
        period = previous(period, quarterly=quarterly)
    return period


def share(due: Iterable[Period], states: Mapping[Period, ValueStatus]) -> Share:
    """How complete one series is over the periods `due`; `states` says what is known of each.

    What is not monitored was never due; what is missing, or simply did not come, was.
    """
    absent = (None, ValueStatus.MISSING)
    found = [states.get(period) for period in due]
    watched = [one for one in found if one is not ValueStatus.NOT_MONITORED]
    return Share(
        due=len(watched),
        came=sum(one not in absent for one in watched),
        estimated=watched.count(ValueStatus.ESTIMATED),
    )
