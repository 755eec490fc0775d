"""How one value came about: its inputs, the formula in words and with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.formula.absence import status_of
from topics.kit.formula.cells import Why
from topics.kit.formula.clocks import count, period
from topics.kit.formula.contracts import Basis, Input, Trace
from topics.kit.formula.cubes import Cubes
from topics.kit.formula.evaluate import evaluate, evaluate_part, told_of_calls
from topics.kit.formula.formula import Formula, Specs
from topics.kit.formula.geography import Geography
from topics.kit.formula.nodes import Children, Sites, Within, all_nodes
from topics.kit.formula.reach import Read, reads
from topics.kit.formula.words import NOTHING, in_numbers, in_words, number_text
from topics.kit.period_labels import label
from topics.kit.periods import a_year_before, previous

_VALUELESS = (ValueStatus.MISSING, ValueStatus.NOT_MONITORED)
_WHY = {
    Why.ZERO: "分母为 0,不能相除",
    Why.BASE: "对比期的数不大于 0,增速没有意义",
    Why.BROKEN: "口径有变化,前后不可比",
    Why.COMBINED: "1–2 月合并公布,没有 2 月的当月数",
    Why.INFINITE: "结果超出可表示的范围",
    Why.ROOT: "负数不能开方",
    Why.OUTSIDE: "本级的率不在下一级各区划的范围之内,疑有错报,不予采用",
    Why.ALONE: "没有可比的上级或同级区划",
    Why.RULE: "按规则没有结果",
    Why.NO_SITES: "区划内没有这种点位",
    Why.TOO_FEW: "本期内有数的日(或小时)不足规定的个数",
}


class Key(NamedTuple):
    """One observation's place: indicator, region, start and kind of the period."""

    indicator: str
    region: str
    start: datetime
    kind: str


Found = Mapping[Key, Observation]


def key_of(one: Observation) -> Key:
    """Where an observation belongs."""
    return Key(one.indicator, one.region, one.period.start, one.period.kind.value)


def trace_of(
    formula: Formula,
    specs: Specs,
    cubes: Cubes,
    found: Found,
    region: str,
    when: Period,
    *,
    computed: frozenset[str],
) -> Trace:
    """The value of one region and period by the evaluator, with everything it read.

    `found` are the observations that the cubes were made of; `computed` are the indicators that
    have a formula of their own.
    """
    geography = cubes.geography
    at = count(when)
    cells = evaluate(formula, cubes, np.array([at], dtype=np.int64))
    row = geography.row[region]
    value, state = float(cells.value[row, 0]), int(cells.state[row, 0])
    why = Why(int(cells.why[row, 0]))
    status = status_of(formula, state, why)
    inputs = [
        _input(one, formula, specs, geography, found, region, when, computed)
        for one in reads(formula, geography, region, at)
    ]
    gone = status in _VALUELESS

    def leaf(indicator: str, of_region: str, of_count: int) -> str:
        kind = specs[indicator].period_kind
        start = period(of_count, kind).start
        one = found.get(Key(indicator, of_region, start, kind.value))
        return NOTHING if one is None or one.value is None else number_text(one.value)

    def part(node: Any, of_region: str, of_count: int) -> str:
        made = evaluate_part(formula, node, cubes, np.array([of_count], dtype=np.int64))
        number = float(made.value[geography.row[of_region], 0])
        return NOTHING if math.isnan(number) else number_text(number)

    asked = why is Why.RULE if gone else status is ValueStatus.ESTIMATED
    told, note = told_of_calls(formula, cubes, region, at) if asked else ("", "")
    numbers = in_numbers(formula, geography, region, at, leaf, part)
    return Trace(
        indicator=formula.id,
        region=region,
        period=when,
        value=None if gone else value,
        status=status,
        unit=formula.spec.unit,
        expression=formula.expression,
        words=in_words(formula, lambda name: specs[name].title),
        numbers=numbers
        + ("" if gone else _counted(formula, inputs) + (f"({note})" if note else "")),
        inputs=inputs,
        why=(told or _why(formula, why, inputs)) if gone else "",
        basis=[Basis(one.help, one.source) for one in formula.functions],
    )


def _input(
    one: Read,
    formula: Formula,
    specs: Specs,
    geography: Geography,
    found: Found,
    region: str,
    when: Period,
    computed: frozenset[str],
) -> Input:
    spec = specs[one.indicator]
    theirs = period(one.at, spec.period_kind)
    role = " ".join(
        part
        for part in (
            geography.name(one.region) if one.region != region else "",
            spec.title,
            _when(theirs, when),
        )
        if part
    )
    observation = found.get(Key(one.indicator, one.region, theirs.start, theirs.kind.value))
    is_computed = one.indicator in computed and (
        one.indicator != formula.id or geography.level(one.region) in formula.levels
    )
    return Input(role, one.indicator, one.region, theirs, observation, is_computed)


def _when(theirs: Period, ours: Period) -> str:
    """How a period stands to the one computed: nothing when it is the same."""
    if theirs.start == ours.start:
        return ""
    if theirs.kind is ours.kind and theirs == a_year_before(ours):
        return "上年同期"
    if theirs.kind is ours.kind and theirs == previous(ours):
        return "上期"
    return label(theirs)


def _counted(formula: Formula, inputs: Sequence[Input]) -> str:
    """How many of the regions went into a sum that may leave some out."""
    nodes = list(all_nodes(formula.tree))
    over_sites = any(isinstance(one, Sites | Within) for one in nodes)
    some_left_out = formula.missing == "skip" and any(isinstance(one, Children) for one in nodes)
    if not (some_left_out or over_sites):
        return ""
    lacking = [one for one in inputs if _is_missing(one)]
    if not lacking:
        return ""
    return f"({len(inputs) - len(lacking)}/{len(inputs)},缺 {_named(lacking)})"


def _why(formula: Formula, why: Why, inputs: Sequence[Input]) -> str:
    if why is Why.ZERO and formula.spec.idle:
        return f"{formula.spec.idle}:{_WHY[why]}"
    if why is not Why.INPUT and why in _WHY:
        return _WHY[why]
    lacking = [one for one in inputs if _is_missing(one)]
    if lacking:
        return f"缺 {_named(lacking)}"
    unmonitored = [
        one
        for one in inputs
        if one.observation and one.observation.status is ValueStatus.NOT_MONITORED
    ]
    return f"未监测 {_named(unmonitored)}" if unmonitored else "没有数"


def _is_missing(one: Input) -> bool:
    return one.observation is None or one.observation.status is ValueStatus.MISSING


def _named(inputs: Sequence[Input]) -> str:
    names = list(dict.fromkeys(one.role for one in inputs))
    more = f" 等 {len(names)} 项" if len(names) > 3 else ""
    return "、".join(names[:3]) + more
