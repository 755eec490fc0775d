"""Which periods of an indicator exist by now: when they start, end and were first recorded.

Times are Unix seconds in numpy arrays: two years of hours are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np

from app.demo.models import CHINA_OFFSET, DAY, HOUR
from app.demo.noise import Floats
from topics.kit.contracts import PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec

YEARS = 2
LAST_STEPS = 300.0  # seconds between the 时点 values of the current hour
FINE_DAYS = 30  # so far back every hour is kept; before that every twelfth
SITE_DAYS = 12  # of the hours and moments of sites
SITE_DAY_PERIODS = 120
CHINA = timezone(timedelta(seconds=CHINA_OFFSET))
MONTHLY_RELEASE = timedelta(days=17, hours=10)  # the 18th of the next month
QUARTERLY_RELEASE = timedelta(days=24, hours=10)
YEARLY_RELEASE = timedelta(days=78, hours=10)
DAILY_RELEASE = timedelta(hours=1)
# Daily numbers that grow during their day; the others are known once the day is over.
GROWING = frozenset({
    "market.new_entities", "market.equipment_overdue", "water.rain_day",
    "grid.events_today", "grid.events_facility", "grid.events_appearance", "grid.events_advert",
    "grid.events_building", "grid.events_street", "grid.unit_events",
})  # fmt: skip
# Published one release later than it should be: a late indicator for everybody to see.
DELAYED = frozenset({"economy.retail", "economy.retail_growth"})
_QUARTER = timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Span:
    """Periods in order: start, the moment whose value they carry, when they became known."""

    starts: Floats
    moments: Floats
    known: Floats


def spans(spec: IndicatorSpec, now: datetime) -> Span:
    """All periods of two years that are known at `now`."""
    kind = spec.period_kind
    if kind is PeriodKind.INSTANT:
        times = _instants(now)
        return Span(times, times, times)
    if kind is PeriodKind.HOUR:
        starts = _hours(now - timedelta(hours=1))
        return Span(starts, starts + HOUR / 2, starts + HOUR)
    if kind is PeriodKind.DAY:
        return _days(spec, now)
    if kind is PeriodKind.YEAR:
        return _years(now)
    return _months(spec, now)


def site_spans(spec: IndicatorSpec, now: datetime) -> Span:
    """The periods of a site's series: fewer, since there are many sites.

    Hours and moments at their own rhythm (at least an hour) for 12 days, days for 120 days,
    months for two years.
    """
    step = max(spec.frequency.total_seconds(), HOUR)
    if spec.period_kind is PeriodKind.INSTANT:
        moment = np.floor(now.timestamp())
        times = _every(step, now.timestamp(), SITE_DAYS)
        if spec.frequency.total_seconds() < HOUR:
            times = np.append(times[times < moment], moment)
        return Span(times, times, times)
    if spec.period_kind is PeriodKind.HOUR:
        starts = _every(step, now.timestamp() - HOUR, SITE_DAYS)
        return Span(starts, starts + HOUR / 2, starts + HOUR)
    found = spans(spec, now)
    last = slice(-SITE_DAY_PERIODS, None) if spec.period_kind is PeriodKind.DAY else slice(None)
    return Span(found.starts[last], found.moments[last], found.known[last])


def _every(step: float, until: float, days: int) -> Floats:
    """The multiples of `step` on the city's clock up to `until`, oldest first."""
    last = np.floor((until + CHINA_OFFSET) / step)
    times: Floats = np.arange(last - days * DAY // step, last + 1) * step - CHINA_OFFSET
    return times


def _hours(until: datetime) -> Floats:
    last = np.floor(until.timestamp() / HOUR)
    fine = np.arange(last - FINE_DAYS * 24, last + 1)
    coarse = np.arange(last - YEARS * 365 * 24, last - FINE_DAYS * 24)
    times: Floats = np.concatenate([coarse[(coarse + 2) % 12 == 0], fine]) * HOUR
    return times


def _instants(now: datetime) -> Floats:
    """The hours, then every few minutes up to this second, where the sources go on."""
    hours = _hours(now)
    moment = np.floor(now.timestamp())
    minutes = np.arange(hours[-1] + LAST_STEPS, moment, LAST_STEPS)
    times: Floats = np.unique(np.concatenate([hours, minutes, [moment]]))
    return times


def _days(spec: IndicatorSpec, now: datetime) -> Span:
    moment = now.timestamp()
    today = np.floor((moment + CHINA_OFFSET) / DAY)
    starts = np.arange(today - YEARS * 365, today + 1) * DAY - CHINA_OFFSET
    if spec.id in GROWING:
        moments = np.minimum(starts + DAY - 1, moment)
        return Span(starts, moments, moments)
    known = starts + DAY + DAILY_RELEASE.total_seconds()
    done = known <= moment
    return Span(starts[done], (starts + DAY / 2)[done], known[done])


def _months(spec: IndicatorSpec, now: datetime) -> Span:
    """Months (累计: no January of its own; quarterly ones: the last month of each quarter)."""
    quarterly = spec.frequency > _QUARTER
    wait = QUARTERLY_RELEASE if quarterly else MONTHLY_RELEASE
    here = now.astimezone(CHINA)
    found: list[tuple[float, float]] = []
    for back in range(YEARS * 12 + 1, 0, -1):
        start = _month(here, back)
        end = _month(here, back - 1)
        held_back = timedelta(days=31) if spec.id in DELAYED else timedelta(0)
        cumulative = spec.period_kind is PeriodKind.CUMULATIVE
        skipped = (cumulative and start.month == 1) or (quarterly and start.month % 3)
        if not skipped and end + wait + held_back <= here:
            found.append((start.timestamp(), end.timestamp()))
    starts = np.array([start for start, _ in found])
    ends = np.array([end for _, end in found])
    return Span(starts, ends - 1, ends + wait.total_seconds())


def _years(now: datetime) -> Span:
    """Whole years, known on 20 March of the next; one more than of the other indicators."""
    last = now.astimezone(CHINA).year
    starts = [datetime(year, 1, 1, tzinfo=CHINA) for year in range(last - YEARS - 2, last)]
    ends = np.array([one.replace(year=one.year + 1).timestamp() for one in starts])
    known = ends + YEARLY_RELEASE.total_seconds()
    done = known <= now.timestamp()
    return Span(np.array([one.timestamp() for one in starts])[done], (ends - 1)[done], known[done])


def _month(here: datetime, back: int) -> datetime:
    years, month = divmod(here.month - 1 - back, 12)
    return datetime(here.year + years, month + 1, 1, tzinfo=CHINA)
