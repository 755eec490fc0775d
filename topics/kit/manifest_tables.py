"""The smaller tables of topic.toml: topic, layers, formulas, cases, sites."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, field_validator, model_validator

from layers.contracts import Classification
from topics.kit.durations import Duration
from topics.kit.errors import BadFormula
from topics.kit.formula.nodes import names_in
from topics.kit.formula.parse import parse, parse_condition
from topics.kit.manifest_indicators import Level
from topics.kit.manifest_model import FunctionName, Id, Table, Text, told
from topics.kit.versions import parse_range

MissingPolicy = Literal["withhold", "skip", "estimate"]


def parse_expression(text: Any) -> str:
    """`text` when it is one expression over indicator ids; ValueError otherwise."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError('应是算式,如 "grid.closed / grid.accepted * 100"')
    try:
        parse(text, own=None)  # which functions there are is checked with the whole manifest
    except BadFormula as wrong:
        raise ValueError(f"{text!r}:{wrong}") from wrong
    return text.strip()


def expression_names(expression: str) -> tuple[str, ...]:
    """The indicator ids that an expression names, in order, each once."""
    return names_in(parse_condition(expression, own=None))


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
    requires: dict[str, str] = told(
        {},
        "需要的版本:tonglan 指程序,其余写专题编号;条件用逗号分开",
        {"tonglan": ">=0.1", "water": ">=1.0,<2"},
    )

    @field_validator("requires")
    @classmethod
    def _ranges(cls, requires: dict[str, str]) -> dict[str, str]:
        for name, text in requires.items():
            try:
                parse_range(text)
            except ValueError as wrong:
                raise ValueError(f"{name}:{wrong}") from wrong
        return requires


OF_CASES = "cases"
"""What a layer is made of that shows the open cases of this program."""


class LayerSpec(Table):
    """[[layers]]: a map layer of the topic."""

    id: Id = told(..., "图层编号,以专题编号开头", "ecology.air_stations")
    title: Text = told(..., "名称", "空气监测站")
    source: Text = told(..., "数据来源", "市生态环境局")
    style: str = told("", "样式", "graduated:ecology.pm25_hour")
    classification: Classification = told(Classification.INTERNAL, "数据级别", "公开")
    cadence: str = told("", "更新频率", "每年")
    key: str | None = told(None, "要素的唯一编码列", "code")
    made_of: Literal["cases"] | Id | None = told(
        None,
        "由哪个图层计算出,它发布新版本后自动重算并发布;写 cases 由本系统的在办事件生成",
        "grid.events",
    )
    made_by: FunctionName | None = told(
        None,
        "计算它的专题函数 模块:函数,写成 def f(frame, area):收到来源图层全部要素和市域"
        "(可为 None),给出 GeoDataFrame;与 made_of 同写",
        "density_layer:hexagons",
    )

    @model_validator(mode="after")
    def _made_wholly(self) -> Self:
        if (self.made_of is None) != (self.made_by is None):
            raise ValueError("made_of 与 made_by 要一起写")
        if self.made_of == self.id:
            raise ValueError("made_of 不能是图层自己")
        return self


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


class CaseSpec(Table):
    """[[cases]]: a category scheme, in a table of the folder or written here."""

    scheme: Text = told(..., "分类方案", "城市管理")
    lead: str = told("", "牵头单位编号;不写为专题的责任单位", "cgj")
    file: str | None = told(
        None,
        "专题文件夹里的分类表(CSV):standard kind code major name lead opens closes limit unit "
        "valid_from valid_to source status",
        "city_management.csv",
        pattern=r"^[A-Za-z0-9_./-]+\.csv$",
    )
    classification: Classification = told(
        Classification.INTERNAL, "事件的数据级别;涉及个人的写敏感", "敏感"
    )
    categories: tuple[Text, ...] = told((), "类别;没有 file 时写", ["市容环境"])
    limits: dict[str, Duration] = told({}, "类别 → 处置时限", {"市容环境": "4h"})

    @model_validator(mode="after")
    def _has_categories(self) -> Self:
        if (self.file is None) == (not self.categories):
            raise ValueError("file(分类表)与 categories 写且只写一个")
        return self

    @model_validator(mode="after")
    def _limits_name_categories(self) -> Self:
        for name in self.limits:
            if name not in self.categories:
                raise ValueError(f"limits 里的 {name!r} 不在 categories 中;改名或补上类别")
        return self


class SiteSpec(Table):
    """[[sites]]: places of one kind inside the regions, which indicators can have values of."""

    kind: Text = told(..., "点位种类", "断面")
    file: str = told(
        ...,
        "专题文件夹里的表(CSV):code name region lon lat 等列",
        "sections.csv",
        pattern=r"^[A-Za-z0-9_./-]+\.csv$",
    )
    layer: Id | None = told(None, "画出这些点位的图层,要素编码同 code", "water.sections")
    network: Id | None = told(
        None, "这些点位所在的有向线图层(河网、管网),线按流向画;用于上下游溯源", "city.rivers"
    )
    traced: Literal["", "upstream", "downstream"] = told(
        "",
        "溯源时说它:upstream 上游有几个(污染来源),downstream 下游最近的几公里(受影响者)",
        "upstream",
    )

    check: FunctionName | None = told(
        None,
        "本市换上自己的表时,把在用的表再核对一遍的 模块:函数(不带参数)",
        "grid_table:read_grids",
    )

    @model_validator(mode="after")
    def _traced_on_a_network(self) -> Self:
        if self.traced and self.network is None:
            raise ValueError('写了 traced 还要写 network,如 "city.rivers"')
        return self


class DataTableSpec(Table):
    """[[tables]]: a table of rules or a register that a city may bring its own of."""

    file: str = told(
        ..., "表(CSV)", "lights.csv", pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*\.csv$"
    )
    title: Text = told(..., "里面是什么", "景气五色灯的界限(未核实,可改)")
    place: Literal["topic", "reference"] = told(
        "topic", "随程序的在 topic 专题文件夹,还是 reference(data/reference)", "reference"
    )
    region: str = told("", "写着区划代码的列:这些行只对那座城市有用,别的城市要自带", "district")
    check: FunctionName | None = told(
        None,
        "把在用的表读一遍的 模块:函数(不带参数也能调用),不对时说明哪一行",
        "signals:read_bounds",
    )


class FunctionSpec(Table):
    """[[functions]]: a rule of the topic's own field, written in Python, for its formulas."""

    name: str = told(..., "公式里的名称", "section_class", pattern=r"^[a-z][a-z0-9_]*$")
    function: FunctionName = told(..., "模块:函数", "classes:section_class")
    parameters: tuple[Text, ...] = told(
        ..., "各参数的中文名,依次", ["溶解氧", "氨氮"], min_length=1
    )
    units: tuple[str, ...] = told(..., "各参数的单位,依次;无单位写空串", ["mg/L", "mg/L"])
    unit: str = told("", "结果的单位", "")
    help: Text = told(..., "给出什么,一句话", "单因子评价的水质类别,1–6")
    source: Text = told(..., "依据:标准、条款与核实情况", "GB 3838-2002 表 1;环办〔2011〕22 号")

    @model_validator(mode="after")
    def _a_unit_for_each(self) -> Self:
        if len(self.units) != len(self.parameters):
            raise ValueError("units 与 parameters 的个数要相同")
        return self
