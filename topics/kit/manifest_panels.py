"""[[tabs]] and [[panels]]: what the overview and the topic's own page show, and where."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from topics.kit.manifest_indicators import Level
from topics.kit.manifest_model import FunctionName, Id, Table, Text, told

PanelKind = Literal[
    "kpi",
    "trend",
    "ranking",
    "classes",
    "table",
    "current",
    "calendar",
    "hours",
    "composition",
    "contribution",
    "progress",
    "windrose",
    "pyramid",
    "records",
    "map",
    "alerts",
    "bars",
    "chip",
    "own",
]
_ALL_HELP = (
    "kpi 指标行;trend 趋势(预测带、界限);ranking 各区划或点位排名;classes 各类个数的分段条;"
    "table 点位或区划的表(带小趋势图);current 所选点位各项现值;calendar 日历热图;"
    "hours 星期×小时热图;composition 构成:第一个指标是总量,其余是各部分,只写一个时按下级区划;"
    "contribution 贡献:第一个指标是合计,其余是各项拉动,只写一个时按下级区划;"
    "progress 目标与序时进度;windrose 风玫瑰:indicators 依次为风向(度)、风速;"
    "pyramid 人口金字塔:columns 为各年龄组,indicators 先男后女、各组依次;"
    "alerts 处置:本专题在所选区划未解除的告警;"
    "records 图层要素的清单;map 地图的图层、下级着色、点位标注;"
    "bars、chip 用于首页;own 自绘"
)
_LAYER_KINDS = frozenset({"records", "map", "alerts"})


class LinesSpec(Table):
    """A layer of lines coloured by the class of the sites that lie on them."""

    layer: Id = told(..., "线图层", "city.rivers")
    key: Text = told(..., "图层里与点位相同的那一列", "name")
    fact: Text = told(..., "点位表里的那一列", "river")


class TabSpec(Table):
    """[[tabs]]: a part of the topic's page."""

    id: str = told(..., "编号", "quality", pattern=r"^[a-z][a-z0-9_]*$")
    title: Text = told(..., "名称,不超过 6 个字", "水质断面")


class PanelSpec(Table):
    """[[panels]]: what a page shows of the topic."""

    title: Text = told(..., "标题", "经济运行")
    kind: PanelKind = told(..., _ALL_HELP, "kpi")
    place: Literal["overview", "topic", "header"] = told(
        "topic", "放在首页、专题页还是页头", "overview"
    )
    tab: str = told("", "专题页的哪一部分;不写为每一部分", "quality")
    area: Literal["left", "right", "under"] = told("left", "左栏、右栏或地图下方", "right")
    size: int = told(1, "在一栏里占几份高度", 2, ge=1, le=6)
    indicators: tuple[Id, ...] = told((), "指标,依次显示", ["ecology.aqi"])
    level: Level | None = told(None, "表和排名列出哪一级;不写为所选区划的下一级", "site")
    sites: str = told("", 'level = "site" 时列出哪一种点位', "断面")
    columns: tuple[Text, ...] = told((), "表里另外几列:点位表或图层的列名", ["river", "target"])
    titles: tuple[Text, ...] = told((), "这几列的名称,依次", ["河流", "目标"])
    order: Literal["statutory", "worst", "best", "most", "least"] = told(
        "statutory", "次序:法定顺序,劣在前,优在前,大在前,小在前", "worst"
    )
    curve: Id | None = told(None, "table:小趋势图画哪个指标;不写为第一个数值指标", "water.nh3n")
    window: str = told(
        "", "趋势显示多久:小时 h、天 d、月 mo、年 y", "72h", pattern=r"^(\d+(h|d|mo|y))?$"
    )
    layers: tuple[Id, ...] = told(
        (), "map:默认打开的图层;records:清单取自的图层", ["water.sections"]
    )
    lines: LinesSpec | None = told(
        None,
        "map:按线上点位中最差的类别给线着色",
        {"layer": "city.rivers", "key": "name", "fact": "river"},
    )
    good: str = told("", "classes:好的各类的合称,写明占比;哪些算好见 good_upto", "优良")
    good_upto: str = told("", "classes:好的各类到哪一类为止;不写为界限(thresholds.warn)以内", "Ⅲ")
    behind: float = told(
        10, "progress:落后序时进度多少个百分点以内为关注,以上为滞后", 10, gt=0, le=100
    )
    behind_source: Text = told("自定,可改", "这一界限的出处", "韶府办〔2021〕11 号")
    note: str = told("", "表下的说明:依据、口径", "颜色依环办〔2011〕22 号")
    draw: FunctionName | None = told(None, "own:模块:函数", "panels:wind_rose")

    @model_validator(mode="after")
    def _has_something_to_show(self) -> Self:
        if self.kind == "own" and self.draw is None:
            raise ValueError('kind = "own" 还要写 draw = "模块:函数"')
        if self.kind == "records" and not self.layers:
            raise ValueError('kind = "records" 还要写 layers')
        if self.kind == "map" and not (self.layers or self.indicators):
            raise ValueError('kind = "map" 还要写 layers 或 indicators')
        if self.kind != "own" and self.kind not in _LAYER_KINDS and not self.indicators:
            raise ValueError("还要写 indicators")
        return self

    @model_validator(mode="after")
    def _names_its_rows(self) -> Self:
        if (self.level == "site") != bool(self.sites):
            raise ValueError('level = "site" 时写 sites(点位种类),否则不写')
        if self.kind == "pyramid" and len(self.indicators) != 2 * len(self.columns):
            raise ValueError("pyramid 的 indicators 个数应为 columns(年龄组)的两倍:先男后女")
        if self.kind == "windrose" and len(self.indicators) != 2:
            raise ValueError("windrose 的 indicators 写两个:风向(度)、风速")
        if self.titles and len(self.titles) != len(self.columns):
            raise ValueError("titles 与 columns 的个数要相同")
        return self
