"""[[indicators]]: what a number means, how fresh it must be and what it is compared with."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from layers.contracts import Classification
from topics.kit.contracts import PeriodKind
from topics.kit.durations import Duration
from topics.kit.manifest_model import FunctionName, Id, Table, Text, told
from topics.kit.manifest_quality import ChecksSpec

Level = Literal["city", "county", "town", "site"]
Direction = Literal["higher", "lower", "none"]


class Thresholds(Table):
    """Where the lamp turns yellow and red, in the direction of worse."""

    warn: float = told(..., "劣于此值亮黄灯(等于不亮)", 60)
    bad: float = told(..., "劣于此值亮红灯(等于不亮)", 75)


class ValueClass(Table):
    """A named class of values: everything up to and including `upto` that no class before took."""

    label: Text = told(..., "类别名称", "优")
    upto: float | None = told(None, "上限(含);最后一类不写", 50)


class Target(Table):
    """A target of one year, with the document that sets it and the day it takes effect."""

    value: float = told(..., "目标值", 25)
    year: int = told(..., "目标年度", 2026, ge=2000, le=2100)
    document: Text = told(..., "依据文件", "2026 年市政府工作报告")
    kind: Literal["约束性", "预期性"] = told(..., "指标性质", "约束性")
    effective: date = told(..., "生效日期(人大通过之日)", "2026-02-01")
    baseline: float | None = told(None, "规划基期值;完成进度 =(现值-基期)÷(目标-基期)", 60)
    since: int | None = told(
        None, "规划的第一年,序时进度从这年 1 月 1 日算起;不写为目标年度", 2021, ge=2000, le=2100
    )


class Comparison(Table):
    """The comparison shown beside the value: a published indicator as is, or one computed."""

    label: Text = told(..., "对比的名称", "同比")
    published: Id | None = told(None, "直接采用的已公布增速指标", "economy.gdp_growth")
    against: Literal["previous", "day", "year"] | None = told(
        None, "与哪一期比:previous 上期,day 昨日同时,year 上年同期", "previous"
    )
    shown_as: Literal["percent", "points", "absolute"] = Field(
        "percent",
        alias="as",
        description="差值的写法:percent 百分比,points 百分点,absolute 绝对值",
        examples=["absolute"],
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.published is None) == (self.against is None):
            raise ValueError(
                "published 与 against 写一个:已公布的增速写 published,计算的写 against"
            )
        return self


class Release(Table):
    """When the value of a period may be shown to everybody."""

    day: int | None = told(None, "次月几日发布", 20, ge=1, le=31)
    time: str | None = told(
        None, "发布时刻(北京时间)", "10:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$"
    )


class Revision(Table):
    """What the last change of the definition means for comparisons (口径调整)."""

    valid_from: date = told(..., "新口径从哪一天起的数据开始执行", "2026-01-01")
    breaks: bool = told(True, "前后是否不可比;不可比时同比、环比不再计算", True)
    reason: str = told("", "调整原因或依据文件", "统计制度调整")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class IndicatorSpec(Table):
    """One indicator as its topic declares it."""

    id: Id = told(..., "指标编号,以专题编号开头", "ecology.pm25_hour")
    title: Text = told(..., "名称,写明平均时间", "PM2.5 小时值")
    definition: Text = told(..., "口径", "市区国控站点 PM2.5 小时平均浓度的算术平均")
    unit: str = told(..., "单位;无单位写空串", "µg/m³")
    idle: str = told(
        "", "没有可算的对象(分母为 0)时怎么说,代替“未监测”;不算缺数", "无应结事件", max_length=8
    )
    withheld: str = told(
        "", "缺测时怎么说,代替“缺测”:缺项按规定不公布的指数写 NA", "NA", max_length=8
    )
    precision: int = told(1, "显示几位小数(存储不取整)", 1, ge=0, le=6)
    frequency: Duration = told(..., "多久出一期", "1h")
    period_kind: PeriodKind = told(..., "时期种类", "小时")
    levels: tuple[Level, ...] = told(..., "数据到哪些层级", ["city", "county"], min_length=1)
    sites: str = told("", "levels 含 site 时:哪一种点位,同 [[sites]] 的 kind", "断面")
    direction: Direction = told("none", "higher 越高越好,lower 越低越好,none 不评价", "lower")
    owner: Text = told(..., "责任单位编号", "sthjj")
    source: Text = told(..., "数据来源", "市空气站数据平台")
    source_system: str = told("", "来源系统", "广东省空气质量联网平台")
    owner_person: str = told("", "责任人", "监测科 李工")
    legal: str = told("", "统计制度或法规依据", "GB 3095-2026")
    scale: Literal["auto", "plain", "wan", "yi"] = told(
        "auto",
        "数值写法:auto 满 10 万写万、满 1 亿写亿,plain 不换算,wan 一律写万,yi 一律写亿",
        "auto",
    )
    freshness: Duration = told(..., "期末之后多久仍算及时;超过为迟,三倍为断", "2h")
    classification: Classification = told(Classification.INTERNAL, "数据级别", "公开")
    thresholds: Thresholds | None = told(None, "亮灯界限", {"warn": 60, "bad": 75})
    limits: FunctionName | None = told(
        None,
        "按点位或区划给出界限与类别的 模块:函数(indicator, region, day);画在趋势图上,决定类别和灯",
        "limits:section_limits",
    )
    classes: tuple[ValueClass, ...] = told(
        (), "分级名称,按上限从小到大", [{"label": "优", "upto": 50}]
    )
    shown: Literal["number", "class"] = told(
        "number", "number 显示数值,class 显示分级名称(如 Ⅲ 类)", "class"
    )
    colours: Literal["", "water", "aqi", "lamp"] = told(
        "", "分级的法定配色:water 水质类别,aqi 空气质量级别,lamp 绿蓝黄红灯", "water"
    )
    target: Annotated[tuple[Target, ...], BeforeValidator(_listed)] = told(
        (), "年度目标,一个或多个", {"value": 25, "year": 2026}
    )
    comparison: Comparison | None = told(None, "对比", {"label": "环比", "against": "previous"})
    spark: Literal["line", "bar"] = told("line", "小趋势图的样式", "line")
    keep: Duration | None = told(
        None, "原始值保留多久,之后只留小时和日汇总;只用于时点和小时指标", "400d"
    )
    release: Release | None = told(None, "发布日程", {"day": 20, "time": "10:00"})
    revision: Revision | None = told(
        None, "最近一次口径调整", {"valid_from": "2026-01-01", "reason": "统计制度调整"}
    )
    checks: ChecksSpec = told(ChecksSpec(), "数值校验", {"min": 0, "soft_max": 500})

    @model_validator(mode="after")
    def _thresholds_follow_direction(self) -> Self:
        limits = self.thresholds
        if limits is None:
            return self
        if self.direction == "none":
            raise ValueError('写了 thresholds 就要写 direction = "higher" 或 "lower"')
        if self.direction == "lower" and limits.warn > limits.bad:
            raise ValueError("越低越好的指标,thresholds 的 warn 不能大于 bad")
        if self.direction == "higher" and limits.warn < limits.bad:
            raise ValueError("越高越好的指标,thresholds 的 warn 不能小于 bad")
        return self

    @model_validator(mode="after")
    def _sites_are_named(self) -> Self:
        if ("site" in self.levels) != bool(self.sites):
            raise ValueError('levels 含 "site" 就要写 sites(点位种类),反之亦然')
        if self.shown == "class" and not self.classes:
            raise ValueError('shown = "class" 还要写 classes')
        return self

    @model_validator(mode="after")
    def _only_fast_values_are_dropped(self) -> Self:
        fast = self.period_kind in (PeriodKind.INSTANT, PeriodKind.HOUR)
        if self.keep is not None and not fast:
            raise ValueError("keep 只用于时点和小时指标;其余指标永久保留,请去掉 keep")
        return self

    def target_on(self, day: date) -> Target | None:
        """The target in force on `day`: the last one that took effect; None before the first."""
        due = [one for one in self.target if one.effective <= day]
        return max(due, key=lambda one: (one.effective, one.year), default=None)
