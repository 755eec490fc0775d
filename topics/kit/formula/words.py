"""A formula as people read it: in the titles of its indicators, and with the values put in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from topics.kit.formula.clocks import Clock
from topics.kit.formula.formula import Formula
from topics.kit.formula.geography import Geography
from topics.kit.formula.nodes import (
    Binary,
    Call,
    Children,
    Coalesce,
    Compare,
    Composite,
    Elapsed,
    Known,
    Monthly,
    Name,
    Negative,
    Number,
    OfYear,
    Parent,
    Rank,
    Root,
    Shift,
    Sites,
    Where,
    Window,
    Within,
)
from topics.kit.formula.steps import NEVER, Step, elapsed_share

Leaf = Callable[[str, str, int], str]
"""What stands for an indicator in a region and period."""
PartValue = Callable[[Any, str, int], str]
"""What a part of the formula comes to in a region and period, e.g. a number of sites."""

_SIGNS = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ "}
_COMPARING = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_HOW = {"sum": "之和", "mean": "平均", "min": "最小", "max": "最大"}
_BACK = {"year": "上年同期", "previous": "上期", "december": "上年末"}
_FINE = {Clock.HOURS: "各小时", Clock.DAYS: "各日", Clock.MONTHS: "各月"}
_MOST_SHOWN = 14


def number_text(value: float) -> str:
    """A number as it stands in a formula: at most four decimals, thousands apart."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    if text in ("0", "-0") and value:
        text = f"{value:.3g}"
    return text.replace("-", "−")


def in_words(formula: Formula, titles: Callable[[str], str]) -> str:
    """The formula in titles, or in the topic's own wording."""
    return formula.words or _Titles(titles).of(formula.tree)


def in_numbers(
    formula: Formula,
    geography: Geography,
    region: str,
    count: int,
    leaf: Leaf,
    part: PartValue = lambda node, region, count: NOTHING,
) -> str:
    """The formula with what `leaf` says of each value put in; `part` says how many sites count."""
    return _Numbers(formula, geography, leaf, part).of(formula.tree, region, count)


def _wrapped(text: str, inner: Any, sign: str, *, right: bool) -> str:
    """Put in parentheses what would otherwise be read differently."""
    if isinstance(inner, Binary):
        low = inner.sign in "+-"
        if (sign in "*/" and low) or (right and (sign in "-/" and (not low or sign == "-"))):
            if sign == "-" and not low:
                return text
            return f"({text})"
    return f"({text})" if right and text.startswith("−") else text


def _joined(node: Binary, left: str, right: str) -> str:
    first = _wrapped(left, node.left, node.sign, right=False)
    return first + _SIGNS[node.sign] + _wrapped(right, node.right, node.sign, right=True)


