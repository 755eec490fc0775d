"""What the bureaus' systems would answer at a moment, as rows; nothing here knows of transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from app.demo import models, outlets, periods, sites, stations
from app.demo.history import NOT_REPORTED
from app.demo.noise import Floats
from app.demo.tables import CITY
from app.demo.values import CATEGORY_SHARES, site_values, values
from topics.kit.contracts import PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec

Row = dict[str, object]
_DAYS_SHOWN = 2
_HOURS_SHOWN = 3
AGE_BANDS = ("0_14", "15_29", "30_44", "45_59", "60_64", "65_79", "80")
_SITE_PERIODS = {PeriodKind.HOUR: 3, PeriodKind.DAY: _DAYS_SHOWN}
_SITE_CLOCK = {
    PeriodKind.INSTANT: ("time", 25),
    PeriodKind.HOUR: ("time", 25),
    PeriodKind.DAY: ("date", 10),
    PeriodKind.YEAR: ("month", 4),
}


def instants(indicator: str, column: str, now: datetime) -> list[Row]:
    """One row per region with the value at this second."""
    moment = np.array([np.floor(now.timestamp())])
    found = values(indicator, moment, moment)
    return [
        {"code": code, "time": _clock(moment[0]), column: round(float(value[0]), 4)}
        for code, value in found.items()
    ]


def days(columns: dict[str, str], now: datetime, *, growing: bool) -> list[Row]:
    """Rows of the last days; `columns`: indicator → column. Growing numbers include today."""
    moment = now.timestamp()
    today = np.floor((moment + models.CHINA_OFFSET) / models.DAY)
    last = today + 1 if growing else today
    starts = np.arange(last - _DAYS_SHOWN, last) * models.DAY - models.CHINA_OFFSET
    if not growing:
        starts = starts[starts + models.DAY + periods.DAILY_RELEASE.total_seconds() <= moment]
    moments = np.minimum(starts + models.DAY - 1, moment) if growing else starts + models.DAY / 2
    found = {column: values(one, starts, moments) for one, column in columns.items()}
    codes = list(next(iter(found.values())))
    return [
        {"code": code, "date": _clock(start)[:10]}
        | {column: round(float(of[code][number]), 4) for column, of in found.items()}
        for number, start in enumerate(starts)
        for code in codes
    ]


def hours(indicator: str, column: str, now: datetime) -> list[Row]:
    """One row per region and hour: the last hours that are over."""
    last = np.floor(now.timestamp() / models.HOUR)
    starts = np.arange(last - _HOURS_SHOWN, last) * models.HOUR
    return [
        {"code": code, "time": _clock(start), column: float(found[number])}
        for code, found in values(indicator, starts, starts + models.HOUR / 2).items()
        for number, start in enumerate(starts)
    ]


def site_rows(indicators: Sequence[str], now: datetime) -> list[Row]:
    """The newest periods of indicators of one kind of site, one row per site and period.

    Columns: code, time (date for days, month for months) and for each indicator its name after
    the dot; "" where the site has no value. The indicators share their rhythm.
    """
    return rows_of([sites.catalogue().indicator(one) for one in indicators], now)


def rows_of(specs: Sequence[IndicatorSpec], now: datetime) -> list[Row]:
    """Like `site_rows`, of definitions."""
    first = specs[0]
    span = periods.site_spans(first, now)
    shown = slice(-_SITE_PERIODS.get(first.period_kind, 1), None)
    starts, moments = span.starts[shown], span.moments[shown]
    column, length = _SITE_CLOCK.get(first.period_kind, ("month", 7))
    rows: dict[tuple[str, int], Row] = {}
    for spec in specs:
        for code, found in site_values(spec, starts, moments).items():
            absent = sites.absent(spec, code, starts)
            for number, value in enumerate(found):
                at: Row = {"code": code, column: _clock(starts[number])[:length]}
                row = rows.setdefault((code, number), at)
                there = absent[number] is None
                name = spec.id.partition(".")[2]
                row[name] = round(float(value), spec.precision + 2) if there else ""
    return list(rows.values())


def air_now(now: datetime) -> list[Row]:
    """Running hourly means of the six pollutants by station."""
    moment = np.array([np.floor(now.timestamp())])
    return _concentrations(stations.hourly(moment), moment, "time")


def air_hours(now: datetime) -> list[Row]:
    """Means of the last whole hours by station."""
    last = np.floor(now.timestamp() / models.HOUR)
    starts = np.arange(last - _HOURS_SHOWN, last) * models.HOUR
    return _concentrations(stations.hourly(starts + models.HOUR / 2), starts, "time")


def air_days(now: datetime) -> list[Row]:
    """Daily means of the last whole days by station."""
    today = np.floor((now.timestamp() + models.CHINA_OFFSET) / models.DAY)
    starts = np.arange(today - _DAYS_SHOWN, today) * models.DAY - models.CHINA_OFFSET
    return _concentrations(stations.daily(starts), starts, "date", daily=True)


def report(spec: IndicatorSpec, item: str, now: datetime) -> list[Row]:
    """The newest month of a monthly report, one row per place, as a bureau's clerk exports it."""
    span = periods.spans(spec, now)
    starts, moments = span.starts[-1:], span.moments[-1:]
    cells = {
        code: _cell(spec, code, float(value[0]))
        for code, value in values(spec.id, starts, moments).items()
        if ("city" if code == CITY else "county") in spec.levels
    } if {"city", "county"} & set(spec.levels) else {}  # fmt: skip
    for code, value in site_values(spec, starts, moments).items():
        cells[code] = _cell(spec, code, float(value[0]))
        if sites.absent(spec, code, starts)[0] is not None:
            cells[code] = {"数值": "", "状态": "缺报"}
    month = _clock(starts[0])[: 4 if spec.period_kind is PeriodKind.YEAR else 7]
    return [
        {"区划代码": code, "所属期": month, "指标": item, **cell} for code, cell in cells.items()
    ]


