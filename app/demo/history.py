"""Two years of observations per indicator: with gaps, and with values corrected later."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from app.demo import periods, sites, tables
from app.demo.noise import chance, seed_of
from app.demo.values import site_values, values
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

# The planned imperfections, so that every state can be seen (with the late and the failing source).
NOT_REPORTED = (("water.leakage", "440233"), ("market.complaints_on_time", "440232"))
_GAP = 0.004  # share of county values that were never reported
_CORRECTED = {PeriodKind.CUMULATIVE: 0.10, PeriodKind.MONTH: 0.10, PeriodKind.DAY: 0.015}
_COUNTED = frozenset({"户", "件", "台"})
_BROKEN_SOURCE = "market.elevators_online"  # its last good value is older than the newest period
BROKEN_FOR = timedelta(hours=9)


def history(
    spec: IndicatorSpec, now: datetime, levels: Collection[str] | None = None
) -> Iterator[Observation]:
    """Everything known about an indicator at `now`; a corrected value follows what it corrects.

    `levels` are those that sources bring; all of the indicator's when not given.
    """
    if spec.id == _BROKEN_SOURCE:
        now -= BROKEN_FOR
    wanted = spec.levels if levels is None else levels
    if "city" in wanted or "county" in wanted:
        yield from _of_regions(spec, now, wanted)
    if "site" in wanted:
        yield from _of_sites(spec, now)


def _of_regions(
    spec: IndicatorSpec, now: datetime, levels: Collection[str]
) -> Iterator[Observation]:
    span = periods.spans(spec, now)
    starts = [datetime.fromtimestamp(float(one), UTC) for one in span.starts]
    known = [datetime.fromtimestamp(float(one), UTC) for one in span.known]
    for region, found in values(spec.id, span.starts, span.moments).items():
        if ("city" if region == tables.CITY else "county") not in levels:
            continue
        steps = np.round(span.starts / 60).astype(np.int64)
        gap = chance(seed_of("gap", spec.id, region), steps) < _GAP
        gap &= region != tables.CITY
        gap[-1:] = (spec.id, region) in NOT_REPORTED
        fixed = chance(seed_of("fix", spec.id, region), steps) < _CORRECTED.get(spec.period_kind, 0)
        for number, value in enumerate(found):
            period = Period(starts[number], spec.period_kind)
            one = _observation(spec, region, period, float(value), gap=bool(gap[number]))
            if fixed[number] and one.value is not None:
                yield from _corrected(spec, one, known[number], now)
            else:
                yield _at(one, known[number], one.value)


def _of_sites(spec: IndicatorSpec, now: datetime) -> Iterator[Observation]:
    span = periods.site_spans(spec, now)
    starts = [datetime.fromtimestamp(float(one), UTC) for one in span.starts]
    known = [datetime.fromtimestamp(float(one), UTC) for one in span.known]
    for site, found in site_values(spec, span.starts, span.moments).items():
        absent = sites.absent(spec, site, span.starts)
        for number, value in enumerate(found):
            status = absent[number]
            stored = round(float(value), spec.precision + 2) if status is None else None
            period = Period(starts[number], spec.period_kind)
            yield Observation(
                spec.id,
                site,
                period,
                stored,
                status or ValueStatus.OK,
                spec.unit,
                known[number],
                spec.source,
            )


def levels_brought(catalogue: Catalogue, spec: IndicatorSpec) -> tuple[str, ...]:
    """The levels of an indicator that sources bring; a formula gives the others."""
    formula = catalogue.formulas.find(spec.id)
    computed = () if formula is None else formula.levels
    return tuple(one for one in spec.levels if one not in computed)


def brought(catalogue: Catalogue) -> list[IndicatorSpec]:
    """The indicators that sources bring, for at least one level; the others are computed."""
    ours = _only_cases_say(catalogue)
    return [
        spec
        for spec in catalogue.indicators()
        if spec.id not in ours and levels_brought(catalogue, spec)
    ]


def _only_cases_say(catalogue: Catalogue) -> frozenset[str]:
    """What is counted of the demo's own cases of some source, and of no table."""
    return frozenset(
        count.indicator
        for topic in catalogue.topics
        for refresher in topic.refreshers
        for count in refresher.counts
        if count.sources
    )


def _observation(
    spec: IndicatorSpec, region: str, period: Period, value: float, *, gap: bool
) -> Observation:
    absent = bool(np.isnan(value))
    status = ValueStatus.OK
    if absent or gap:
        status = ValueStatus.NOT_MONITORED if absent else ValueStatus.MISSING
    stored = round(value, spec.precision + 2) if status is ValueStatus.OK else None
    return Observation(spec.id, region, period, stored, status, spec.unit, source=spec.source)


def _corrected(
    spec: IndicatorSpec, one: Observation, known: datetime, now: datetime
) -> Iterator[Observation]:
    """The first report, a little off, and after some days the value that stays."""
    assert one.value is not None
    later = min(known + timedelta(days=6), now)
    if later <= known or spec.id in periods.GROWING:
        yield _at(one, known, one.value)
        return
    first = one.value * 0.985 if one.value else 0.0
    yield _at(one, known, round(first, 0 if spec.unit in _COUNTED else spec.precision + 2))
    yield _at(one, later, one.value)


def _at(one: Observation, known: datetime, value: float | None) -> Observation:
    return Observation(
        one.indicator, one.region, one.period, value, one.status, one.unit, known, one.source
    )
