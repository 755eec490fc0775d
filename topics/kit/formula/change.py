"""How a value changed and what each region below added to that: parts that add up exactly.

Amounts: Δ of each region. Ratios of amounts R = A/B: (ΔA_r − R0·ΔB_r) / B1, whose sum over the
regions is R1 − R0. Anything else is not split, and it is said why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from topics.kit.contracts import Period
from topics.kit.formula.cells import Cells
from topics.kit.formula.contracts import Change, Part
from topics.kit.formula.cubes import NOT_MONITORED, Cubes
from topics.kit.formula.evaluate import evaluate, evaluate_part
from topics.kit.formula.formula import Formula, Specs
from topics.kit.formula.nodes import Sites, all_nodes
from topics.kit.formula.shape import at_sites, below, means_written_out, ratio_of
from topics.kit.formula.steps import Counts

_CLOSE = 1e-6
"""Sources round: so far, relative to the sum, may regions and their parent differ."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The two periods compared, and their counts: before, then now."""

    before: Period
    now: Period
    counts: Counts


def change_of(
    formula: Formula, specs: Specs, cubes: Cubes, region: str, moments: Moments
) -> Change:
    """The change of one region's value between two periods, with the parts of those below."""
    found = evaluate(formula, cubes, moments.counts)
    row = cubes.geography.row[region]
    first, last = (float(one) for one in found.value[row])
    if math.isnan(first) or math.isnan(last):
        return Change(moments.now, moments.before, None, (), _absent(moments, first))
    amount = last - first
    parts, why = _parts(formula, specs, cubes, region, moments, amount)
    return Change(moments.now, moments.before, amount, parts, why)


def _absent(moments: Moments, first: float) -> str:
    return "对比期没有数,不能比较" if math.isnan(first) else "本期没有数,不能比较"


def _parts(
    formula: Formula, specs: Specs, cubes: Cubes, region: str, moments: Moments, amount: float
) -> tuple[Sequence[Part], str]:
    sites = next((one for one in all_nodes(formula.tree) if isinstance(one, Sites)), None)
    if sites is not None:
        return _parts_of_sites(formula, specs, cubes, region, sites.kind, moments, amount)
    children = cubes.geography.children(region, formula.clock, int(moments.counts[1]))
    if not children:
        return (), "没有下一级区划"
    split = _Split(formula, cubes, region, children, moments.counts)
    plain = below(formula.tree, specs)
    if plain is not None:
        return split.of_sum(formula.tree, plain, amount)
    ratio = ratio_of(formula.tree, specs)
    if ratio is None:
        return (), "这个指标各区划的数不能相加,不分解到区划"
    over, under = below(ratio.numerator, specs), below(ratio.denominator, specs)
    return split.of_ratio((ratio.numerator, over), (ratio.denominator, under), ratio.factor, amount)


def _parts_of_sites(
    formula: Formula,
    specs: Specs,
    cubes: Cubes,
    region: str,
    kind: str,
    moments: Moments,
    amount: float,
) -> tuple[Sequence[Part], str]:
    """What each site added; one without a value at either time adds nothing there."""
    children = cubes.geography.sites(region, kind)
    tree = means_written_out(formula.tree)
    plain, ratio = at_sites(tree, specs), ratio_of(tree, specs, at_sites)
    if not children or (plain is None and ratio is None):
        return (), f"这个指标各{kind}的数不能相加,不分解到{kind}"
    split = _Split(formula, cubes, region, children, moments.counts, skip=True)
    if plain is not None:
        return split.of_sum(tree, plain, amount)
    assert ratio is not None
    over, under = at_sites(ratio.numerator, specs), at_sites(ratio.denominator, specs)
    return split.of_ratio((ratio.numerator, over), (ratio.denominator, under), ratio.factor, amount)


class _Split:
    def __init__(
        self,
        formula: Formula,
        cubes: Cubes,
        region: str,
        children: Sequence[str],
        counts: Counts,
        *,
        skip: bool = False,
    ) -> None:
        self._skip = skip
        self._formula = formula
        self._cubes = cubes
        self._row = cubes.geography.row[region]
        self._children = children
        self._rows = [cubes.geography.row[one] for one in children]
        self._counts = counts

    def of_sum(self, whole: Any, each: Any, amount: float) -> tuple[Sequence[Part], str]:
        found = self._read(whole, each)
        if isinstance(found, str):
            return (), found
        _, of_each = found
        return self._exact(of_each[:, 1] - of_each[:, 0], amount), ""

    def of_ratio(
        self, over: tuple[Any, Any], under: tuple[Any, Any], factor: float, amount: float
    ) -> tuple[Sequence[Part], str]:
        top, bottom = self._read(*over), self._read(*under)
        if isinstance(top, str):
            return (), top
        if isinstance(bottom, str):
            return (), bottom
        (a, a_each), (b, b_each) = top, bottom
        rate_before = a[0] / b[0]
        moved = (a_each[:, 1] - a_each[:, 0]) - rate_before * (b_each[:, 1] - b_each[:, 0])
        return self._exact(factor * moved / b[1], amount), ""

    def _read(self, whole: Any, each: Any) -> tuple[Any, Any] | str:
        """The parent's two values and the children's; a sentence when they do not add up."""
        own = evaluate_part(self._formula, whole, self._cubes, self._counts)
        inner = evaluate_part(self._formula, each, self._cubes, self._counts)
        values, lacking = self._of_children(inner)
        if lacking:
            name = self._cubes.geography.name(lacking)
            return f"缺 {name} 的数,不能分解到区划"
        total = own.value[self._row]
        slack = _CLOSE * np.maximum(np.abs(total), np.abs(values).sum(axis=0)) + 1e-9
        if (np.abs(values.sum(axis=0) - total) > slack).any():
            return "下一级各区划之和与本级不等,不能分解到区划"
        return total, values

    def _of_children(self, inner: Cells) -> tuple[Any, str]:
        state = inner.state[self._rows]
        lacking = (state > NOT_MONITORED).any(axis=1)
        if lacking.any() and not self._skip:
            return None, self._children[int(np.argmax(lacking))]
        return np.where(state >= NOT_MONITORED, 0.0, inner.value[self._rows]), ""

    def _exact(self, amounts: Any, whole: float) -> tuple[Part, ...]:
        """The parts, the largest of which takes what rounding left over."""
        listed = [float(one) for one in amounts]
        largest = max(range(len(listed)), key=lambda n: abs(listed[n]))
        rest = [one for n, one in enumerate(listed) if n != largest]
        listed[largest] = whole - math.fsum(rest)
        return tuple(Part(*pair) for pair in zip(self._children, listed, strict=True))
