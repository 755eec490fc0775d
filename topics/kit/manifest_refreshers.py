"""[[refreshers]]: how values come in from a source, how often, and what its columns mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal, Self

from pydantic import field_validator, model_validator

from topics.kit.durations import Duration, Schedule, schedule_interval
from topics.kit.manifest_counts import CountSpec
from topics.kit.manifest_model import FunctionName, Id, Table, told
from topics.kit.refresh.span import has_placeholder, placeholder_problem

RefresherKind = Literal["http", "sql", "file", "push", "layer", "python", "cases"]
_NEEDS: dict[str, tuple[str, ...]] = {
    "http": ("source", "schedule", "map"),
    "sql": ("source", "schedule", "query", "map"),
    "file": ("source", "schedule", "glob", "map"),
    "push": ("indicators",),
    "layer": ("layer", "schedule", "indicators"),
    "python": ("function", "schedule"),
    "cases": ("counts", "schedule"),
}


Gap = Literal["缺测", "未监测"]
Check = Literal["unit", "shift", "repeat"]


class Paging(Table):
    """How a web service spreads its rows over several answers."""

    kind: Literal["page", "offset", "cursor", "next"] = told(
        ..., "page 页码、offset 起始行、cursor 游标、next 下一页地址", "page"
    )
    parameter: str = told("page", "页码、起始行或游标的参数名", "pageNum")
    start: int = told(1, "第一页的页码;offset 从 0 起", 1, ge=0)
    size: int = told(0, "每页行数;不满一页即为最后一页", 500, ge=0, le=100_000)
    size_parameter: str = told("", "每页行数的参数名", "pageSize")
    next: str = told("", "cursor、next:JSON 里下一页游标或地址的位置;不写看 Link 头", "data.next")
    most: int = told(200, "最多取几页,超过即拒收", 50, ge=1, le=10_000)

    @model_validator(mode="after")
    def _says_where_the_cursor_is(self) -> Self:
        if self.kind == "cursor" and not self.next:
            raise ValueError('kind = "cursor" 还要写 next(JSON 里游标的位置)')
        if self.kind == "offset" and not self.size:
            raise ValueError('kind = "offset" 还要写 size')
        return self


class RowMap(Table):
    """Which column of a row holds what; `values` for wide rows, `indicator` + `value` for long."""

    region: str | None = told(None, "区划代码所在列", "code")
    region_code: str | None = told(None, "整个来源只有一个区划时写它的代码", "440200")
    regions: dict[str, str] = told({}, "来源自己的编码 → 区划代码", {"S01": "440203"})
    period: str | None = told(None, "时间所在列;不写按读取时刻", "time")
    values: dict[str, Id] = told({}, "宽表:列名 → 指标编号", {"pm25": "ecology.pm25_hour"})
    indicator: str | None = told(None, "长表:指标名称所在列", "item")
    value: str | None = told(None, "长表:数值所在列", "v")
    names: dict[str, Id] = told({}, "长表:来源里的名称 → 指标编号", {"GDP": "economy.gdp"})
    status: str | None = told(None, "状态所在列", "flag")
    gaps: dict[str, Gap] = told({}, "来源自己的空缺记号 → 缺测、未监测", {"/": "未监测"})

    measured: bool = told(
        False,
        "单元格是实验室、自动站的写法:<0.05、0.05L 取检出限的 below 倍并标为估算,ND 缺测;"
        "读不懂的只空这一格并记下,同一行别的值照收",
        True,
    )
    below: float = told(0.5, "measured:低于检出限时取检出限的几倍(未核实,可改)", 0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _wide_or_long(self) -> Self:
        if bool(self.values) == bool(self.indicator or self.value or self.names):
            raise ValueError("宽表写 values,长表写 indicator、value、names,二者取一")
        if not self.values and not (self.indicator and self.value and self.names):
            raise ValueError("长表要同时写 indicator、value、names")
        if (self.region is None) == (self.region_code is None):
            raise ValueError("region(列名)与 region_code(固定代码)写一个")
        return self

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators the rows speak of, in the order of the manifest, each once."""
        return tuple(dict.fromkeys([*self.values.values(), *self.names.values()]))


