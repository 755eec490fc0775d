"""Air quality indices from the concentrations that the station platform gives."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from topics.ecology import aqi
from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.refresh.contracts import RefreshContext, Row
from topics.kit.refresh.values import parse_region, parse_value

CHINA = ZoneInfo("Asia/Shanghai")
SOURCE = "市空气自动监测平台"
# Column of the platform -> pollutant of HJ 633.
COLUMNS = {
    "so2": "SO2",
    "no2": "NO2",
    "co": "CO",
    "o3": "O3",
    "pm10": "PM10",
    "pm25": "PM2.5",
}


def aqi_now(ctx: RefreshContext) -> Iterator[Observation]:
    """AQI 实时 of every region, from the running hourly means."""
    for row, period in _rows(ctx, "time"):
        yield _index("ecology.aqi", row, period, aqi.HOURLY)


def daily(ctx: RefreshContext) -> Iterator[Observation]:
    """AQI 日报 and PM2.5 24 小时均值 of every region."""
    for row, period in _rows(ctx, "date"):
        yield _index("ecology.aqi_day", row, period, aqi.DAILY)
        particles = _concentration(row, "pm25")
        yield _observation("ecology.pm25_day", row, period, particles, "µg/m³")


def _rows(ctx: RefreshContext, time_column: str) -> Iterator[tuple[Row, Period]]:
    rows = ctx.rows()
    if not rows:
        raise RefreshFailed(f"来源 {ctx.spec.source} 没有给出任何站点;请检查平台是否在线")
    for row in rows:
        yield row, ctx.period_of(row.get(time_column))


def _index(indicator: str, row: Row, period: Period, averaging: str) -> Observation:
    rules = aqi.rules_on(period.start.astimezone(CHINA).date())
    found = {name: _concentration(row, column) for column, name in COLUMNS.items() if column in row}
    index = rules.aqi(found, averaging).value
    return _observation(indicator, row, period, None if index is None else float(index), "")


def _concentration(row: Row, column: str) -> float | None:
    """A concentration; a negative one is a sensor fault and counts as missing."""
    value = parse_value(row.get(column))
    return None if value is None or value < 0 else value


def _observation(
    indicator: str, row: Row, period: Period, value: float | None, unit: str
) -> Observation:
    status = ValueStatus.MISSING if value is None else ValueStatus.OK
    region = parse_region(row.get("code"))
    return Observation(indicator, region, period, value, status, unit, source=SOURCE)
