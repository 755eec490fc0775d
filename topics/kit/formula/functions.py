"""The functions of the formula language: what they take and what they are made of.

A growth, a rate or a mean is written out in plain arithmetic, so that what is stored, what is
shown as "formula with numbers put in" and what each region contributes come from one tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from topics.kit.formula.nodes import (
    Binary,
    Children,
    Coalesce,
    Composite,
    Elapsed,
    Known,
    Monthly,
    Node,
    Number,
    OfYear,
    Parent,
    Rank,
    Root,
    Score,
    Shift,
    Sites,
    Where,
    Window,
    Within,
)
from topics.kit.formula.steps import Step

Taken = Literal["value", "whole", "word", "number", "condition", "score", "values", "scores"]
_HUNDRED = Number(100.0)
_ONE = Number(1.0)
MOST_PERIODS = 400
"""The longest look back that a formula may ask for, in periods."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one place in the parentheses takes; `words` are the allowed ones."""

    name: str
    taken: Taken = "value"
    words: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its parameters, one Chinese line of help, and what it becomes."""

    name: str
    parameters: tuple[Parameter, ...]
    help: str
    build: Callable[..., Any]

    @property
    def usage(self) -> str:
        """How it is written, e.g. rolling(x, n, sum|mean|min|max)."""
        inner = ", ".join("|".join(one.words) or one.name for one in self.parameters)
        return f"{self.name}({inner})"


def _growth(inner: Node, step: Step) -> Node:
    quotient = Binary("/", inner, Shift(inner, step), growth=True)
    return Binary("*", Binary("-", quotient, _ONE), _HUNDRED)


def _difference(inner: Node, step: Step) -> Node:
    return Binary("-", inner, Shift(inner, step))


def _two_years(inner: Node) -> Node:
    """Return the geometric mean of two growths: sqrt((1+g)(1+g of last year)) − 1 (rule P6)."""

    def factor(growth: Node) -> Node:
        return Binary("+", _ONE, Binary("/", growth, _HUNDRED))

    both = Binary("*", factor(inner), factor(Shift(inner, _YEAR)))
    return Binary("*", Binary("-", Root(both), _ONE), _HUNDRED)


def _regional_mean(inner: Node, weight: Node | None = None) -> Node:
    if weight is None:
        return Children(inner, "mean")
    return Binary("/", Children(Binary("*", inner, weight), "sum"), Children(weight, "sum"))


def _share(inner: Node) -> Node:
    return Binary("*", Binary("/", inner, Parent(inner)), _HUNDRED)


def _progress(inner: Node, base: Node, target: Node) -> Node:
    done, whole = Binary("-", inner, base), Binary("-", target, base)
    return Binary("*", Binary("/", done, whole), _HUNDRED)


def _symmetric(inner: Node) -> Node:
    before = Shift(inner, _BEFORE)
    quotient = Binary("/", Binary("-", inner, before), Binary("+", inner, before))
    return Binary("*", Binary("*", quotient, Number(2.0)), _HUNDRED)


_BEFORE, _YEAR = Step("previous"), Step("year")
_X = Parameter("x")
_LEAST = Parameter("least", "whole", needed=False)
_SUMMARIES = Parameter("how", "word", ("sum", "mean", "min", "max"))


def _function(
    name: str, parameters: tuple[Parameter, ...], help_text: str, build: Callable[..., Any]
) -> Function:
    return Function(name, parameters, help_text, build)


_ALL = (
    _function("yoy", (_X,), "同比增速,%:与上年同期相比;基数须大于 0", lambda x: _growth(x, _YEAR)),
    _function(
        "yoy_points", (_X,), "率的同比变化,百分点:减上年同期", lambda x: _difference(x, _YEAR)
    ),
    _function("mom", (_X,), "环比增速,%:与上一期相比", lambda x: _growth(x, _BEFORE)),
    _function(
        "mom_points", (_X,), "率的环比变化,百分点:减上一期", lambda x: _difference(x, _BEFORE)
    ),
    _function("lag", (_X, Parameter("n", "whole")), "前 n 期的值", lambda x, n: Shift(
        x, Step("previous", n)
    )),
    _function("last_year", (_X,), "上年同期的值", lambda x: Shift(x, _YEAR)),
    _function("since_december", (_X,), "比年初:减上年 12 月末(期末数)", lambda x: _difference(
        x, Step("december")
    )),
    _function("ytd", (_X,), "累计:本年 1 月起各月(或季)当期值之和", lambda x: Window(
        x, Step("ytd"), "sum"
    )),
    _function("ytd_mean", (_X,), "累计平均:本年 1 月起各月的均值(如价格指数)", lambda x: Window(
        x, Step("ytd"), "mean"
    )),
    _function(
        "monthly", (_X,), "当月:累计减上月累计;1–2 月合并公布,二月没有单月值", lambda x: Monthly(
            x, _BEFORE
        )
    ),
    _function("two_year_avg", (_X,), "两年平均增速:两年增速的几何平均", _two_years),
    _function(
        "rolling", (_X, Parameter("n", "whole"), _SUMMARIES),
        "最近 n 期(含本期)的和、均值、最小、最大", lambda x, n, how: Window(
            x, Step("rolling", n), how
        )
    ),
    _function("of_year", (_X,), "年度指标在上一年的值,如密度用的上年末人口", lambda x: OfYear(
        x, Step("of_year")
    )),
    _function("regional_sum", (_X,), "下一级各区划之和", lambda x: Children(x, "sum")),
    _function(
        "regional_mean", (_X, Parameter("weight", needed=False)),
        "下一级各区划的均值;写了 weight 则按它加权", _regional_mean
    ),
    _function("regional_min", (_X,), "下一级各区划的最小值", lambda x: Children(x, "min")),
    _function("regional_max", (_X,), "下一级各区划的最大值", lambda x: Children(x, "max")),
    _function(
        "sites_sum", (_X,), "区划内各点位(断面、站点)之和;缺数的点位不计", lambda x: Sites(x, "sum")
    ),
    _function(
        "sites_mean", (_X,), "区划内各点位的均值;缺数的点位不计", lambda x: Sites(x, "mean")
    ),
    _function("sites_min", (_X,), "区划内各点位的最小值", lambda x: Sites(x, "min")),
    _function("sites_max", (_X,), "区划内各点位的最大值", lambda x: Sites(x, "max")),
    _function(
        "sites_known", (_X,), "区划内有数的点位个数", lambda x: Sites(Known(x), "known")
    ),
    _function(
        "sites_count", (Parameter("condition", "condition"),),
        "区划内符合条件的点位个数,如 sites_count(a.x <= 3);缺数的点位不计",
        lambda condition: Sites(Where(condition, _ONE, Number(0.0)), "count")
    ),
    _function("within_sum", (_X, _LEAST), "本期内各日(或各小时)之和;缺数的不计", lambda x, least=1:
        Within(x, "sum", least)),
    _function("within_mean", (_X, _LEAST),
        "本期内各日(或各小时)的均值;缺数的不计,有数的不足 least 个则没有结果",
        lambda x, least=1: Within(x, "mean", least)),
    _function("within_min", (_X, _LEAST), "本期内各日(或各小时)的最小值", lambda x, least=1:
        Within(x, "min", least)),
    _function("within_max", (_X, _LEAST), "本期内各日(或各小时)的最大值", lambda x, least=1:
        Within(x, "max", least)),
    _function("within_percentile", (_X, Parameter("p", "number"), _LEAST),
        "本期内各日(或各小时)的第 p 百分位数,0–100,相邻两数间线性插值",
        lambda x, p, least=1: Within(x, "percentile", least, p)),
    _function(
        "within_known", (_X,), "本期内有数的日数(或小时数)", lambda x: Within(Known(x), "known")
    ),
    _function("within_count", (Parameter("condition", "condition"),),
        "本期内符合条件的日数(或小时数),如 within_count(a.x <= 100);缺数的不计",
        lambda condition: Within(Where(condition, _ONE, Number(0.0)), "count")),
    _function("of_parent", (_X,), "上一级区划的值", Parent),
    _function("share_of_parent", (_X,), "占上一级区划的比重,%", _share),
    _function("rank", (_X, Parameter("order", "word", ("desc", "asc"), needed=False)),
        "在同一上级的区划中的名次;desc(缺省)大的在前,asc 小的在前;并列同名次",
        lambda x, order="desc": Rank(x, order == "desc")),
    _function(
        "where", (Parameter("condition", "condition"), Parameter("a"), Parameter("b")),
        "条件成立取 a,否则取 b;条件写成 a.x > 0", Where
    ),
    _function(
        "coalesce", (Parameter("x, y, …", "values"),),
        "依次取第一个有数的;不是第一个时标为估算", lambda *choices: Coalesce(choices)
    ),
    _function(
        "composite", (Parameter("score(…), …", "scores"),),
        "综合指数:各 score 按权重平均,0–100", lambda *scores: Composite(scores)
    ),
    _function(
        "score",
        (_X, Parameter("weight", "number"), Parameter("low", "number"),
         Parameter("high", "number")),
        "综合指数的一项:low 得 0 分,high 得 100 分(可以比 low 小),限在 0–100", Score
    ),
    _function("progress", (_X, Parameter("base"), Parameter("target")),
        "完成进度,%:(现值-基期)÷(目标-基期)", _progress),
    _function("elapsed", (), "序时进度,%:到期末为止,本年已过的比例", lambda: Elapsed(_BEFORE)),
    _function(
        "symmetric_growth", (_X,), "对称变化率,%:200×(本期-上期)÷(本期+上期)", _symmetric
    ),
)  # fmt: skip

FUNCTIONS: Mapping[str, Function] = MappingProxyType({one.name: one for one in _ALL})
"""Every function by its name."""

ONLY_NAMES = frozenset({"of_year"})
"""Functions whose first argument is an indicator, not an expression."""