def _cell(spec: IndicatorSpec, code: str, value: float) -> Row:
    if (spec.id, code) in NOT_REPORTED:
        return {"数值": "", "状态": "缺报"}
    if np.isnan(value):
        return {"数值": "", "状态": "未监测"}
    return {"数值": f"{round(value, spec.precision + 2)}", "状态": "正常"}


def _concentrations(
    found: stations.Series, starts: Floats, column: str, *, daily: bool = False
) -> list[Row]:
    """Rows by station; "" where the station did not report that pollutant."""
    length = 10 if daily else 25
    there = {name: _reported(name, of, starts, daily=daily) for name, of in found.items()}
    return [
        {"code": code, column: _clock(start)[:length]}
        | {
            name: round(float(of[code][number]), 2) if there[name][code][number] else ""
            for name, of in found.items()
        }
        for number, start in enumerate(starts)
        for code in next(iter(found.values()))
    ]


def _reported(
    name: str, of: dict[str, Floats], starts: Floats, *, daily: bool
) -> dict[str, list[bool]]:
    spec = sites.catalogue().indicator(stations.indicator(name, daily=daily))
    return {code: [one is None for one in sites.absent(spec, code, starts)] for code in of}


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).astimezone(periods.CHINA).isoformat()


def section_months(now: datetime) -> list[Row]:
    """Monthly means of every item that the laboratory of the sections reports."""
    refresher = sites.catalogue().refresher("water.sections_month")
    return site_rows(refresher.produces, now) if refresher else []


_SECTION_ITEMS = [f"water.{one}" for one in ("ph", "do", "codmn", "cod", "nh3n", "tp", "temp")]
_PLANT_ITEMS = [
    f"water.plant_{one}"
    for one in ("flow", "cod_in", "temp", "ph", "cod", "ss", "nh3n", "tn", "tp")
]
_OUTFALL_ITEMS = [f"water.outfall_{one}" for one in ("cod", "nh3n", "tp")]
_BODY_ITEMS = [f"water.black_{one}" for one in ("sd", "do", "nh3n", "depth")]
Answer = Callable[[datetime], list[Row]]
# What each web service answers, by its path.
WEB: dict[str, Answer] = {
    "ecology_air/now": air_now,
    "ecology_air/hourly": air_hours,
    "ecology_air/daily": air_days,
    "ecology_air/wind": lambda now: site_rows(
        ["ecology.wind_direction", "ecology.wind_speed"], now
    ),
    "ecology_noise/hourly": lambda now: site_rows(["ecology.noise_hour"], now),
    "ecology_noise/daily": lambda now: site_rows(
        ["ecology.noise_day", "ecology.noise_night", "ecology.noise_night_peak"], now
    ),
    "ecology_pollution/hours": outlets.hours,
    "ecology_pollution/days": outlets.days,
    "economy_power/load": lambda now: instants("economy.power_load", "load", now),
    "water_hydrology/level": lambda now: instants("water.level_shaoguan", "z", now),
    "water_quality/live": lambda now: site_rows(_SECTION_ITEMS, now),
    "water_quality/month": section_months,
    "water_stations/level": lambda now: site_rows(["water.station_level"], now),
    "water_stations/rain": lambda now: site_rows(["water.rain_hour"], now),
    "water_stations/reservoir": lambda now: site_rows(["water.reservoir_level"], now),
    "water_plants/day": lambda now: site_rows(_PLANT_ITEMS, now),
    "water_plants/outfalls": lambda now: site_rows(_OUTFALL_ITEMS, now),
    "water_plants/bodies": lambda now: site_rows(_BODY_ITEMS, now),
    "water_hydrology/rain": lambda now: days({"water.rain_day": "rain"}, now, growing=True),
    "grid_units/day": lambda now: site_rows(("grid.unit_events",), now),
    "grid_units/month": lambda now: site_rows(("grid.unit_on_time", "grid.unit_visits"), now),
    "grid_units/people": lambda now: site_rows(
        [f"grid.{sex}_{band}" for sex in ("male", "female") for band in AGE_BANDS], now
    ),
    "market_kitchens/online": lambda now: instants("market.kitchens_online", "online", now),
}
# What each table of the bureaus' databases holds.
TABLES: dict[str, Answer] = {
    "grid_reported": lambda now: days({"grid.events_today": "reported"}, now, growing=True),
    "grid_backlog": lambda now: instants("grid.overdue", "overdue", now),
    "grid_daily": lambda now: days(
        {
            "grid.events_growth": "growth",
            "grid.closed_on_time": "on_time",
            "grid.handling_hours": "hours",
        },
        now,
        growing=False,
    ),
    "grid_closing": lambda now: days(
        {"grid.due": "due", "grid.closed_in_time": "in_time"}, now, growing=False
    ),
    "grid_categories": lambda now: days(
        {f"grid.events_{one}": one for one in CATEGORY_SHARES}, now, growing=True
    ),
    "grid_hours": lambda now: hours("grid.events_hour", "reported", now),
    "registrations": lambda now: days({"market.new_entities": "registered"}, now, growing=True),
    "registration_growth": lambda now: days(
        {"market.new_entities_growth": "growth"}, now, growing=False
    ),
    "equipment": lambda now: days({"market.equipment_overdue": "overdue"}, now, growing=True),
    "equipment_register": lambda now: days(
        {"market.equipment_in_use": "in_use", "market.equipment_due": "due_soon"},
        now,
        growing=False,
    ),
    "supply_pressure": lambda now: instants("water.supply_pressure", "pressure", now),
}