class _Titles:
    def __init__(self, titles: Callable[[str], str]) -> None:
        self._titles = titles

    def of(self, node: Any) -> str:
        return _IN_WORDS[type(node)](self, node)

    def number(self, node: Number) -> str:
        return number_text(node.value)

    def name(self, node: Name) -> str:
        return self._titles(node.indicator)

    def negative(self, node: Negative) -> str:
        return f"−({self.of(node.inner)})"

    def binary(self, node: Binary) -> str:
        return _joined(node, self.of(node.left), self.of(node.right))

    def root(self, node: Root) -> str:
        return f"√({self.of(node.inner)})"

    def shift(self, node: Shift) -> str:
        times = node.step.times
        words = _BACK[node.step.what] if times == 1 else f"前 {times} 期"
        return f"{words}{self._whole(node.inner)}"

    def window(self, node: Window) -> str:
        span = "本年累计" if node.step.what == "ytd" else f"最近 {node.step.times} 期"
        plain = node.step.what == "ytd" and node.how == "sum"
        how = "" if plain else _HOW[node.how]
        return f"{span}{self._whole(node.inner)}{how}"

    def monthly(self, node: Monthly) -> str:
        return f"当月{self._whole(node.inner)}"

    def of_year(self, node: OfYear) -> str:
        return f"上年{self.of(node.inner)}"

    def children(self, node: Children) -> str:
        return f"各下级区划{self._whole(node.inner)}{_HOW[node.how]}"

    def known(self, node: Known) -> str:
        return f"有{self.of(node.inner)}"

    def sites(self, node: Sites) -> str:
        if node.how == "count" and isinstance(node.inner, Where):
            return f"{self.compare(node.inner.condition).strip()}的{node.kind}数"
        if node.how == "known":
            return f"{self.of(node.inner)}的{node.kind}数"
        return f"各{node.kind}{self._whole(node.inner)}{_HOW[node.how]}"

    def within(self, node: Within) -> str:
        span = ("本年至本期" if node.span.to_date else "本期") + _FINE[node.span.fine]
        if node.how == "count" and isinstance(node.inner, Where):
            return f"{span}中 {self.compare(node.inner.condition).strip()}的个数"
        if node.how == "known":
            return f"{span}中{self.of(node.inner)}的个数"
        how = f"第 {number_text(node.rank)} 百分位" if node.how == "percentile" else _HOW[node.how]
        return f"{span}{self._whole(node.inner)}{how}"

    def call(self, node: Call) -> str:
        assert node.function is not None
        return f"{node.function.title}({'、'.join(node.function.parameters)})"

    def parent(self, node: Parent) -> str:
        return f"上级{self._whole(node.inner)}"

    def rank(self, node: Rank) -> str:
        return f"{self._whole(node.inner)}从{'高到低' if node.descending else '低到高'}的名次"

    def where(self, node: Where) -> str:
        return f"{self.compare(node.condition)}时取 {self.of(node.yes)},否则取 {self.of(node.no)}"

    def compare(self, node: Compare) -> str:
        return f"{self.of(node.left)} {_COMPARING[node.sign]} {self.of(node.right)} "

    def coalesce(self, node: Coalesce) -> str:
        return "依次取 " + "、".join(self.of(one) for one in node.choices)

    def composite(self, node: Composite) -> str:
        parts = [
            f"{self.of(one.inner)}({number_text(one.low)} 得 0 分、{number_text(one.high)} 得"
            f" 100 分,权重 {number_text(one.weight)})"
            for one in node.scores
        ]
        return "加权平均:" + "、".join(parts)

    def elapsed(self, node: Elapsed) -> str:
        return "本年已过比例"

    def _whole(self, node: Any) -> str:
        text = self.of(node)
        return text if isinstance(node, Name | Number) else f"({text})"


