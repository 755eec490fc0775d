"""[[alerts]] and [[plans]]: when a 监测告警 fires, and what is to be done then."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, PlainSerializer, field_validator, model_validator

from topics.kit.durations import duration_text, parse_duration
from topics.kit.errors import BadFormula
from topics.kit.formula.nodes import Name
from topics.kit.formula.parse import parse_condition
from topics.kit.manifest_indicators import Level
from topics.kit.manifest_model import Id, Table, Text, told
from topics.kit.quality.freshness import elapsed

AlertLevel = Literal["蓝", "黄", "橙", "红"]
RuleKind = Literal[
    "threshold", "change", "forecast", "anomaly", "no_data", "late", "density", "expression"
]
Worse = Literal["", "above", "below"]

RISING: tuple[AlertLevel, ...] = ("蓝", "黄", "橙", "红")
_ZERO = timedelta(0)
_LONGEST_GROUP = 40
_SEASON = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _span(text: Any) -> timedelta:
    """A duration that may be nought."""
    if text in ("0", "0s", 0):
        return _ZERO
    return parse_duration(text)


Span = Annotated[timedelta, BeforeValidator(_span), PlainSerializer(duration_text)]


def parse_watched(text: Any) -> str:
    """`text` when it is an expression or one comparison; ValueError otherwise."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError('应是指标编号或算式,如 "ecology.pm25_hour"')
    try:
        parse_condition(text)
    except BadFormula as wrong:
        raise ValueError(f"{text!r}:{wrong}") from wrong
    return text.strip()


Watched = Annotated[str, BeforeValidator(parse_watched)]
Limits = dict[AlertLevel, float]


