"""Air quality of counties and the city from the concentrations of their stations.

The concentrations of a county's stations are averaged first and rated afterwards (HJ 663,
verified-secondary); the city is the mean of its stations, those of the controls that count
(air_city_mean.csv). A row that names a region itself stands as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from topics.ecology import aqi
from topics.ecology.concentrations import (
    POLLUTANTS,
    Concentration,
    mean_of,
    read_concentration,
    unit_of,
    worst_status,
)
from topics.ecology.station_faults import faults
from topics.ecology.stations import city_of, counties, counts_for_city, exempted
from topics.ecology.validity import day_is_valid
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.measured import read_measured
from topics.kit.refresh.contracts import RefreshContext, Row
from topics.kit.refresh.values import parse_region

CHINA = ZoneInfo("Asia/Shanghai")
SOURCE = "市空气自动监测平台"
_HOUR = timedelta(hours=1)
_BACK = 8  # hours before the first one that a run of equal hours or a spike is looked for in
# Counties have these two from here; a formula averages the others.
_OF_REGIONS = ("o3", "pm25")
# Pollutant -> the end of the daily indicator's name.
_DAILY = MappingProxyType({name: f"{name}_day" for name in POLLUTANTS} | {"o3": "o3_8h_day"})

Air = Mapping[str, Concentration]
"""Concentrations of one place by column; a column left out was not asked for."""
Hours = Mapping[Period, Mapping[str, Air]]
"""Places by period."""


def aqi_now(ctx: RefreshContext) -> Iterator[Observation]:
    """AQI of every region from the running hourly means of its stations; no report of HJ 633."""
    for period, places in _gathered(ctx, "time").items():
        for place, air in regions_of(places, _day(period)).items():
            yield _index("ecology.aqi", place, air, period, aqi.HOURLY)


def hourly(ctx: RefreshContext) -> Iterator[Observation]:
    """1-hour means of the six pollutants at the stations, ozone and PM2.5 of the regions too."""
    for period, places in _doubted(ctx, _gathered(ctx, "time")).items():
        for place, air in places.items():
            for column, found in air.items():
                yield _observation(f"ecology.{column}_hour", place, found, period, column)
        for place, air in regions_of(places, _day(period)).items():
            for column in _OF_REGIONS:
                if column in air and place not in places:
                    yield _observation(f"ecology.{column}_hour", place, air[column], period, column)


def daily(ctx: RefreshContext) -> Iterator[Observation]:
    """24-hour means at the stations; AQI 日报 and PM2.5 24 小时均值 of the regions too."""
    for period, places in _gathered(ctx, "date").items():
        for place, air in places.items():
            if place in counties():
                for column, found in air.items():
                    yield _observation(f"ecology.{_DAILY[column]}", place, found, period, column)
        for place, air in regions_of(places, _day(period)).items():
            yield _index("ecology.aqi_day", place, air, period, aqi.DAILY)
            if "pm25" in air:
                yield _observation("ecology.pm25_day", place, air["pm25"], period, "pm25")


def regions_of(places: Mapping[str, Air], moment: date) -> dict[str, Air]:
    """The regions: those given as such, the counties of the stations, and their city."""
    stations = counties()
    held: defaultdict[str, list[Air]] = defaultdict(list)
    for place, air in places.items():
        if place in stations:
            county = stations[place]
            held[county].append(air)
            if counts_for_city(place, moment):
                held[city_of(county)].append(air)
    means = {region: _mean(parts) for region, parts in sorted(held.items())}
    return means | {place: air for place, air in places.items() if place not in stations}


def _mean(parts: list[Air]) -> Air:
    columns = dict.fromkeys(column for air in parts for column in air)
    return {column: mean_of(air[column] for air in parts if column in air) for column in columns}


def _gathered(ctx: RefreshContext, time_column: str) -> dict[Period, dict[str, Air]]:
    rows = ctx.rows()
    if not rows:
        raise RefreshFailed(f"来源 {ctx.spec.source} 没有给出任何站点;请检查平台是否在线")
    found: defaultdict[Period, dict[str, Air]] = defaultdict(dict)
    for row in rows:
        period = ctx.period_of(row.get(time_column))
        found[period][parse_region(row.get("code"))] = _air(_complete(row, period), period)
    return found


def _air(row: Row, period: Period) -> Air:
    """The cells of a row; those that look like a fault of the instrument are kept as suspect."""
    air = {
        column: read_concentration(row[column], name)
        for column, name in POLLUTANTS.items()
        if column in row
    }
    hours = {POLLUTANTS[column]: [_number(found)] for column, found in air.items()}
    doubted = {one.pollutant: one.reason for one in faults(hours, _day(period))}
    return {
        column: _suspect(found, doubted.get(POLLUTANTS[column], ""))
        for column, found in air.items()
    }


def _complete(row: Row, period: Period) -> Row:
    """The row without means of days of too few hours, where the source counts them.

    `pm25_count` are the valid hours, `o3_count` the valid 8-hour means of the day.
    """
    if period.kind is not PeriodKind.DAY:
        return row
    gone: dict[str, object] = {}
    for column, name in POLLUTANTS.items():
        count = read_measured(row.get(f"{column}_count"), "").value
        value = read_concentration(row.get(column), name).value
        if count is not None and not day_is_valid(name, count, value, _day(period)):
            gone[column] = None
    return {**row, **gone}


def _doubted(ctx: RefreshContext, found: Mapping[Period, Mapping[str, Air]]) -> Hours:
    """The hours with those suspect that look like a fault beside the hours before and after.

    What the batch does not hold is what is stored; a spike is known once the next hour is there.
    """
    first = min(one.start for one in found) - _BACK * _HOUR
    length = (max(one.start for one in found) - first) // _HOUR + 1
    starts = [first + n * _HOUR for n in range(length)]
    series: defaultdict[tuple[str, str], dict[datetime, float]] = defaultdict(dict)
    names = [f"ecology.{column}_hour" for column in POLLUTANTS]
    for one in ctx.kept(names, sorted({place for of in found.values() for place in of}), first):
        if one.value is not None:
            column = one.indicator.partition(".")[2].removesuffix("_hour")
            series[one.region, column][one.period.start] = one.value
    for period, places in found.items():
        for place, air in places.items():
            for column, cell in air.items():
                series[place, column][period.start] = _number(cell)
    told: dict[tuple[str, str, datetime], str] = {}
    for place in dict.fromkeys(place for place, _ in series):
        hours = {
            name: [series[place, column].get(at, float("nan")) for at in starts]
            for column, name in POLLUTANTS.items()
            if (place, column) in series
        }
        for fault in faults(hours, starts[-1].astimezone(CHINA).date()):
            for at in starts[fault.first : fault.last + 1]:
                told[place, fault.pollutant, at] = fault.reason
    return {
        period: {
            place: {
                column: _suspect(cell, told.get((place, POLLUTANTS[column], period.start), ""))
                for column, cell in air.items()
            }
            for place, air in places.items()
        }
        for period, places in found.items()
    }


def _suspect(found: Concentration, why: str) -> Concentration:
    if found.value is None or not why:
        return found
    return Concentration(found.value, ValueStatus.SUSPECT, why)


def _number(found: Concentration) -> float:
    return float("nan") if found.value is None else found.value


def _index(indicator: str, place: str, air: Air, period: Period, averaging: str) -> Observation:
    rules = aqi.rules_on(_day(period))
    spared = exempted(place)
    named = {POLLUTANTS[column]: one for column, one in air.items()}
    planned = {name: one for name, one in named.items() if one.planned or name not in spared}
    found = rules.aqi({name: one.value for name, one in planned.items()}, averaging)
    if found.value is None:
        status = ValueStatus.MISSING
    else:
        status = worst_status(one.status for one in planned.values())
    value = None if found.value is None else float(found.value)
    return Observation(indicator, place, period, value, status, "", source=SOURCE)


def _observation(
    indicator: str, place: str, found: Concentration, period: Period, column: str
) -> Observation:
    unit = unit_of(POLLUTANTS[column])
    return Observation(indicator, place, period, found.value, found.status, unit, source=SOURCE)


def _day(period: Period) -> date:
    return period.start.astimezone(CHINA).date()
