"""A small city in memory: two counties, a GDP with published growth, an hourly PM2.5."""

from __future__ import annotations

from datetime import UTC, datetime

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec

NOW = datetime(2026, 11, 20, 2, 24, tzinfo=UTC)  # 10:24 in Shanghai


def spec(indicator: str, **over: object) -> IndicatorSpec:
    base = {
        "id": indicator,
        "title": indicator,
        "definition": "口径",
        "unit": "%",
        "precision": 1,
        "frequency": "1h",
        "period_kind": "小时",
        "levels": ["city", "county"],
        "direction": "lower",
        "owner": "sthjj",
        "source": "平台",
        "freshness": "2h",
        "classification": "公开",
    }
    return IndicatorSpec.model_validate(base | over)


PM25 = spec(
    "ecology.pm25",
    unit="µg/m³",
    precision=0,
    thresholds={"warn": 60, "bad": 75},
    comparison={"label": "较昨日同时", "against": "day", "as": "absolute"},
)
GDP = spec(
    "economy.gdp",
    unit="亿元",
    period_kind="累计",
    frequency="1q",
    direction="higher",
    freshness="125d",
    comparison={"label": "同比", "published": "economy.gdp_growth"},
)
GROWTH = spec(
    "economy.gdp_growth",
    period_kind="累计",
    direction="higher",
    freshness="125d",
    thresholds={"warn": 5.0, "bad": 3.0},
    target=[
        {"value": 5, "year": 2026, "document": "报告", "kind": "预期性", "effective": "2026-02-01"}
    ],
)
SECRET = spec("economy.secret", classification="敏感", owner="tjj")


class Store:
    """Keeps observations in a dict; counts how often it is asked for series."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], list[Observation]] = {}
        self.asked = 0
        self.asked_as_of: list[datetime | None] = []

    def add(self, indicator: str, region: str, start: datetime, kind: str, value: float | None):
        one = Observation(
            indicator, region, Period(start, PeriodKind(kind)), value, recorded_at=start
        )
        series = self.held.setdefault((indicator, region), [])
        series.append(one)
        series.sort(key=lambda known: known.period.start)

    def recent(self, indicators, regions, count, *, as_of):
        self.asked_as_of.append(as_of)
        return {
            pair: [one for one in series if as_of is None or one.recorded_at <= as_of][-count:]
            for pair, series in self.held.items()
            if pair[0] in indicators and pair[1] in regions
        }

    def series(self, indicator, region, *, start=None, end=None, as_of=None):
        self.asked += 1
        found = self.held.get((indicator, region), [])
        return [one for one in found if start <= one.period.start < end]