class RefresherSpec(Table):
    """One refresher as its topic declares it."""

    id: Id = told(..., "编号,以专题编号开头", "ecology.air_hourly")
    kind: RefresherKind = told(..., "来源种类", "http")
    source: str = told("", "config.toml 里 [sources.名称] 的名称", "ecology_air")
    schedule: Schedule | None = told(None, "间隔或 cron(北京时间)", "15s")
    wartime: Schedule | None = told(None, "战时的间隔或 cron;不写同平时", "5s")
    timeout: Duration = told(timedelta(seconds=10), "等来源多久", "5s")
    retry: int = told(2, "失败后再试几次", 2, ge=0, le=10)
    path: str = told("", "http:地址后的路径", "/hourly")
    query: str = told("", "sql:查询语句(只读)", "select code, month, v from gdp")
    glob: str = told("", "file:文件名样式", "*.csv")
    encoding: str = told("utf-8", "http/file:文字编码", "gbk")
    format: Literal["json", "csv", "excel"] = told(
        "json", "http/file:内容格式;文件夹里的 csv 也可以是 Excel", "csv"
    )
    items: str = told("", "json:列表所在位置", "data.rows")
    paging: Paging | None = told(None, "http:分页", {"kind": "page"})
    watermark: str = told("", "sql:递增的列,每次只取上次之后的行", "updated_at")
    window: Duration = told(
        timedelta(days=1), "path、query 里有 {from}、{to} 时平常取最近多久", "1d"
    )
    future: bool = told(False, "允许未来的时间(预报类)", True)
    unchecked: tuple[Check, ...] = told(
        (), "不做的整批检查:unit 单位突变、shift 时间整体偏移、repeat 重复上期", ["repeat"]
    )
    map: RowMap | None = told(None, "列的含义", {"region": "code"})
    function: FunctionName | None = told(None, "python:模块:函数", "air:pm25")
    layer: Id | None = told(None, "layer:图层编号", "grid.events")
    measure: Literal["count", "sum", "mean"] = told("count", "layer:按区划怎样统计", "count")
    attribute: str = told("", "layer:sum、mean 的属性名", "area")
    where: dict[str, str | int | float | bool | list[str]] = told(
        {}, "layer:只统计属性等于(或属于)这些值的要素", {"状态": "在用"}
    )
    indicators: tuple[Id, ...] = told((), "python、push、layer:给出哪些指标", ["ecology.aqi"])
    counts: tuple[CountSpec, ...] = told((), "cases:由本系统的事件计算哪些指标")

    @field_validator("glob")
    @classmethod
    def _stays_in_its_folder(cls, glob: str) -> str:
        ways = (PurePosixPath(glob), PureWindowsPath(glob))
        if any(".." in one.parts or one.anchor for one in ways):
            raise ValueError("只能指来源文件夹之内的文件;去掉 .. 和开头的 /,如 *.csv")
        steps = ways[0].parts
        if glob and (not steps or any("**" in one and one != "**" for one in steps)):
            raise ValueError("不是文件名样式;写成 *.csv,含子文件夹写成 **/*.csv")
        return glob

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        missing = [key for key in _NEEDS[self.kind] if not getattr(self, key)]
        if missing:
            raise ValueError(f'kind = "{self.kind}" 还要写 {"、".join(missing)}')
        if self.wartime and not self.schedule:
            raise ValueError("wartime 是战时的 schedule;先写平时的 schedule")
        if problem := placeholder_problem(self.path + self.query):
            raise ValueError(problem)
        if self.kind == "layer" and self.measure != "count" and not self.attribute:
            raise ValueError(f'measure = "{self.measure}" 还要写 attribute')
        return self

    @property
    def by_time(self) -> bool:
        """Whether path or query name the time to be read, so that the past can be read again."""
        return self.kind in ("http", "sql") and has_placeholder(self.path + self.query)

    @property
    def interval(self) -> timedelta | None:
        """The interval of its schedule; None for cron and for push."""
        return schedule_interval(self.schedule) if self.schedule else None

    @property
    def cron(self) -> str | None:
        """The cron line (Asia/Shanghai) of its schedule; None for an interval and for push."""
        return self.schedule if self.schedule and self.interval is None else None

    @property
    def produces(self) -> tuple[str, ...]:
        """The indicators it brings, each once."""
        mapped = self.map.indicators if self.map else ()
        counted = [one.indicator for one in self.counts]
        return tuple(dict.fromkeys([*self.indicators, *mapped, *counted]))
