"""Values of every indicator for its periods; history and the simulated sources agree by this."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.demo import air, economy, market, models, sites, stations, tables
from app.demo.noise import Floats
from topics.kit.manifest_indicators import IndicatorSpec

Regions = dict[str, Floats]
# The corrections of CJJ 92 take so many points off the gross rate of leakage.
_BEFORE_CORRECTION = 1.8
# Shares of the categories in a day's events.
CATEGORY_SHARES = {
    "facility": 0.38, "appearance": 0.34, "advert": 0.06, "building": 0.08, "street": 0.14,
}  # fmt: skip
# What is so many % of another quantity: part -> (whole, rate).
_PARTS = {
    "grid.closed_in_time": ("grid.due", "grid.closed_on_time"),
    "grid.month_opened": ("grid.month_reported", "grid.opening_rate"),
    "grid.month_handled": ("grid.month_to_handle", "grid.handling_rate"),
    "grid.month_handled_in_time": ("grid.month_to_handle", "grid.handling_in_time"),
    "grid.month_reworked": ("grid.month_worked", "grid.rework_rate"),
    "grid.month_closed": ("grid.month_to_close", "grid.closing_rate"),
    "grid.month_closed_in_time": ("grid.month_to_close", "grid.closing_in_time"),
    "grid.hotline_answered": ("grid.hotline_calls", "grid.hotline_connected"),
    "grid.hotline_accepted": ("grid.hotline_sent", "grid.hotline_response"),
    "grid.hotline_closed": ("grid.hotline_due", "grid.hotline_in_time"),
    "grid.hotline_solved": ("grid.hotline_visited", "grid.hotline_resolved"),
    "grid.hotline_sent_back": ("grid.hotline_sent", "grid.hotline_sent_back_rate"),
    "grid.hotline_again": ("grid.hotline_calls", "grid.hotline_again_rate"),
}
_RENAMED = {
    "water.level_shaoguan": "water.level",
    "water.rain_day": "water.rain",
    "water.ph_month": "water.ph",
    "water.do_month": "water.do",
    "water.codmn_month": "water.codmn",
    "water.cod_month": "water.cod",
    "water.nh3n_month": "water.nh3n",
    "water.tp_month": "water.tp",
}
# Hours of a day, states: counted, never measured.
_WHOLE = frozenset(f"ecology.source_{one}" for one in ("due", "received", "valid", "over", "state"))
_DAILY_AIR = {stations.indicator(one, daily=True): one for one in stations.COLUMNS}
_RENAMED |= {stations.indicator(one, daily=False): f"air.{one}" for one in stations.COLUMNS}
_RENAMED |= {indicator: f"air.{one}" for indicator, one in _DAILY_AIR.items()}


def values(indicator: str, starts: Floats, moments: Floats) -> Regions:
    """Values of all regions for periods that start at `starts` and are read at `moments`."""
    if indicator in _PARTS:
        return _part(indicator, moments)
    special = _SPECIAL.get(indicator)
    if special is not None:
        return special(starts, moments)
    found = models.by_region(model_of(indicator), moments)
    return {tables.CITY: found[tables.CITY]} if indicator == "water.level_shaoguan" else found


def site_values(spec: IndicatorSpec, starts: Floats, moments: Floats) -> Regions:
    """Values of every site of the indicator, as `values` gives those of the regions."""
    column = _DAILY_AIR.get(spec.id)
    if column is not None:
        return stations.daily(starts, (column,))[column]
    found = sites.values(spec, model_of(spec.id), moments)
    if spec.id in _WHOLE:
        return {code: np.round(value) for code, value in found.items()}
    return found


def model_of(indicator: str) -> str:
    """The model in models.csv that an indicator's values follow."""
    return _RENAMED.get(indicator, indicator)


def _aqi(starts: Floats, moments: Floats) -> Regions:
    return air.index(air.hourly(moments), moments, air.HOURLY)


def _aqi_day(starts: Floats, moments: Floats) -> Regions:
    return air.index(air.daily(starts), moments, air.DAILY)


