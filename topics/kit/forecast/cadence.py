"""How an indicator repeats itself: its season, how far ahead it is forecast, how it is tested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of, local_start, previous

_QUARTERLY = timedelta(days=80)
_HOUR, _DAY, _RENEW = timedelta(hours=1), timedelta(days=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Counts of periods. The back-test forecasts from `windows` origins that lie `step` apart.

    `longest` bounds the history that is looked at; `renew` is how long a forecast stands although
    newer values came. `every`: how far apart moments are looked at; periods follow each other.
    """

    season: int
    horizon: int
    windows: int
    step: int
    longest: int
    renew: timedelta = timedelta(0)
    every: timedelta | None = None

    @property
    def shortest(self) -> int:
        """So many periods at least: a season and a half before the first origin of the test."""
        return self.season + max(6, self.season // 2) + self.windows * self.step


_MONTHLY = Cadence(season=12, horizon=6, windows=5, step=1, longest=120)
_BY_KIND = {
    PeriodKind.HOUR: Cadence(24, 24, 5, 12, 336, renew=_RENEW),
    PeriodKind.DAY: Cadence(7, 14, 5, 7, 182),
    PeriodKind.MONTH: _MONTHLY,
    PeriodKind.END: _MONTHLY,
    # January has no release of its own: eleven a year.
    PeriodKind.CUMULATIVE: Cadence(11, 6, 5, 1, 110),
    PeriodKind.QUARTER: Cadence(4, 4, 4, 1, 60),
    PeriodKind.YEAR: Cadence(1, 2, 3, 1, 40),
}
_QUARTERS = _BY_KIND[PeriodKind.QUARTER]


def quarterly(spec: IndicatorSpec) -> bool:
    """Whether a 累计 or 期末 indicator appears once a quarter only."""
    return spec.frequency > _QUARTERLY


def cadence_of(spec: IndicatorSpec) -> Cadence | None:
    """The indicator's cadence; moments are looked at by the hour, or as they come if slower.

    None for classes, which are no amounts, and for what comes neither hourly nor a whole number of
    times a day.
    """
    if spec.period_kind is PeriodKind.INSTANT and spec.shown != "class":
        return _of_moments(spec.frequency)
    sparse = spec.period_kind is PeriodKind.HOUR and spec.frequency > timedelta(hours=1)
    if spec.shown == "class" or sparse:
        return None
    cadence = _BY_KIND.get(spec.period_kind)
    if cadence is _MONTHLY or spec.period_kind is PeriodKind.CUMULATIVE:
        return _QUARTERS if quarterly(spec) else cadence
    return cadence


def _of_moments(frequency: timedelta) -> Cadence | None:
    """A day is the season; the test covers five half days, as that of hours does."""
    every = max(frequency, _HOUR)
    if _DAY % every or every > _DAY / 4:
        return None
    season = _DAY // every
    return Cadence(season, season, 5, season // 2, 14 * season, max(_RENEW, every), every)


def back_from(
    last: Period, count: int, *, by_quarter: bool, every: timedelta | None = None
) -> list[Period]:
    """The `count` periods that end with `last`, oldest first; moments lie `every` apart."""
    if every is not None:
        return [Period(last.start - n * every, last.kind) for n in range(count - 1, -1, -1)]
    found = [last]
    while len(found) < count:
        found.append(previous(found[-1], quarterly=by_quarter))
    return found[::-1]


def following(period: Period, *, by_quarter: bool, every: timedelta | None = None) -> Period:
    """The period after; behind 1–12 月 stands next year's 1–2 月."""
    if every is not None:
        return Period(period.start + every, period.kind)
    if by_quarter and period.kind is not PeriodKind.QUARTER:
        return Period(_months_on(period.start, 3), period.kind)
    if period.kind is PeriodKind.CUMULATIVE and local_start(period).month == 12:
        return Period(_months_on(period.start, 2), period.kind)
    return Period(end_of(period), period.kind)


def on_from(
    last: Period, count: int, *, by_quarter: bool, every: timedelta | None = None
) -> list[Period]:
    """The `count` periods after `last`."""
    found = [following(last, by_quarter=by_quarter, every=every)]
    while len(found) < count:
        found.append(following(found[-1], by_quarter=by_quarter, every=every))
    return found


def _months_on(start: datetime, months: int) -> datetime:
    here = start.astimezone(ZONE)
    years, month = divmod(here.month - 1 + months, 12)
    return here.replace(year=here.year + years, month=month + 1).astimezone(start.tzinfo)
