"""What every demo number is at any moment, for every region; history and sources both ask here.

Parameters are data (data/demo/models.csv). A city value is made of its counties: a sum, or a mean
with the weight that the table names, so that it always lies within their range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.demo import tables
from app.demo.noise import Floats, chance, seed_of, walk, wave

HOUR, DAY = 3600.0, 86400.0
YEAR = 365.2425 * DAY
CHINA_OFFSET = 8 * HOUR  # no daylight saving time since 1991
_ORIGIN = 1767196800.0  # 2026-01-01 in Asia/Shanghai
_FIRST_YEAR = 2026 - 1970  # what datetime64 counts from
_ADDED = frozenset({"sum", "ytd", "day", "count"})  # the city is the sum of its counties
# Share of a day's new events by the hour they arrive in, from 0 h.
_ARRIVALS = np.array(
    [1, 1, 1, 1, 1, 2, 4, 9, 14, 15, 14, 11, 8, 9, 13, 14, 12, 9, 6, 5, 4, 3, 2, 1], dtype=float
)


@dataclass(frozen=True, slots=True)
class Model:
    """The parameters of one quantity; see the columns of models.csv."""

    name: str
    shape: str
    base: float
    trend: float
    season: float
    peak_month: float
    daily: float
    peak_hour: float
    noise: float
    scale_hours: float
    jitter: float
    spread: float
    weight: str
    low: float
    high: float


def model(name: str) -> Model:
    """The model of that name; KeyError for a name that is not in the table."""
    return _models()[name]


def names() -> tuple[str, ...]:
    """Every modelled quantity."""
    return tuple(_models())


def by_region(name: str, seconds: Floats) -> dict[str, Floats]:
    """Values of all regions (city first) at the given Unix times."""
    one = model(name)
    shape = _SHAPES[one.shape]
    codes = [county.code for county in tables.counties()]
    values = {code: shape(one, code, seconds) for code in codes}
    stack = np.vstack([values[code] for code in codes])
    if one.shape in _ADDED:
        city = stack.sum(axis=0)
    else:
        shares = np.array([share(one, code) for code in codes])
        city = (stack * shares[:, None]).sum(axis=0)
    return {tables.CITY: city} | values


def by_site(name: str, counties: Mapping[str, str], seconds: Floats) -> dict[str, Floats]:
    """Values of sites, given the county each lies in: alike within a county, never the same.

    What adds up is divided among the sites of a county; a level keeps the county's movement.
    """
    one = model(name)
    held = Counter(counties.values())
    whole = {code: _SHAPES[one.shape](one, code, seconds) for code in held}
    found = {}
    for site, county in counties.items():
        own = wave(seed_of("site", name, site), np.array([0.5]))[0]
        if one.shape in _ADDED:
            part = whole[county] / held[county] * (1 + 0.35 * own)
            found[site] = np.floor(part) if one.shape in ("day", "count") else part
        elif one.shape == "rain":
            found[site] = whole[county] * (1 + 0.2 * own)
        else:
            moved = (
                0.3 * one.noise * walk(seed_of("site", name, site, "noise"), _turns(one, seconds))
            )
            found[site] = np.clip(whole[county] + one.spread * own + moved, one.low, one.high)
    return found


def _turns(one: Model, seconds: Floats) -> Floats:
    turns: Floats = seconds / HOUR / one.scale_hours
    return turns


def share(one: Model, code: str) -> float:
    """A county's part of the city by the model's weight; the parts add up to 1."""
    weights = {county.code: _weight(county, one.weight) for county in tables.counties()}
    return weights[code] / sum(weights.values())


def _weight(county: tables.CountyFacts, kind: str) -> float:
    chosen = {
        "economy": county.economy * county.population,
        "population": county.population,
        "area": county.area_km2,
        "equal": 1.0,
    }
    return chosen[kind]


def _mean(one: Model, code: str, seconds: Floats) -> Floats:
    offset = one.spread * float(wave(seed_of("spread", one.name, code), np.array([0.5]))[0]) * 1.3
    return np.clip(one.base + offset + _movement(one, code, seconds), one.low, one.high)


def _sum(one: Model, code: str, seconds: Floats) -> Floats:
    scaled: Floats = one.base * share(one, code) * (1 + _movement(one, code, seconds))
    return scaled


def _count(one: Model, code: str, seconds: Floats) -> Floats:
    return np.maximum(np.round(_sum(one, code, seconds)), 0)


def _day_count(one: Model, code: str, seconds: Floats) -> Floats:
    """What arrived since midnight; grows within the day and never falls."""
    local = seconds + CHINA_OFFSET
    day = np.floor(local / DAY)
    middle = (day + 0.5) * DAY - CHINA_OFFSET
    weekend = np.where((day + 3) % 7 >= 5, 0.62, 1.12)  # day 0 was a Thursday
    luck = 0.85 + 0.3 * chance(seed_of("day", one.name, code), day.astype(np.int64))
    whole = np.round(_sum(one, code, middle) * weekend * luck)
    hours = np.concatenate([[0.0], np.cumsum(_ARRIVALS)]) / _ARRIVALS.sum()
    arrived = np.interp((local - day * DAY) / HOUR, np.arange(25.0), hours)
    count: Floats = np.floor(whole * arrived + 1e-6)
    return count


def _year_to_date(one: Model, code: str, seconds: Floats) -> Floats:
    """The level accumulated since 1 January; grows by the trend from year to year."""
    # Half a second back, so that the last moment of a year still belongs to it.
    local = (seconds - 0.5 + CHINA_OFFSET).astype("datetime64[s]").astype("datetime64[Y]")
    begin = local.astype("datetime64[s]").astype(np.float64) - CHINA_OFFSET
    length = (local + 1).astype("datetime64[s]").astype(np.float64) - CHINA_OFFSET - begin
    passed = (seconds - begin) / length
    year = local.astype(np.float64) - _FIRST_YEAR
    bent = passed - one.season * np.sin(2 * np.pi * passed) / (2 * np.pi)
    own = one.spread * wave(seed_of("ytd", one.name, code), year)
    level: Floats = one.base * share(one, code) * (1 + one.trend) ** year * (1 + own) * bent
    return level


def _rain(one: Model, code: str, seconds: Floats) -> Floats:
    """Rain since midnight: many dry days, the wet ones in early summer."""
    local = seconds + CHINA_OFFSET
    day = np.floor(local / DAY)
    steps = day.astype(np.int64)
    season = one.base + one.season * _cosine(day * DAY / YEAR, (one.peak_month - 0.5) / 12)
    wet = chance(seed_of("wet"), steps) < 0.42
    amount = -np.log1p(-chance(seed_of("amount"), steps)) * season * 2.2
    own = 1 + one.spread * (2 * chance(seed_of("rain", code), steps) - 1)
    begin = chance(seed_of("begin"), steps) * 0.7
    part = np.clip((local / DAY - day - begin) / 0.3, 0, 1)
    total = np.clip(amount * own, one.low, one.high)
    return np.where(wet, np.round(total * part, 1), 0.0)


def _movement(one: Model, code: str, seconds: Floats) -> Floats:
    hours = seconds / HOUR
    local = seconds + CHINA_OFFSET
    city, own = seed_of("city", one.name), seed_of("own", one.name, code)
    shared = 0.75 * walk(city, hours / one.scale_hours)
    separate = 0.45 * walk(own, hours / one.scale_hours)
    moved: Floats = (
        one.trend * (seconds - _ORIGIN) / YEAR
        + one.season * _cosine(local / YEAR, (one.peak_month - 0.5) / 12)
        + one.daily * _cosine(local / DAY, one.peak_hour / 24)
        + one.noise * (shared + separate)
        + one.jitter * wave(own + 1, seconds / 40.0)
    )
    return moved


def _cosine(turns: Floats, peak: float) -> Floats:
    curve: Floats = np.cos(2 * np.pi * (turns - peak))
    return curve


_SHAPES: dict[str, Callable[[Model, str, Floats], Floats]] = {
    "mean": _mean,
    "sum": _sum,
    "count": _count,
    "day": _day_count,
    "ytd": _year_to_date,
    "rain": _rain,
}


@cache
def _models() -> dict[str, Model]:
    return {row["indicator"]: _model(row) for row in tables.rows("demo/models.csv")}


def _model(row: dict[str, str]) -> Model:
    numbers = {
        name: float(row[name] or limit)
        for name, limit in [
            *((n, "0") for n in ("base", "trend", "season", "peak_month", "daily", "peak_hour")),
            *((n, "0") for n in ("noise", "scale_hours", "jitter", "spread")),
            ("low", "-inf"),
            ("high", "inf"),
        ]
    }
    return Model(row["indicator"], row["shape"], weight=row["weight"], **numbers)
