"""Which value another one is compared with: the period before, the day before, the year before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import a_year_before, previous

INSTANT_TOLERANCE = timedelta(hours=1)
_QUARTER = timedelta(days=80)


def reference_start(against: str, period: Period) -> datetime:
    """The start of the period compared with: a day before, or the same period last year."""
    if against == "day":
        return period.start - timedelta(days=1)
    return a_year_before(period).start.astimezone(UTC)


def at_start(
    series: Iterable[Observation], wanted: datetime, kind: PeriodKind
) -> Observation | None:
    """The value of the period that starts at `wanted`, out of a series in order of time."""
    if kind is not PeriodKind.INSTANT:
        return next((one for one in series if one.period.start == wanted), None)
    # A sensor's moments never repeat to the second a day later: the last one before serves.
    near = [one for one in series if wanted - INSTANT_TOLERANCE <= one.period.start <= wanted]
    return near[-1] if near else None


def value_before(
    spec: IndicatorSpec, now: Observation, series: Iterable[Observation]
) -> Observation | None:
    """The value of the period right before `now`, out of a series in order of time."""
    before = [one for one in series if one.period.start < now.period.start]
    if now.period.kind is PeriodKind.INSTANT:
        return before[-1] if before else None
    # After a gap there is nothing to compare with: two periods back is another statement.
    wanted = previous(now.period, quarterly=spec.frequency >= _QUARTER)
    return next((one for one in before if one.period == wanted), None)
