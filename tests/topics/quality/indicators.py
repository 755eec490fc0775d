"""Small indicators and observations of the checks' tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # 12:00 in Shaoguan
CITY, WUJIANG, ZHENJIANG = "440200", "440203", "440204"


def spec(name: str = "ecology.pm25_hour", kind: str = "小时", **more: Any) -> IndicatorSpec:
    given: dict[str, Any] = {
        "id": name,
        "title": "PM2.5 小时值",
        "definition": "口径",
        "unit": "µg/m³",
        "precision": 0,
        "frequency": {"小时": "1h", "日": "1d", "当月": "1mo", "时点": "15s", "累计": "1mo"}[kind],
        "period_kind": kind,
        "levels": ["city", "county"],
        "owner": "sthjj",
        "source": "市空气站数据平台",
        "freshness": "2h",
        "classification": "公开",
    }
    return IndicatorSpec.model_validate(given | more)


def at(hour: int, kind: PeriodKind = PeriodKind.HOUR) -> Period:
    """The period `hour` hours after noon."""
    return Period(NOON + timedelta(hours=hour), kind)


def value(
    number: float | None,
    hour: int = 0,
    region: str = WUJIANG,
    status: ValueStatus | None = None,
    indicator: str = "ecology.pm25_hour",
) -> Observation:
    usual = ValueStatus.MISSING if number is None else ValueStatus.OK
    return Observation(indicator, region, at(hour), number, status or usual)
