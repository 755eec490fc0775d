"""A city of two counties and three sections with two indicators, for tests of rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from topics.kit.alerting.rules import Rule, ready
from topics.kit.contracts import Observation, Period, PeriodKind, Region, ValueStatus
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.pages.limits import Band, Limits
from topics.kit.regions import RegionTree
from topics.kit.worktime.calendar import WorkCalendar

AT = datetime(2026, 11, 25, 16, tzinfo=UTC)  # midnight in the city


CALENDAR = WorkCalendar({date(2026, 11, 26): False, date(2026, 11, 28): True})
"""A Thursday off, as AT begins it, and a Saturday that is worked for it."""


def _region(code: str, level: str, parent: str | None, **more: Any) -> Region:
    return Region(code, f"{code}县", code, level, parent, 1, date(2000, 1, 1), **more)


REGIONS = RegionTree(
    [
        _region("4402", "city", None),
        _region("440201", "county", "4402"),
        _region("440202", "county", "4402"),
        *(_region(f"S{n}", "site", "440201", kind="断面") for n in (1, 2, 3)),
    ]
)


def spec(id: str, **more: Any) -> IndicatorSpec:
    told = {
        "id": id,
        "title": more.pop("title", "氨氮"),
        "definition": "测试",
        "unit": "mg/L",
        "precision": 2,
        "frequency": "1h",
        "period_kind": "小时",
        "levels": ["county"],
        "direction": "lower",
        "owner": "swj",
        "source": "测试",
        "freshness": "2h",
    }
    return IndicatorSpec.model_validate(told | more)


SPECS = {
    "water.nh3n": spec("water.nh3n", thresholds={"warn": 1, "bad": 2}),
    "water.do": spec("water.do", title="溶解氧", direction="higher"),
    "water.rate": spec(
        "water.rate",
        title="优良比例",
        unit="%",
        direction="higher",
        target={
            "value": 95,
            "year": 2026,
            "document": "文件",
            "kind": "约束性",
            "effective": "2026-01-01",
        },
    ),
    "water.grade": spec(
        "water.grade", levels=["site"], sites="断面", limits="limits:section_limits"
    ),
}
LEVELS = {"蓝": 1.0, "黄": 1.5, "红": 2.0}


def alert(when: str = "water.nh3n", **more: Any) -> AlertSpec:
    return AlertSpec.model_validate({"id": "water.rule", "when": when, "levels": LEVELS} | more)


def rule(when: str = "water.nh3n", **more: Any) -> Rule:
    return ready(alert(when, **more), SPECS, REGIONS, calendar=CALENDAR)


def no_limits(indicator: str, region: str, day: date) -> Limits | None:
    return None


def classes(indicator: str, region: str, day: date) -> Limits | None:
    """Ⅰ up to 1, Ⅱ up to 2, Ⅲ up to 3, else worse; the aim is Ⅱ."""
    bands = [Band(name, high=high) for name, high in (("Ⅰ", 1.0), ("Ⅱ", 2.0), ("Ⅲ", 3.0))]
    return Limits([*bands, Band("劣Ⅴ")], aim="Ⅱ", aim_name="Ⅱ类限值")


def hours(
    values: Sequence[float | None],
    *,
    region: str = "440201",
    indicator: str = "water.nh3n",
    start: datetime = AT,
) -> list[Observation]:
    """A value for each hour from `start` on."""
    return [
        Observation(
            indicator,
            region,
            Period(start + timedelta(hours=n), PeriodKind.HOUR),
            value,
            ValueStatus.OK if value is not None else ValueStatus.MISSING,
        )
        for n, value in enumerate(values)
    ]
