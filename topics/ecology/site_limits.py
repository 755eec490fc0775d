"""The limits of one place that the page draws: classes of HJ 633, limits of GB 3095, noise zones.

An hourly particle mean has classes and no limit: GB 3095 has none for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from topics.ecology import aqi, noise
from topics.ecology.limits import Limit, decimals_of, limit_on
from topics.kit.contracts import Region
from topics.kit.pages.limits import Band, Limits
from topics.kit.tables_in_force import read_once

_LEVELS = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")
_ENDS = (50, 100, 150, 200, 300)  # HJ 633-2026 table 1
_FAR = 5.0  # dB over the limit from which a place is told apart
# Indicator -> pollutant, averaging time of HJ 633 and of GB 3095.
_AIR: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        **{f"ecology.{one.lower()}_hour": (one, "1h", "1h") for one in ("SO2", "NO2", "CO", "O3")},
        **{f"ecology.{one.lower()}_day": (one, "24h", "24h") for one in ("SO2", "NO2", "CO")},
        "ecology.pm10_hour": ("PM10", "1h", "1h"),
        "ecology.pm25_hour": ("PM2.5", "1h", "1h"),
        "ecology.pm10_day": ("PM10", "24h", "24h"),
        "ecology.pm25_day": ("PM2.5", "24h", "24h"),
        "ecology.o3_8h_day": ("O3", "24h", "8h"),
    }
)
# Statistics of a year, whole or so far -> pollutant and the averaging time of its limit.
_ANNUAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ecology.pm25_ytd": ("PM2.5", "annual"),
        **{f"ecology.{one}_year": (one.upper(), "annual") for one in ("so2", "no2", "pm10")},
        "ecology.pm25_year": ("PM2.5", "annual"),
        **{f"ecology.{one}_p98_year": (one.upper(), "24h") for one in ("so2", "no2")},
        **{f"ecology.{one}_p95_year": (one.upper(), "24h") for one in ("pm10", "co")},
        "ecology.pm25_p95_year": ("PM2.5", "24h"),
        "ecology.o3_p90_year": ("O3", "8h"),
    }
)
_NOISE: Mapping[str, noise.PartOfDay] = MappingProxyType(
    {"ecology.noise_day": "day", "ecology.noise_night": "night"}
)


def place_limits(indicator: str, region: Region, moment: date) -> Limits | None:
    """Classes and limit of an air or noise indicator at a place on a day; None for others."""
    if indicator in _AIR:
        return _of_air(*_AIR[indicator], moment)
    if indicator in _ANNUAL:
        return _of_year(*_ANNUAL[indicator], _last_day(indicator, moment))
    if indicator == "ecology.noise_night_peak":
        return _of_peak(region.fact("zone"), moment)
    if indicator in _NOISE:
        return _of_noise(region.fact("zone"), _NOISE[indicator], moment)
    return None


def _last_day(indicator: str, moment: date) -> date:
    """A whole year is held against what is in force at its end (unverified)."""
    return date(moment.year, 12, 31) if indicator.endswith("_year") else moment


@read_once
def _of_year(pollutant: str, averaging: str, moment: date) -> Limits | None:
    limit = limit_on(pollutant, averaging, moment)
    return None if limit is None else _only(limit, decimals_of(pollutant))


@read_once
def _of_air(pollutant: str, averaging: str, mean: str, moment: date) -> Limits:
    """Classes by the edition of the day; the aim is the class that ends at the grade 2 limit.

    Where no class ends there (from 2031 on) only the limit itself is drawn.
    """
    rules = aqi.rules_on(moment)
    scale = rules.scale(pollutant, averaging)
    ends = [float(one) for one, index in zip(scale.concentrations, scale.indices, strict=True)
            if index in _ENDS]  # fmt: skip
    limit = limit_on(pollutant, mean, moment)
    if limit is not None and limit.value not in ends:
        return _only(limit, scale.decimals)
    highs: list[float | None] = [*ends, None]
    bands = [
        Band(label, f"aqi{number}", None, high)
        for number, (label, high) in enumerate(zip(_LEVELS, highs, strict=False), 1)
    ]
    if limit is None:
        source = f"{rules.standard} 分级;GB 3095 没有该平均时间的限值"
        return Limits(bands, source=source, decimals=scale.decimals)
    aim = _LEVELS[ends.index(limit.value)]
    source = f"{rules.standard} 分级;{limit.basis}"
    return Limits(bands, aim, "二级限值", source, scale.decimals)


def _only(limit: Limit, decimals: int) -> Limits:
    bands = (Band("达标", "ok", None, limit.value), Band("超标", "bad"))
    return Limits(bands, "达标", "二级限值", f"{limit.basis}({limit.phase})", decimals)


def _of_noise(zone: str, part: noise.PartOfDay, moment: date) -> Limits | None:
    limit = noise.limit_of(zone, part, moment)
    if limit is None:
        return None
    bands = (
        Band("达标", "ok", None, limit),
        Band("超标", "warn", None, limit + _FAR),
        Band(f"超标 {_FAR:g} dB 以上", "bad"),
    )
    source = noise.limits_basis(zone, moment)
    return Limits(bands, "达标", f"{zone} 类区限值", source, noise.decimals_on(moment))


def _of_peak(zone: str, moment: date) -> Limits | None:
    """What GB 3096-2008 5.4 allows a sudden noise at night."""
    limit = noise.peak_limit(zone, moment)
    if limit is None:
        return None
    bands = (Band("达标", "ok", None, limit), Band("超标", "bad"))
    return Limits(bands, "达标", "夜间突发限值", "GB 3096-2008 5.4(据二手转载)")
