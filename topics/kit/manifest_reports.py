"""[[reports]]: a form that a bureau's clerk fills in each month or quarter, and when it is due."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from topics.kit.manifest_indicators import Level
from topics.kit.manifest_model import Id, Table, Text, told


class DueRule(Table):
    """When a form is due: on a day of the month after its period, on the clock of the city."""

    day: int = told(..., "期后(次月)几日截止;超过月末按月末", 8, ge=1, le=31)
    time: str = told("18:00", "截止时刻(北京时间)", "18:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class DeviationLimits(Table):
    """From which change on a cell needs an explanation."""

    jump: float = told(30, "较上期变化超过百分之几要说明(当月、季、期末的量)", 30, gt=0)
    yoy: float = told(30, "较上年同期变化超过百分之几要说明(量)", 30, gt=0)
    points: float = told(5, "比率较上期或上年同期变化超过几个百分点要说明", 5, gt=0)


class SumCheck(Table):
    """Columns in which the counties together make the city."""

    indicators: tuple[Id, ...] = told(..., "县(市、区)之和应等于全市的指标", ["economy.retail"])
    tolerance: float = told(0.5, "允许相差全市数的百分之几", 0.5, ge=0, le=20)


class ReportSpec(Table):
    """One form. Who fills and reviews it is decided by the roles held in its topic."""

    id: Id = told(..., "报表编号,以专题编号开头", "economy.monthly_report")
    title: Text = told(..., "名称", "经济运行月报")
    indicators: tuple[Id, ...] = told(
        ..., "指标,依次成列;频率和时期种类要一致", ["economy.retail"], min_length=1
    )
    levels: tuple[Level, ...] = told(
        ("city", "county"), "填报到哪些层级,依次成行", ["city", "county"], min_length=1
    )
    owner: Text = told(..., "填报单位编号", "tjj")
    due: DueRule = told(..., "截止规则", {"day": 8, "time": "18:00"})
    limits: DeviationLimits | None = told(None, "偏离多少要说明;不写用缺省", {"jump": 30})
    sums: SumCheck | None = told(None, "分县之和与全市核对", {"indicators": ["economy.retail"]})
    negative: tuple[Id, ...] = told((), "可以为负的指标(如增速)", ["economy.retail_growth"])
    since: str | None = told(
        None,
        "从哪个月起要报;不写则从启用前最近一期起",
        "2026-01",
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
    )

    @property
    def deviation(self) -> DeviationLimits:
        """The limits in force."""
        return self.limits or DeviationLimits()

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Self:
        if len(set(self.indicators)) < len(self.indicators):
            raise ValueError("indicators 有重复;每个指标只列一次")
        for name, ids in _named(self):
            for one in ids:
                if one not in self.indicators:
                    raise ValueError(f"{name} 里的 {one!r} 不在本表的 indicators 中;改名或补上")
        return self


def _named(report: ReportSpec) -> list[tuple[str, Any]]:
    sums = report.sums.indicators if report.sums else ()
    return [("sums.indicators", sums), ("negative", report.negative)]
