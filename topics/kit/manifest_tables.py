"""The smaller tables of topic.toml: topic, layers, formulas, alerts, cases, panels."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from layers.contracts import Classification
from topics.kit.durations import Duration
from topics.kit.errors import BadFormula
from topics.kit.formula.nodes import names_in
from topics.kit.formula.parse import parse, parse_condition
from topics.kit.manifest_indicators import Level
from topics.kit.manifest_model import FunctionName, Id, Table, Text, told

AlertLevel = Literal["蓝", "黄", "橙", "红"]
MissingPolicy = Literal["withhold", "skip", "estimate"]
PanelKind = Literal["kpi", "trend", "bars", "table", "map", "chip", "own"]


def parse_expression(text: Any) -> str:
    """`text` when it is one expression over indicator ids; ValueError otherwise."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError('应是算式,如 "grid.closed / grid.accepted * 100"')
    try:
        parse(text)
    except BadFormula as wrong:
        raise ValueError(f"{text!r}:{wrong}") from wrong
    return text.strip()


def expression_names(expression: str) -> tuple[str, ...]:
    """The indicator ids that an expression names, in order, each once."""
    return names_in(parse_condition(expression))


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
Expression = Annotated[str, BeforeValidator(parse_expression)]


class TopicSpec(Table):
    """[topic]: the topic itself."""

    id: str = told(..., "专题编号,与文件夹同名", "ecology", pattern=r"^[a-z][a-z0-9_]*$")
    title: Text = told(..., "名称", "生态环境")
    short: str = told("", "导航里的短名;不写用名称", "生态")
    owner: Text = told(..., "责任单位编号", "sthjj")
    roles: tuple[Text, ...] = told((), "可见的角色", ["leader", "ecology"])
    order: int = told(100, "排列次序,小的在前", 2)
    version: str = told("1.0.0", "版本", "1.0.0", pattern=r"^\d+\.\d+\.\d+$")
    demo: bool = told(False, "全部数据是示例数据", True)


class LayerSpec(Table):
    """[[layers]]: a map layer of the topic."""

    id: Id = told(..., "图层编号,以专题编号开头", "ecology.air_stations")
    title: Text = told(..., "名称", "空气监测站")
    source: Text = told(..., "数据来源", "市生态环境局")
    style: str = told("", "样式", "graduated:ecology.pm25_hour")
    classification: Classification = told(Classification.INTERNAL, "数据级别", "公开")
    cadence: str = told("", "更新频率", "每年")
    key: str | None = told(None, "要素的唯一编码列", "code")


class FormulaSpec(Table):
    """[[formulas]]: an indicator computed from others."""

    id: Id = told(..., "算出的指标编号", "grid.on_time_rate")
    expression: Expression = told(
        ..., "算式:指标编号、数、+ - * / 括号和函数", "grid.on_time / grid.closed * 100"
    )
    missing: MissingPolicy = told(
        "withhold",
        "缺数时:withhold 不给结果;skip 按区划汇总和综合指数时略去缺的、标为估算;"
        "estimate 用上一期代替、标为估算",
        "skip",
    )
    levels: tuple[Level, ...] = told((), "算到哪些层级;不写为指标的全部层级", ["city"])
    words: str = told("", "用中文写的算式;不写由指标名称生成", "按期办结数 ÷ 应办结数 × 100")


class AlertSpec(Table):
    """[[alerts]]: when a 监测告警 fires."""

    id: Id = told(..., "告警编号,以专题编号开头", "ecology.pm25_high")
    when: Watched = told(..., "看哪个指标或算式", "ecology.pm25_hour")
    hold: Duration = told(timedelta(0), "持续多久才告警", "30m")
    keep: Duration = told(timedelta(0), "恢复后再保留多久", "10m")
    levels: dict[AlertLevel, float] = told(..., "级别 → 界限", {"黄": 75, "橙": 115}, min_length=1)
    route: tuple[Text, ...] = told((), "通知谁", ["sthjj"])
    plan: str = told("", "处置预案", "重污染天气应急预案")


class CaseSpec(Table):
    """[[cases]]: a category scheme and its time limits."""

    scheme: Text = told(..., "分类方案", "城市管理")
    categories: tuple[Text, ...] = told(..., "类别", ["市容环境"], min_length=1)
    limits: dict[str, Duration] = told({}, "类别 → 处置时限", {"市容环境": "4h"})

    @model_validator(mode="after")
    def _limits_name_categories(self) -> Self:
        for name in self.limits:
            if name not in self.categories:
                raise ValueError(f"limits 里的 {name!r} 不在 categories 中;改名或补上类别")
        return self


class PanelSpec(Table):
    """[[panels]]: what a page shows of the topic."""

    title: Text = told(..., "标题", "经济运行")
    kind: PanelKind = told(..., "样式;own 为自绘", "kpi")
    place: Literal["overview", "topic", "header"] = told(
        "topic", "放在首页、专题页还是页头", "overview"
    )
    indicators: tuple[Id, ...] = told((), "指标,依次显示", ["ecology.aqi"])
    draw: FunctionName | None = told(None, "own:模块:函数", "panels:wind_rose")

    @model_validator(mode="after")
    def _has_something_to_show(self) -> Self:
        if self.kind == "own" and self.draw is None:
            raise ValueError('kind = "own" 还要写 draw = "模块:函数"')
        if self.kind != "own" and not self.indicators:
            raise ValueError("还要写 indicators")
        return self
