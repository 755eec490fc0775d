"""[[refreshers]]: how values come in from a source, how often, and what its columns mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal, Self

from pydantic import field_validator, model_validator

from topics.kit.durations import Duration, Schedule, schedule_interval
from topics.kit.manifest_model import FunctionName, Id, Table, told

RefresherKind = Literal["http", "sql", "file", "push", "layer", "python"]
_NEEDS: dict[str, tuple[str, ...]] = {
    "http": ("source", "schedule", "map"),
    "sql": ("source", "schedule", "query", "map"),
    "file": ("source", "schedule", "glob", "map"),
    "push": ("indicators",),
    "layer": ("layer", "schedule", "indicators"),
    "python": ("function", "schedule"),
}


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
    timeout: Duration = told(timedelta(seconds=10), "等来源多久", "5s")
    retry: int = told(2, "失败后再试几次", 2, ge=0, le=10)
    path: str = told("", "http:地址后的路径", "/hourly")
    query: str = told("", "sql:查询语句(只读)", "select code, month, v from gdp")
    glob: str = told("", "file:文件名样式", "*.csv")
    encoding: str = told("utf-8", "http/file:文字编码", "gbk")
    format: Literal["json", "csv"] = told("json", "http/file:内容格式", "csv")
    items: str = told("", "json:列表所在位置", "data.rows")
    map: RowMap | None = told(None, "列的含义", {"region": "code"})
    function: FunctionName | None = told(None, "python:模块:函数", "air:pm25")
    layer: Id | None = told(None, "layer:图层编号", "grid.events")
    measure: Literal["count", "sum", "mean"] = told("count", "layer:按区划怎样统计", "count")
    attribute: str = told("", "layer:sum、mean 的属性名", "area")
    indicators: tuple[Id, ...] = told((), "python、push、layer:给出哪些指标", ["ecology.aqi"])

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
        if self.kind == "layer" and self.measure != "count" and not self.attribute:
            raise ValueError(f'measure = "{self.measure}" 还要写 attribute')
        return self

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
        return tuple(dict.fromkeys([*self.indicators, *mapped]))