class _Numbers:
    """The same walk for one cell; every value is asked of `leaf`."""

    def __init__(self, formula: Formula, geography: Geography, leaf: Leaf, part: PartValue) -> None:
        self._part = part
        self._formula = formula
        self._geography = geography
        self._leaf = leaf

    def of(self, node: Any, region: str, count: int) -> str:
        return _IN_NUMBERS[type(node)](self, node, region, count)

    def number(self, node: Number, region: str, count: int) -> str:
        return number_text(node.value)

    def name(self, node: Name, region: str, count: int) -> str:
        return self._leaf(node.indicator, region, count)

    def negative(self, node: Negative, region: str, count: int) -> str:
        return f"−({self.of(node.inner, region, count)})"

    def binary(self, node: Binary, region: str, count: int) -> str:
        left, right = self.of(node.left, region, count), self.of(node.right, region, count)
        return _joined(node, left, right)

    def root(self, node: Root, region: str, count: int) -> str:
        return f"√({self.of(node.inner, region, count)})"

    def shift(self, node: Shift, region: str, count: int) -> str:
        return self._whole(node.inner, region, _back(node.step, count)[0])

    def window(self, node: Window, region: str, count: int) -> str:
        there = [one for one in _back(node.step, count) if one != NEVER]
        return self._many([self._whole(node.inner, region, one) for one in there[::-1]], node.how)

    def monthly(self, node: Monthly, region: str, count: int) -> str:
        now = self._whole(node.inner, region, count)
        return f"({now} − {self._whole(node.inner, region, count - 1)})" if count % 12 else now

    def of_year(self, node: OfYear, region: str, count: int) -> str:
        last, before = _back(node.step, count)
        found = self.of(node.inner, region, last)
        return self.of(node.inner, region, before) if found == NOTHING else found

    def children(self, node: Children, region: str, count: int) -> str:
        below = self._geography.children(region, self._formula.clock, count)
        return self._many([self._whole(node.inner, one, count) for one in below], node.how)

    def known(self, node: Known, region: str, count: int) -> str:
        return "0" if NOTHING in self.of(node.inner, region, count) else "1"

    def sites(self, node: Sites, region: str, count: int) -> str:
        if node.how in ("count", "known"):
            return self._part(node, region, count)
        below = self._geography.sites(region, node.kind, self._formula.clock, count)
        texts = [self._whole(node.inner, one, count) for one in below]
        return self._many([one for one in texts if NOTHING not in one] or [NOTHING], node.how)

    def within(self, node: Within, region: str, count: int) -> str:
        return self._part(node, region, count)

    def call(self, node: Call, region: str, count: int) -> str:
        assert node.function is not None
        pairs = zip(node.function.parameters, node.arguments, strict=True)
        parts = [f"{name} {self.of(one, region, count)}" for name, one in pairs]
        return f"{node.function.title}({'、'.join(parts)})"

    def parent(self, node: Parent, region: str, count: int) -> str:
        above = self._geography.parent(region)
        return NOTHING if above is None else self._whole(node.inner, above, count)

    def rank(self, node: Rank, region: str, count: int) -> str:
        others = [one for one in self._geography.siblings(region) if one != region]
        own = self._whole(node.inner, region, count)
        values = "、".join(self._whole(node.inner, one, count) for one in others)
        return f"{own} 在其余 {values} 中的名次"

    def where(self, node: Where, region: str, count: int) -> str:
        condition = node.condition
        left, right = (
            self.of(condition.left, region, count),
            self.of(condition.right, region, count),
        )
        yes, no = self.of(node.yes, region, count), self.of(node.no, region, count)
        return f"{left} {_COMPARING[condition.sign]} {right} 时取 {yes},否则取 {no}"

    def coalesce(self, node: Coalesce, region: str, count: int) -> str:
        texts = [self.of(one, region, count) for one in node.choices]
        return next((one for one in texts if NOTHING not in one), NOTHING)

    def composite(self, node: Composite, region: str, count: int) -> str:
        parts = []
        for one in node.scores:
            value = self._whole(one.inner, region, count)
            low, span = number_text(one.low), number_text(one.high - one.low)
            parts.append(f"({value} − {low}) ÷ {span} × 100 × {number_text(one.weight)}")
        weight = number_text(sum(one.weight for one in node.scores))
        return f"({' + '.join(parts)}) ÷ {weight}(每项限在 0–100)"

    def elapsed(self, node: Elapsed, region: str, count: int) -> str:
        share = elapsed_share(np.array([count]), node.step.clock)
        return number_text(float(share[0]) * 100)

    def _whole(self, node: Any, region: str, count: int) -> str:
        text = self.of(node, region, count)
        return text if isinstance(node, Name | Number) else f"({text})"

    def _many(self, texts: list[str], how: str) -> str:
        shown = texts
        if len(texts) > _MOST_SHOWN:
            shown = [*texts[:3], "…", texts[-1]]
        if how in ("min", "max"):
            return f"{'、'.join(shown)} 中{_HOW[how]}"
        total = f"({' + '.join(shown)})" if len(texts) != 1 else texts[0]
        return total if how == "sum" else f"{total} ÷ {len(texts)}"


NOTHING = "∅"
"""What stands where there is no value."""


def _back(step: Step, count: int) -> list[int]:
    return [int(one) for one in step.back(np.array([count])).reshape(-1)]


_IN_WORDS: dict[type, Callable[[_Titles, Any], str]] = {
    Number: _Titles.number,
    Name: _Titles.name,
    Negative: _Titles.negative,
    Binary: _Titles.binary,
    Root: _Titles.root,
    Shift: _Titles.shift,
    Window: _Titles.window,
    Monthly: _Titles.monthly,
    OfYear: _Titles.of_year,
    Children: _Titles.children,
    Parent: _Titles.parent,
    Rank: _Titles.rank,
    Where: _Titles.where,
    Coalesce: _Titles.coalesce,
    Composite: _Titles.composite,
    Elapsed: _Titles.elapsed,
    Known: _Titles.known,
    Sites: _Titles.sites,
    Within: _Titles.within,
    Call: _Titles.call,
}
_IN_NUMBERS: dict[type, Callable[[_Numbers, Any, str, int], str]] = {
    Number: _Numbers.number,
    Name: _Numbers.name,
    Negative: _Numbers.negative,
    Binary: _Numbers.binary,
    Root: _Numbers.root,
    Shift: _Numbers.shift,
    Window: _Numbers.window,
    Monthly: _Numbers.monthly,
    OfYear: _Numbers.of_year,
    Children: _Numbers.children,
    Parent: _Numbers.parent,
    Rank: _Numbers.rank,
    Where: _Numbers.where,
    Coalesce: _Numbers.coalesce,
    Composite: _Numbers.composite,
    Elapsed: _Numbers.elapsed,
    Known: _Numbers.known,
    Sites: _Numbers.sites,
    Within: _Numbers.within,
    Call: _Numbers.call,
}