def _pm25_day(starts: Floats, moments: Floats) -> Regions:
    return stations.of_regions(stations.daily(starts, ("pm25",)))["pm25"]


def _pm25_hour(starts: Floats, moments: Floats) -> Regions:
    return stations.of_regions(stations.hourly(moments, ("pm25",)))["pm25"]


def _o3_hour(starts: Floats, moments: Floats) -> Regions:
    return stations.of_regions(stations.hourly(moments, ("o3",)))["o3"]


def _of_problems(rate: str) -> Callable[[Floats, Floats], Regions]:
    """The problems of rivers that were put right, of those due; the city counts its counties."""

    def fixed(starts: Floats, moments: Floats) -> Regions:
        due, part = (
            models.by_region("water.problems_due", moments),
            models.by_region(rate, moments),
        )
        found = {c.code: np.round(due[c.code] * part[c.code] / 100) for c in tables.counties()}
        return {tables.CITY: np.sum(list(found.values()), axis=0)} | found

    return fixed


def _part(indicator: str, moments: Floats) -> Regions:
    """So many % of the whole, as a count; the city counts all of its counties."""
    of, at = _PARTS[indicator]
    whole, rate = values(of, moments, moments), models.by_region(at, moments)
    found = {c.code: np.round(whole[c.code] * rate[c.code] / 100) for c in tables.counties()}
    return {tables.CITY: np.sum(list(found.values()), axis=0)} | found


def _events_hour(starts: Floats, moments: Floats) -> Regions:
    """What the count of the day grew by within the hour."""
    until = models.by_region("grid.events_today", starts + models.HOUR - 1)
    before = models.by_region("grid.events_today", starts - 1)
    midnight = (starts + models.CHINA_OFFSET) % models.DAY == 0
    return {code: found - np.where(midnight, 0, before[code]) for code, found in until.items()}


def _category(name: str) -> Callable[[Floats, Floats], Regions]:
    """A category's part of the day's events; together they are all of them."""

    def found(starts: Floats, moments: Floats) -> Regions:
        whole = models.by_region("grid.events_today", moments)
        counties = {c.code: _of_category(name, whole[c.code]) for c in tables.counties()}
        return {tables.CITY: np.sum(list(counties.values()), axis=0)} | counties

    return found


def _of_category(name: str, whole: Floats) -> Floats:
    """Rounded together with those before it, so that small counts too are shared fairly."""
    names = list(CATEGORY_SHARES)
    place = names.index(name)
    before = sum(CATEGORY_SHARES[one] for one in names[:place])
    up_to = before + CATEGORY_SHARES[name] if place < len(names) - 1 else 1.0
    found: Floats = np.round(whole * up_to) - np.round(whole * before)
    return found


def _billed(starts: Floats, moments: Floats) -> Regions:
    """What was sold of the water supplied; what is lost before any correction is a little more."""
    supply, loss = (
        models.by_region("water.supply_total", moments),
        models.by_region("water.leakage", moments),
    )
    share = {c.code: 1 - (loss[c.code] + _BEFORE_CORRECTION) / 100 for c in tables.counties()}
    found = {code: supply[code] * kept for code, kept in share.items()}
    return {tables.CITY: np.sum(list(found.values()), axis=0)} | found


def _entities(starts: Floats, moments: Floats) -> Regions:
    """Counties only: the city is their sum, by a formula."""
    found = models.by_region("market.entities", moments)
    return {code: value for code, value in found.items() if code != tables.CITY}


_SPECIAL: dict[str, Callable[[Floats, Floats], Regions]] = {
    "ecology.aqi": _aqi,
    "ecology.aqi_day": _aqi_day,
    "ecology.pm25_day": _pm25_day,
    "ecology.pm25_hour": _pm25_hour,
    "ecology.o3_hour": _o3_hour,
    "water.problems_fixed": _of_problems("water.fixing"),
    "water.problems_in_time": _of_problems("water.fixing_in_time"),
    "water.billed": _billed,
    "grid.events_hour": _events_hour,
    **{f"grid.events_{one}": _category(one) for one in CATEGORY_SHARES},
    "market.entities": _entities,
    **economy.VALUES,
    **market.VALUES,
}
