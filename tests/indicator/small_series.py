"""Two years of a monthly rate of the city and three counties, with all that can befall it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.forecast.contracts import Forecast, ForecastPoint, PastForecast
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of

MANIFEST = """
[topic]
id = "toy"
title = "示例专题"
owner = "tjj"
demo = true

[[indicators]]
id = "toy.rate"
title = "漏损率"
definition = "当月漏损水量与供水总量之比"
unit = "%"
precision = 1
frequency = "1mo"
period_kind = "当月"
levels = ["city", "county"]
direction = "lower"
owner = "tjj"
source = "=cmd|供水平台"
freshness = "40d"
classification = "公开"
thresholds = { warn = 9.0, bad = 12.0 }
comparison = { label = "同比", against = "year", as = "points" }
target = [
  { value = 10.0, year = 2025, document = "2025 年报告", kind = "约束性", effective = 2025-02-01 },
  { value = 9.0, year = 2026, document = "2026 年报告", kind = "约束性", effective = 2026-02-01 },
]

[[indicators]]
id = "toy.sum"
title = "累计产量"
definition = "本年累计"
unit = "吨"
precision = 0
frequency = "1mo"
period_kind = "累计"
levels = ["city"]
owner = "tjj"
source = "月报"
freshness = "40d"
classification = "内部"

[[indicators]]
id = "toy.secret"
title = "敏感指标"
definition = "口径"
unit = "%"
frequency = "1mo"
period_kind = "当月"
levels = ["city"]
owner = "tjj"
source = "月报"
freshness = "40d"
classification = "敏感"
"""

CITY = "440200"
COUNTIES = ("440203", "440204", "440205")
FIRST, LAST = (2024, 11), (2026, 10)
REVISED, ESTIMATED, MISSING = (2026, 8), (2026, 9), (2026, 7)


def month(year: int, number: int, kind: PeriodKind = PeriodKind.MONTH) -> Period:
    return Period(datetime(year, number, 1, tzinfo=ZONE).astimezone(UTC), kind)


def months() -> list[tuple[int, int]]:
    found, at = [], FIRST
    while at <= LAST:
        found.append(at)
        at = (at[0] + at[1] // 12, at[1] % 12 + 1)
    return found


def known(period: Period) -> datetime:
    """When the value of a period was first reported: five days after its end."""
    return end_of(period) + timedelta(days=5)


def series() -> list[Observation]:
    """Oldest first. August 2026 was 8.0 and became 8.4; July is missing; June never came."""
    made = []
    for n, (year, number) in enumerate(months()):
        for place, region in enumerate((CITY, *COUNTIES)):
            period = month(year, number)
            value = 9.6 - 0.05 * n + 0.4 * place
            one = Observation(
                "toy.rate", region, period, value, recorded_at=known(period), source="供水平台"
            )
            made.append(one)
    return [one for old in made for one in _befallen(old)]


def _befallen(one: Observation) -> list[Observation]:
    at = (one.period.start.astimezone(ZONE).year, one.period.start.astimezone(ZONE).month)
    if one.region != CITY:
        return [] if (one.region, at) == ("440205", LAST) else [one]
    if at == MISSING:
        return [replace(one, value=None, status=ValueStatus.MISSING)]
    if at == (2026, 6):
        return []
    if at == ESTIMATED:
        return [replace(one, status=ValueStatus.ESTIMATED)]
    if at == REVISED:
        later = known(one.period) + timedelta(days=30)
        return [replace(one, value=8.0), replace(one, value=8.4, recorded_at=later)]
    return [one]


class Held:
    """Releases: everything at once, except the periods held back until a moment."""

    def __init__(self) -> None:
        self.until: dict[Period, datetime] = {}

    def at(self, spec: IndicatorSpec, period: Period) -> datetime | None:
        return self.until.get(period)


class Versions:
    """Definitions with one break on the first of January 2026, when `broken`."""

    def __init__(self) -> None:
        self.broken = False

    def _all(self, indicator: str, spec: IndicatorSpec) -> list[DefinitionVersion]:
        first = datetime(2024, 1, 1, tzinfo=UTC)
        old = DefinitionVersion(indicator, 1, spec, None, first, "manifest")
        if not self.broken:
            return [old]
        new = DefinitionVersion(
            indicator, 2, spec, date(2026, 1, 1), first, "u9", "改为含农村供水", True
        )
        return [old, new]

    def history(self, indicator: str, *, as_of: datetime | None = None) -> list[DefinitionVersion]:
        return self._all(indicator, SPEC[indicator])

    def broken_between(
        self, indicator: str, earlier: Period, later: Period, *, as_of: datetime | None = None
    ) -> DefinitionVersion | None:
        limit = datetime(2026, 1, 1, tzinfo=ZONE)
        crossed = earlier.start < limit <= later.start
        return self._all(indicator, SPEC[indicator])[1] if self.broken and crossed else None


class Ahead:
    """A forecast of three months, and one forecast of the past."""

    def __init__(self) -> None:
        self.on = False

    def shown(self, indicator: str, region: str, *, as_of: datetime | None) -> Forecast | None:
        if not self.on:
            return None
        points = [
            ForecastPoint(month(year, number), 8.0, 7.5, 8.5, 7.0, 9.0)
            for year, number in ((2026, 11), (2026, 12), (2027, 1))
        ]
        made = datetime(2026, 11, 6, tzinfo=UTC)
        return Forecast(
            indicator, region, made, "AutoTheta", points, 0.8, 1.0, 0.81, 0.94, month(*LAST)
        )

    def record(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int = 24
    ) -> list[PastForecast]:
        if not self.on:
            return []
        point = ForecastPoint(month(*LAST), 8.0, 7.5, 8.9, 7.0, 9.0)
        return [PastForecast(datetime(2026, 10, 6, tzinfo=UTC), point, 8.45, 0.45)]


SPEC: dict[str, IndicatorSpec] = {}
