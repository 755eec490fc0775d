"""Which regions made a change: the largest first, the rest in one line, the sum exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from topics.kit.contracts import Observation, Region
from topics.kit.explain.contracts import Contributions, FormulaReads, ObservationReads, Share
from topics.kit.explain.store_values import same_start
from topics.kit.formula.contracts import Change, Part
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.regions import RegionTree
from topics.kit.words.clock import local
from topics.kit.words.deltas import Measure
from topics.kit.words.judgement import Compared
from topics.kit.words.numbers import rounded, write_plain

SHOWN = 3
_MOST = 400
_RATES = ("%", "‰", "分")
_PENDING = "有输入刚更新,正在重新计算"
_NO_CLASSES = "类别之差不按地区分解"
_NO_SUM = "比率、均值和指数的变化不能按地区相加"


def contributions(
    spec: IndicatorSpec,
    region: Region,
    now: Observation,
    compared: Compared | None,
    *,
    store: ObservationReads,
    formulas: FormulaReads | None,
    regions: RegionTree,
    as_of: datetime | None,
) -> Contributions:
    """The parts of the change that the card names, in the unit of the indicator."""
    name = "" if compared is None else compared.delta.label
    unit = "个百分点" if spec.unit == "%" else spec.unit
    if compared is None:
        return Contributions(name, None, "", unit, why="没有可比的一期")
    if compared.before is None or now.value is None or compared.before.value is None:
        return Contributions(name, None, "", unit, why="这是公布的增速,不由各地数值推算")
    if compared.change is None:
        return Contributions(name, None, "", unit, why="口径有调整,前后不可比")
    if compared.measure is Measure.CLASSES:
        return Contributions(name, compared.change, compared.delta.text, "", why=_NO_CLASSES)
    change = _change(spec, region, now, compared.before, store, formulas, regions, as_of)
    total = now.value - compared.before.value
    text = signed(total, _digits(spec, compared))
    if change.why or not change.parts:
        return Contributions(name, total, text, unit, why=change.why)
    shares = _shares(change.parts, regions, _digits(spec, compared), rising=total >= 0)
    return Contributions(name, total, text, unit, shares)


def signed(amount: float, digits: int) -> str:
    """An amount with its sign, "0" without: +0.62, −1.1."""
    text = write_plain(amount, digits)
    return f"+{text}" if rounded(amount, digits) > 0 else text


def _digits(spec: IndicatorSpec, compared: Compared) -> int:
    """One digit more than the card: shares are smaller than the whole."""
    return spec.precision if compared.measure is Measure.PERCENT else spec.precision + 1


def _change(
    spec: IndicatorSpec,
    region: Region,
    now: Observation,
    before: Observation,
    store: ObservationReads,
    formulas: FormulaReads | None,
    regions: RegionTree,
    as_of: datetime | None,
) -> Change:
    against = spec.comparison.against if spec.comparison else None
    made = None
    if formulas is not None and against is not None:
        made = formulas.change(spec.id, region.code, now.period, against, as_of=as_of)
    if made is not None and made.before == before.period and made.parts:
        return made if _same(made, now, before) else replace(made, parts=(), why=_PENDING)
    own = _sums(spec, region, now, before, store, regions, as_of)
    return made if made is not None and made.why and not own.parts else own


def _sums(
    spec: IndicatorSpec,
    region: Region,
    now: Observation,
    before: Observation,
    store: ObservationReads,
    regions: RegionTree,
    as_of: datetime | None,
) -> Change:
    """Amounts as their sources rounded them: what rounding left over is a part of its own."""
    children = [one.code for one in regions.children(region.code, local(now.period.start).date())]
    if not children:
        return Change(now.period, before.period, None, (), "已是最小一级地区")
    if spec.checks.additive == "mean" or spec.unit in _RATES:
        return Change(now.period, before.period, None, (), _NO_SUM)
    new = _below(spec, children, now, store, as_of)
    old = _below(spec, children, before, store, as_of)
    if not new or set(new) != set(old):
        return Change(now.period, before.period, None, (), "下级地区的数据不全")
    if not (_adds_up(new, now, spec) and _adds_up(old, before, spec)):
        return Change(now.period, before.period, None, (), "各地之和不等于合计,不作分解")
    assert now.value is not None
    assert before.value is not None
    total = now.value - before.value
    parts = [Part(code, new[code] - old[code]) for code in new]
    rest = total - math.fsum(one.amount for one in parts)
    if rounded(rest, spec.precision + 1) != 0:  # what rounding at the source left over
        parts.append(Part("", rest))
    return Change(now.period, before.period, total, parts)


def _same(made: Change, now: Observation, before: Observation) -> bool:
    """Whether the parts are of the change that is shown: an input may have come a moment ago."""
    if made.amount is None or not made.parts:
        return True
    assert now.value is not None
    assert before.value is not None
    return math.isclose(made.amount, now.value - before.value, rel_tol=1e-6, abs_tol=1e-9)


def _below(
    spec: IndicatorSpec,
    children: Sequence[str],
    of: Observation,
    store: ObservationReads,
    as_of: datetime | None,
) -> dict[str, float]:
    start, end = same_start(of.period)
    found = store.listed(
        indicators=[spec.id], regions=children, start=start, end=end, as_of=as_of, limit=_MOST
    )
    return {
        one.region: one.value for one in found if one.value is not None and one.period == of.period
    }


def _adds_up(parts: dict[str, float], whole: Observation, spec: IndicatorSpec) -> bool:
    assert whole.value is not None
    step: float = 10.0**-spec.precision
    return abs(math.fsum(parts.values()) - whole.value) <= step * (len(parts) + 1)


def _shares(
    parts: Sequence[Part], regions: RegionTree, digits: int, *, rising: bool
) -> tuple[Share, ...]:
    named = [one for one in parts if one.region]
    named.sort(key=lambda one: -one.amount if rising else one.amount)
    shown = named[:SHOWN] if len(named) > SHOWN + 1 else named
    made = [_share(one, regions, digits) for one in shown]
    rest = [one for one in named if one not in shown]
    if rest:
        amount = math.fsum(one.amount for one in rest)
        made.append(Share(None, f"其余 {len(rest)} 县(市、区)", amount, signed(amount, digits)))
    made += [
        Share(None, "尾差", one.amount, signed(one.amount, digits))
        for one in parts
        if not one.region
    ]
    return tuple(made)


def _share(part: Part, regions: RegionTree, digits: int) -> Share:
    region = regions.find(part.region)
    return Share(
        region, region.name if region else part.region, part.amount, signed(part.amount, digits)
    )
