"""Formulas cell by cell in plain Python: slow, obvious, and written apart from the evaluator."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tests.topics.formula.small_city import CITY, COUNTIES
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.formula import nodes as n
from topics.kit.formula.clocks import count, period
from topics.kit.formula.formula import Formula
from topics.kit.periods import a_year_before, previous

Values = Mapping[tuple[str, str, int], float | None]


def values_of(rows: list[Observation]) -> dict[tuple[str, str, int], float | None]:
    return {(one.indicator, one.region, count(one.period)): one.value for one in rows}


class Naive:
    """Monthly formulas only; None is missing and swallows everything."""

    def __init__(self, formula: Formula, values: Values) -> None:
        self._formula = formula
        self._values = values

    def value(self, region: str, at: int) -> float | None:
        own = self._of(self._formula.tree, region, at)
        if own is None or not math.isfinite(own):
            return None
        if self._formula.within_children and region == CITY:
            below = [self._of(self._formula.tree, one, at) for one in COUNTIES]
            inside = [one for one in below if one is not None and math.isfinite(one)]
            if len(inside) == len(COUNTIES):
                slack = 1e-9 * max(abs(min(inside)), abs(max(inside)))
                if not min(inside) - slack <= own <= max(inside) + slack:
                    return None
        return own

    def _of(self, node: Any, region: str, at: int) -> float | None:
        return self._KINDS[type(node)](self, node, region, at)

    def _binary(self, node: n.Binary, region: str, at: int) -> float | None:
        left, right = self._of(node.left, region, at), self._of(node.right, region, at)
        if left is None or right is None:
            return None
        if node.sign == "/":
            if right == 0 or (node.growth and right < 0):
                return None
            return left / right
        return {"+": left + right, "-": left - right, "*": left * right}[node.sign]

    def _shift(self, node: n.Shift, region: str, at: int) -> float | None:
        kind = PeriodKind.CUMULATIVE if node.step.cumulative else PeriodKind.MONTH
        when = period(at, kind)
        for _ in range(node.step.times):
            when = a_year_before(when) if node.step.what == "year" else previous(when)
        return self._of(node.inner, region, count(when))

    def _window(self, node: n.Window, region: str, at: int) -> float | None:
        first = at - at % 12 if node.step.what == "ytd" else at - node.step.times + 1
        found = [self._of(node.inner, region, one) for one in range(first, at + 1)]
        if None in found:
            return None
        given = [one for one in found if one is not None]
        whole: dict[str, Callable[[list[float]], float]] = {
            "sum": math.fsum,
            "mean": lambda of: math.fsum(of) / len(of),
            "min": min,
            "max": max,
        }
        return whole[node.how](given)

    def _children(self, node: n.Children, region: str, at: int) -> float | None:
        if region != CITY:
            return None
        found = [self._of(node.inner, one, at) for one in COUNTIES]
        if self._formula.missing == "skip":
            found = [one for one in found if one is not None]
        if None in found or not found:
            return None
        given = [one for one in found if one is not None]
        return {
            "sum": math.fsum(given),
            "mean": math.fsum(given) / len(given),
            "min": min(given),
            "max": max(given),
        }[node.how]

    def _rank(self, node: n.Rank, region: str, at: int) -> float | None:
        if region == CITY:
            return None
        found = [self._of(node.inner, one, at) for one in COUNTIES]
        own = self._of(node.inner, region, at)
        if own is None or (self._formula.missing != "skip" and None in found):
            return None
        better = [
            one
            for one in found
            if one is not None and (one > own if node.descending else one < own)
        ]
        return 1.0 + len(better)

    def _where(self, node: n.Where, region: str, at: int) -> float | None:
        left = self._of(node.condition.left, region, at)
        right = self._of(node.condition.right, region, at)
        if left is None or right is None:
            return None
        holds = {"<": left < right, ">": left > right, ">=": left >= right}[node.condition.sign]
        return self._of(node.yes if holds else node.no, region, at)

    def _coalesce(self, node: n.Coalesce, region: str, at: int) -> float | None:
        found = (self._of(one, region, at) for one in node.choices)
        return next((one for one in found if one is not None), None)

    def _monthly(self, node: n.Monthly, region: str, at: int) -> float | None:
        now = self._of(node.inner, region, at)
        before = self._of(node.inner, region, at - 1)
        if at % 12 == 0:
            return now
        return None if now is None or before is None else now - before

    def _parent(self, node: n.Parent, region: str, at: int) -> float | None:
        return None if region == CITY else self._of(node.inner, CITY, at)

    def _root(self, node: n.Root, region: str, at: int) -> float | None:
        inner = self._of(node.inner, region, at)
        return None if inner is None or inner < 0 else math.sqrt(inner)

    def _negative(self, node: n.Negative, region: str, at: int) -> float | None:
        inner = self._of(node.inner, region, at)
        return None if inner is None else -inner

    def _composite(self, node: n.Composite, region: str, at: int) -> float | None:
        total = weight = 0.0
        for one in node.scores:
            value = self._of(one.inner, region, at)
            if value is None and self._formula.missing != "skip":
                return None
            if value is not None:
                share = min(1.0, max(0.0, (value - one.low) / (one.high - one.low)))
                total += one.weight * share * 100
                weight += one.weight
        return total / weight if weight else None

    _KINDS: Mapping[type, Callable[..., float | None]] = {
        n.Number: lambda self, node, region, at: node.value,
        n.Name: lambda self, node, region, at: self._values.get((node.indicator, region, at)),
        n.Binary: _binary,
        n.Shift: _shift,
        n.Window: _window,
        n.Children: _children,
        n.Rank: _rank,
        n.Where: _where,
        n.Coalesce: _coalesce,
        n.Monthly: _monthly,
        n.Parent: _parent,
        n.Root: _root,
        n.Negative: _negative,
        n.Composite: _composite,
    }  # fmt: skip
