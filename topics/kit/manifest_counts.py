"""[[refreshers.counts]]: indicators that are counted from the cases of this city."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import field_validator, model_validator

from topics.kit.cases.reports import SOURCES
from topics.kit.evaluation.quantities import PARTS, WINDOWS
from topics.kit.manifest_model import Id, Table, told

Part = Literal["numerator", "denominator"]


class CountSpec(Table):
    """One indicator and which cases it counts: by a formula of 考核, or by window and part."""

    indicator: Id = told(..., "指标编号", "grid.month_closed")
    formula: str = told("", "考核算式的 key(evaluation_formulas.csv)", "closing_rate")
    part: Part = told("numerator", "取算式的分子 numerator 或分母 denominator", "denominator")
    window: str = told("", "不按算式时:哪些事件,写法同考核算式的 window", "reported")
    what: str = told("all", "不按算式时:怎样算一件,写法同考核算式的 numerator", "valid")
    measure: Literal["count", "hours"] = told(
        "count", "count 件数;hours 自派遣至反馈的平均工作时数", "hours"
    )
    categories: tuple[str, ...] = told((), "只计这些类别:方案[/种类[/大类]]", ["城市管理/事项/06"])
    sources: tuple[str, ...] = told((), "只计这些来源的事件(写法见 docs/cases.md)", ["hotline"])
    days: int = told(7, 'what = "called_again" 时:几天之内算重复来电,1–31', 7)
    running: bool = told(False, "进行中的时期也出数(截至此刻)", True)

    @field_validator("categories")
    @classmethod
    def _categories(cls, categories: tuple[str, ...]) -> tuple[str, ...]:
        for one in categories:
            parts = one.split("/")
            if len(parts) > 3 or not all(parts):
                raise ValueError(
                    f"{one!r} 不是类别;写成 城市管理、城市管理/部件 或 城市管理/事项/06"
                )
        return categories

    @field_validator("sources")
    @classmethod
    def _sources(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        for one in sources:
            if one not in SOURCES:
                raise ValueError(f"来源 {one!r} 不认识;可用:{'、'.join(SOURCES)}")
        return sources

    @model_validator(mode="after")
    def _by_formula_or_window(self) -> Self:
        if bool(self.formula) == bool(self.window):
            raise ValueError("formula 与 window 写一个")
        if self.formula and (self.what != "all" or self.measure != "count"):
            raise ValueError("写了 formula 就不写 what、measure")
        if self.window and self.window not in WINDOWS:
            raise ValueError(f"window {self.window!r} 不认识;可用:{'、'.join(WINDOWS)}")
        if not 1 <= self.days <= 31:
            raise ValueError(f"days = {self.days} 不合适;请写 1–31")
        if self.what not in PARTS:
            raise ValueError(f"what {self.what!r} 不认识;可用:{'、'.join(PARTS)}")
        return self