class WartimeSpec(Table):
    """What is different of a rule while the city is in 战时 mode."""

    levels: Limits = told({}, "战时的级别 → 界限;不写同平时", {"黄": 60, "橙": 100})
    hold: Span | None = told(None, "战时持续多久才告警;不写同平时", "0s")
    keep: Span | None = told(None, "战时恢复后再保留多久;不写同平时", "30m")
    route: tuple[Text, ...] = told((), "战时通知谁;不写同平时", ["yjj"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        order_of(self.levels, "")
        return self


class Expected(Table):
    """What is to be true at one moment of a rule's test."""

    at: Span = told(..., "从开始起多久之后", "30m")
    level: Literal["", "pending", "蓝", "黄", "橙", "红"] = told(
        ..., "这时的级别;空串没有告警,pending 在等持续", "黄"
    )


class CaseOfRule(Table):
    """A test that stands in the rule itself: a series, and what is to be said when."""

    name: Text = told(..., "这个测试说明什么", "超过 2 mg/L 立即红色")
    every: Span = told(..., "每隔多久一个数", "4h")
    values: str | dict[str, str] = told(
        ..., "数值序列;算式写 { 指标 = 序列 }", "0.5 1.2 2.4 _ 0.4", min_length=1
    )
    start: datetime | None = told(None, "从何时开始,用于有季节和时段的规则", "2026-07-01T00:00:00")
    wartime: bool = told(False, "按战时", True)
    expect: tuple[Expected, ...] = told(..., "期望", [{"at": "4h", "level": "蓝"}], min_length=1)

    @field_validator("every")
    @classmethod
    def _some_time(cls, every: timedelta) -> timedelta:
        if not every:
            raise ValueError("every 不能是 0;写多久一个数,如 1h")
        return every


class AlertSpec(Table):
    """[[alerts]]: when a 监测告警 fires."""

    id: Id = told(..., "告警编号,以专题编号开头", "ecology.pm25_high")
    title: str = told("", "规则名称;不写由指标名称生成", "马坝河氨氮超标")
    when: Watched = told(..., "看哪个指标或算式", "ecology.pm25_hour")
    kind: RuleKind = told(
        "threshold",
        "threshold 数值;change 变化;forecast 预计超限;anomaly 异常分;no_data 多久无数(小时);"
        "late 迟于承诺多久(小时);density 聚集件数;expression 算式或比较",
        "change",
    )
    of: Literal["value", "target", "class"] = told(
        "value",
        "threshold 的界限是:value 数值本身;target 劣于目标多少;"
        "class 劣于目标类别几级(没有目标类别的是第几类)",
        "class",
    )
    levels: Limits = told(
        ..., "级别 → 界限(超过才算);forecast 是概率 0–1", {"黄": 75, "橙": 115}, min_length=1
    )
    clear: Limits = told({}, "级别 → 回到哪里才算恢复;不写同界限", {"黄": 70})
    worse: Worse = told("", "above 越大越劣,below 越小越劣;不写按指标的方向和界限的次序", "below")
    hold: Span = told(_ZERO, "持续多久才告警", "30m")
    keep: Span = told(_ZERO, "恢复后再保留多久", "10m")
    flap: Span = told(_ZERO, "来回跳动时恢复后再保留多久", "1h")
    missing: Literal["hold", "clear"] = told(
        "hold", "缺数时:hold 告警和计时都不变;clear 当作没有超限", "clear"
    )
    at: tuple[Level, ...] = told((), "只看哪些层级;不写为指标的全部层级", ["site"])
    regions: tuple[Text, ...] = told((), "只看哪些区划或点位的编号", ["440205"])
    against: Literal["previous", "day", "year"] = told(
        "previous", "change 与哪一期比:previous 上期,day 昨日同时,year 上年同期", "year"
    )
    measured: Literal["absolute", "percent"] = told(
        "absolute", "change 的界限:absolute 差值,percent 百分数", "percent"
    )
    least: float = told(
        0.0, "change 按百分数:两期都不到这么多时当作没有变化(1 件变 2 件不算翻倍)", 20, ge=0
    )
    limit: float | None = told(None, "forecast:超过多少算超限;不写用指标的 bad 界限", 115)
    within: Span = told(timedelta(days=1), "forecast 看未来多久;density 看过去多久", "24h")
    category: str = told("", "density 只数这一类:方案/类别/编码,可只写前几段", "城市管理/事项/06")
    radius: float = told(500.0, "density 的半径,米", 500, gt=0, le=50_000)
    season: str = told("", "只在一年中的这段日子有效(含首尾),可跨年", "04-15..10-15")
    weekdays: tuple[int, ...] = told((), "只在周几有效,1 为周一", [1, 2, 3, 4, 5])
    days: Literal["", "workdays", "holidays"] = told(
        "",
        "只在 workdays 工作日(含调休上班)或 holidays 休息日有效,按工作日历;"
        "日历没有的年份按有效处理",
        "workdays",
    )
    hours: str = told("", "只在一天中的这段时间有效,可跨夜", "22:00-06:00")
    wartime: WartimeSpec | None = told(None, "战时的不同", {"hold": "0s"})
    unit: str = told("", "界限的单位;不写为指标的单位", "mg/L")
    text: str = told(
        "",
        "告警的一句话,可用 {place} {name} {value} {limit} {class};不写按种类生成",
        "{place}{name} {value},{class}",
    )
    route: tuple[Text, ...] = told((), "通知谁", ["sthjj"])
    inhibits: tuple[Text, ...] = told(
        (), "本告警未解除时,同一地点的哪些规则不再单独提醒", ["water.tp_class"]
    )
    group: str = told("", "组名:写同一组名的规则,告警合成一行;红色总是单独一行", "马坝河")
    plan: str = told("", "处置预案的编号,见 [[plans]]", "water.section")
    enabled: bool = told(True, "是否启用", True)
    local: dict[str, Limits] = told(
        {},
        "个别区划或点位自己的界限:编号 → 级别 → 界限;战时另写了界限时按战时",
        {"440205": {"黄": 60}},
    )
    dispatch: str = told(
        "", "派单成哪类事件:方案/类别/编码;不写按 alert_categories.csv", "城市管理/事项/06017"
    )
    tests: tuple[CaseOfRule, ...] = told((), "规则自带的测试,发布前必须全部通过", [])

    @field_validator("dispatch")
    @classmethod
    def _dispatch(cls, text: str) -> str:
        if text and len([one for one in text.split("/") if one]) != 3:
            raise ValueError(f"{text!r} 不是事件类别;写成 方案/类别/编码")
        return text

    @model_validator(mode="after")
    def _local_limits_in_order(self) -> Self:
        order = order_of(self.levels, self.worse) or self.worse
        for code, limits in self.local.items():
            if not limits:
                raise ValueError(f"local 的 {code} 没有界限;写上级别,或删去这个地点")
            other = order_of(limits, self.worse)
            if order and other and other != order:
                raise ValueError(f"local 的 {code} 的次序与 levels 相反;改成同一方向")
        return self

    @field_validator("season")
    @classmethod
    def _season(cls, text: str) -> str:
        found = _SEASON.fullmatch(text)
        if text and (found is None or not all(_is_day(*pair) for pair in _pairs(found))):
            raise ValueError(f'{text!r} 不是日期段;写成 "04-15..10-15"(月-日)')
        return text

    @field_validator("hours")
    @classmethod
    def _hours(cls, text: str) -> str:
        found = _HOURS.fullmatch(text)
        if text and (found is None or (found[1], found[2]) == (found[3], found[4])):
            raise ValueError(f'{text!r} 不是时段;写成 "08:00-18:00",首尾不能相同')
        return text

    @field_validator("group")
    @classmethod
    def _group(cls, text: str) -> str:
        if len(text) > _LONGEST_GROUP:
            raise ValueError(f"组名最多 {_LONGEST_GROUP} 字;请写短")
        return text.strip()

    @field_validator("weekdays")
    @classmethod
    def _weekdays(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= one <= 7 for one in days):
            raise ValueError("weekdays 只能写 1(周一)到 7(周日)")
        return days

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        order = order_of(self.levels, self.worse)
        for level, back in self.clear.items():
            if level not in self.levels:
                raise ValueError(f"clear 里的 {level} 不在 levels 中;补上界限或删去")
            limit = self.levels[level]
            if (back > limit) if (order or self.worse) != "below" else (back < limit):
                raise ValueError(
                    f"clear 的 {level} {back:g} 比界限 {limit:g} 还劣,告警永远不会恢复"
                )
        if self.wartime and self.wartime.levels:
            other = order_of(self.wartime.levels, self.worse)
            if order and other and order != other:
                raise ValueError("wartime.levels 的次序与 levels 相反;改成同一方向")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        node = parse_condition(self.when, own=None)
        if self.kind == "density":
            return self
        if self.kind not in ("threshold", "expression") and not isinstance(node, Name):
            raise ValueError(f'kind = "{self.kind}" 时 when 只能是一个指标编号')
        if self.kind == "threshold" and self.of != "value" and not isinstance(node, Name):
            raise ValueError(f'of = "{self.of}" 时 when 只能是一个指标编号')
        if self.kind == "forecast" and any(not 0 <= one < 1 for one in self.levels.values()):
            raise ValueError("forecast 的界限是概率,写 0 到 1 之间的数,如 0.8")
        return self


class PlanSpec(Table):
    """[[plans]]: what is to be done when an alert fires, for the dispatch in one click."""

    id: Id = told(..., "预案编号,以专题编号开头", "water.section")
    title: Text = told(..., "名称", "断面水质超标处置")
    lead: Text = told(..., "主办单位编号", "sthjj")
    lead_within: Span = told(timedelta(hours=2), "主办多久内到场或回复", "1h")
    support: tuple[Text, ...] = told((), "协办单位编号", ["swj"])
    support_within: Span = told(_ZERO, "协办多久内反馈;不写按类别的处置时限", "4h")
    demand: Text = told(..., "处置要求", "两小时内查明上游排口并采样")

    @property
    def limit(self) -> str:
        """Within which time, in words."""
        return f"{elapsed(self.lead_within)}内"


def order_of(levels: Limits, worse: str) -> Worse:
    """Which way the limits get worse; "" for a single one without a word. ValueError: no way."""
    given = [(one, levels[one]) for one in RISING if one in levels]
    values = [value for _, value in given]
    if len(values) < 2:
        return worse if worse in ("above", "below") else ""  # type: ignore[return-value]
    up = all(a < b for a, b in pairwise(values))
    down = all(a > b for a, b in pairwise(values))
    found: Worse = "above" if up else "below" if down else ""
    if not found or worse not in ("", found):
        said = "、".join(f"{level} {value:g}" for level, value in given)
        raise ValueError(
            f"级别的界限互相矛盾({said});从蓝到红应一级比一级劣:越大越劣写成递增,越小越劣写成递减"
        )
    return found


def _pairs(found: re.Match[str]) -> list[tuple[int, int]]:
    numbers = [int(one) for one in found.groups()]
    return [(numbers[0], numbers[1]), (numbers[2], numbers[3])]


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]
