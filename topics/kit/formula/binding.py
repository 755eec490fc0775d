"""A tree bound to its indicators: what each part is (unit, kind, clock), or why it is refused.

Binding gives every step in time its clock and stride, and checks all that can be known before a
value is there: units, periods, published growth. Messages say what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from topics.kit.contracts import PeriodKind
from topics.kit.durations import parse_duration
from topics.kit.errors import BadFormula
from topics.kit.formula.clocks import clock_of
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
    all_nodes,
    names_in,
)
from topics.kit.formula.own import OwnFunction
from topics.kit.formula.published import refuse_growth
from topics.kit.formula.spans import Span, is_finer
from topics.kit.formula.steps import Step, What
from topics.kit.formula.units import ANY, RATES, Unit, fits, same_unit, unit_of
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import MONTHLY

Specs = Mapping[str, IndicatorSpec]
_WHOLE = 100.0
_WITHIN = (Name, Number, Binary, Negative, Root, Where, Compare, Known, Coalesce)
NO_FUNCTIONS: Mapping[str, OwnFunction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a part of a formula is; `kind` None: the same at any time (a number)."""

    node: Any
    unit: Unit
    kind: PeriodKind | None
    quarterly: bool = False
    is_rate: bool = False


def bind(
    tree: Node, specs: Specs, result: IndicatorSpec, own: Mapping[str, OwnFunction] = NO_FUNCTIONS
) -> Node:
    """The tree with every step resolved; BadFormula says what does not fit and what to write.

    `own` are the functions of the topic's own.
    """
    found = _Binder(specs, result, own).of(tree)
    declared = unit_of(result.unit)
    # How many sites or days there are may be told in any unit of counting: 个, 座, 家.
    counted = isinstance(found.node, Sites | Within) and found.node.how in ("count", "known")
    if not counted and not fits(found.unit, declared):
        raise BadFormula(_unlike(found.unit, declared, result))
    if not _kinds_fit(found.kind, result.period_kind):
        raise BadFormula(
            f"算出的是“{found.kind}”,指标声明的是“{result.period_kind}”;改 period_kind,"
            "或用 monthly(累计→当月)、ytd(当月→累计)"
        )
    node: Node = found.node
    return node


def _unlike(found: Unit, declared: Unit, result: IndicatorSpec) -> str:
    shown = result.unit or "无单位"
    if found.plain and declared.plain:
        return f"算出的是比值,指标声明的单位是 {shown};比值变成 % 要乘以 100"
    if found.powers == declared.powers:
        return f"算出的单位是 {found.text},与声明的 {shown} 大小不同;乘或除以换算的倍数"
    return f"算出的单位是 {found.text or '无单位'},与声明的 {shown} 不是同一种量;改算式或改 unit"


def _kinds_fit(found: PeriodKind | None, declared: PeriodKind) -> bool:
    if found is None or found is declared:
        return True
    # A stock at the end of a month stands beside what happened in it.
    return {found, declared} <= MONTHLY and PeriodKind.END in (found, declared)


class _Binder:
    def __init__(self, specs: Specs, result: IndicatorSpec, own: Mapping[str, OwnFunction]) -> None:
        self._own = own
        self._specs = specs
        self._result = result

    def of(self, node: Any) -> Meaning:
        return _BINDERS[type(node)](self, node)

    def number(self, node: Number) -> Meaning:
        return Meaning(node, ANY, None)

    def elapsed(self, node: Elapsed) -> Meaning:
        kind = self._result.period_kind
        if kind is PeriodKind.YEAR:
            raise BadFormula("elapsed:年度指标没有序时进度")
        return Meaning(Elapsed(self._own_step("own")), unit_of("%"), None)

    def name(self, node: Name) -> Meaning:
        spec = self._specs.get(node.indicator)
        if spec is None:
            raise BadFormula(f"指标 {node.indicator!r} 没有声明;先声明它,或改正编号")
        quarterly = spec.frequency >= parse_duration("1q") and spec.period_kind in MONTHLY
        rate = spec.unit in RATES
        return Meaning(node, unit_of(spec.unit), spec.period_kind, quarterly, rate)

    def negative(self, node: Negative) -> Meaning:
        inner = self.of(node.inner)
        return replace(inner, node=Negative(inner.node))

    def root(self, node: Root) -> Meaning:
        inner = self.of(node.inner)
        return replace(inner, node=Root(inner.node), unit=ANY)

    def binary(self, node: Binary) -> Meaning:
        if node.growth:
            refuse_growth(node.left, self._specs)
        left, right = self.of(node.left), self.of(node.right)
        made = Binary(node.sign, left.node, right.node, node.growth)
        if node.growth and left.is_rate:
            raise BadFormula("率的变化用百分点:写 yoy_points 或 mom_points,不写 yoy、mom")
        if node.growth and _before(right.node) and left.kind is PeriodKind.CUMULATIVE:
            raise BadFormula("累计数不算环比;先用 monthly 求当月")
        unit = self._unit(node, left, right)
        kind, quarterly = _together(left, right, node.sign)
        rate = (left.is_rate or right.is_rate) and node.sign in "+-"
        return Meaning(made, unit, kind, quarterly, rate)

    def _unit(self, node: Binary, left: Meaning, right: Meaning) -> Unit:
        if node.sign in "+-":
            return same_unit(left.unit, right.unit, "加减" if node.sign == "+" else "相减")
        if left.unit is ANY and right.unit is ANY:
            return ANY
        sign = 1 if node.sign == "*" else -1
        if isinstance(right.node, Number) and left.unit is not ANY:
            return left.unit.scaled(right.node.value**sign if right.node.value else 1.0)
        if isinstance(left.node, Number) and right.unit is not ANY and sign == 1:
            return right.unit.scaled(left.node.value)
        return _plain(left.unit).times(_plain(right.unit), sign)

    def shift(self, node: Shift) -> Meaning:
        inner = self.of(node.inner)
        return replace(inner, node=Shift(inner.node, self._step(node.step, inner)))

    def window(self, node: Window) -> Meaning:
        inner = self.of(node.inner)
        adding = node.how == "sum"
        if adding and inner.is_rate:
            raise BadFormula("率不能逐期相加;写 rolling(x, n, mean) 或用分子、分母分别累计")
        if adding and inner.kind in (PeriodKind.CUMULATIVE, PeriodKind.END):
            raise BadFormula(f"“{inner.kind}”的数不能逐期相加;累计数本身已是和,期末数是存量")
        kind = inner.kind
        if node.step.what == "ytd":
            if kind is not PeriodKind.MONTH:
                raise BadFormula(f"ytd 用于“当月”指标,这里是“{kind}”")
            kind = PeriodKind.CUMULATIVE
        step = self._step(node.step, inner)
        return replace(inner, node=Window(inner.node, step, node.how), kind=kind)

    def monthly(self, node: Monthly) -> Meaning:
        inner = self.of(node.inner)
        if inner.kind is not PeriodKind.CUMULATIVE or inner.quarterly:
            raise BadFormula("monthly 用于按月的“累计”指标:当月 = 累计减上月累计")
        if inner.is_rate:
            raise BadFormula("增速和率不能相减求当月;用累计总量求当月总量")
        made = Monthly(inner.node, self._step(node.step, inner))
        return replace(inner, node=made, kind=PeriodKind.MONTH)

    def of_year(self, node: OfYear) -> Meaning:
        inner = self.of(node.inner)
        if inner.kind is not PeriodKind.YEAR:
            raise BadFormula(f"of_year 用于年度指标,{node.inner.indicator} 是“{inner.kind}”")
        if self._result.period_kind is PeriodKind.INSTANT:
            raise BadFormula("of_year 不能用于时点指标")
        return replace(inner, node=OfYear(inner.node, self._own_step("of_year")), kind=None)

    def children(self, node: Children) -> Meaning:
        inner = self.of(node.inner)
        if node.how == "sum" and inner.is_rate:
            raise BadFormula("率不能按区划相加;用 regional_mean(率, 权重) 或分子之和除以分母之和")
        return replace(inner, node=Children(inner.node, node.how))

    def parent(self, node: Parent) -> Meaning:
        inner = self.of(node.inner)
        return replace(inner, node=Parent(inner.node))

    def known(self, node: Known) -> Meaning:
        inner = self.of(node.inner)
        return replace(inner, node=Known(inner.node), unit=ANY, is_rate=False)

    def sites(self, node: Sites) -> Meaning:
        inner = self.of(node.inner)
        kind = self._kind_of_sites(node)
        if node.how == "sum" and inner.is_rate:
            raise BadFormula("率不能按点位相加;用 sites_mean,或分子之和除以分母之和")
        made = Sites(inner.node, node.how, kind)
        if node.how in ("count", "known"):
            return replace(inner, node=made, unit=unit_of("个"), is_rate=False)
        return replace(inner, node=made)

    def _kind_of_sites(self, node: Sites) -> str:
        kinds: set[str] = set()
        for name in names_in(node):
            spec = self._specs[name]
            if not spec.sites:
                raise BadFormula(
                    f"sites_ 开头的函数用于点位指标;{spec.title} 的 levels 里没有 site"
                )
            kinds.add(spec.sites)
        if len(kinds) != 1:
            shown = "、".join(sorted(kinds)) or "没有指标"
            raise BadFormula(f"sites_ 开头的函数里只写同一种点位的指标,这里是 {shown}")
        return kinds.pop()

    def within(self, node: Within) -> Meaning:
        outside = [one for one in all_nodes(node.inner) if not isinstance(one, _WITHIN)]
        if outside:
            raise BadFormula(
                "within_ 开头的函数里只写指标、数、+ - * / 和比较;区划、点位和时期的函数写在外面"
            )
        inner = self.of(node.inner)
        if inner.kind is None or inner.kind is PeriodKind.INSTANT:
            raise BadFormula("within_ 开头的函数用于按小时、按日或按月的指标")
        if inner.kind in (PeriodKind.CUMULATIVE, PeriodKind.END) and node.how in ("sum", "mean"):
            raise BadFormula(f"“{inner.kind}”的数不能逐期相加或平均;用“当月”的指标")
        if node.how == "sum" and inner.is_rate:
            raise BadFormula("率不能逐期相加;写 within_mean,或用分子、分母分别累计")
        if not 0 <= node.rank <= _WHOLE:
            raise BadFormula("百分位写 0 到 100 的数,如 within_percentile(a.x, 95)")
        span = self._span(inner.kind)
        made = Within(inner.node, node.how, node.least, node.rank, span)
        number = node.how in ("count", "known")
        return Meaning(
            made,
            unit_of("个") if number else inner.unit,
            self._result.period_kind,
            is_rate=inner.is_rate and not number,
        )

    def _span(self, kind: PeriodKind) -> Span:
        result = self._result.period_kind
        span = Span(clock_of(kind), clock_of(result), result is PeriodKind.CUMULATIVE)
        if not is_finer(span.fine, span.coarse):
            raise BadFormula(
                f"within_ 开头的函数把细的时期合成粗的,这里是“{kind}”合成“{result}”;"
                "同一种时期用 rolling、ytd"
            )
        if not span.possible:
            raise BadFormula(f"“{kind}”不能直接合成“{result}”;先合成按日的指标")
        return span

    def call(self, node: Call) -> Meaning:
        own = self._own.get(node.name)
        if own is None:
            raise BadFormula(f"函数 {node.name!r} 没有声明;先在 [[functions]] 里声明它")
        if len(node.arguments) != len(own.parameters):
            raise BadFormula(f"{node.name} 的参数个数不对:{own.usage}")
        found, made = Meaning(None, ANY, None), []
        for one, name, text in zip(node.arguments, own.parameters, own.units, strict=True):
            inner, wanted = self.of(one), unit_of(text)
            if inner.unit is not ANY and inner.unit.like(wanted) is None:
                given = inner.unit.text or "无单位"
                raise BadFormula(
                    f"{node.name} 的参数“{name}”要 {text or '无单位'} 的数,这里是 {given};"
                    "改用别的指标,或先换算"
                )
            kind, quarterly = _together(found, inner, "/")
            found = replace(found, kind=kind, quarterly=quarterly)
            made.append(inner.node)
        return replace(
            found,
            node=Call(node.name, tuple(made), own),
            unit=unit_of(own.unit) if own.unit else ANY,
            is_rate=own.unit in RATES,
        )

    def rank(self, node: Rank) -> Meaning:
        inner = self.of(node.inner)
        return Meaning(Rank(inner.node, node.descending), ANY, inner.kind, inner.quarterly)

    def where(self, node: Where) -> Meaning:
        condition = self.compare(node.condition)
        yes, no = self.of(node.yes), self.of(node.no)
        unit = same_unit(yes.unit, no.unit, "where 的两个值")
        kind, quarterly = _together(yes, no, "+")
        chosen, quarterly = _together(condition, Meaning(None, unit, kind, quarterly), "/")
        rate = yes.is_rate or no.is_rate
        return Meaning(Where(condition.node, yes.node, no.node), unit, chosen, quarterly, rate)

    def compare(self, node: Compare) -> Meaning:
        left, right = self.of(node.left), self.of(node.right)
        # A threshold is written in the unit of what it is compared with.
        unit = (
            left.unit
            if ANY in (left.unit, right.unit)
            else same_unit(left.unit, right.unit, "比较")
        )
        kind, quarterly = _together(left, right, "/")
        return Meaning(Compare(node.sign, left.node, right.node), unit, kind, quarterly)

    def coalesce(self, node: Coalesce) -> Meaning:
        found = self.of(node.choices[0])
        made = [found.node]
        unit, kind, quarterly = found.unit, found.kind, found.quarterly
        for choice in node.choices[1:]:
            other = self.of(choice)
            unit = same_unit(unit, other.unit, "coalesce 的各个值")
            kind, quarterly = _together(replace(found, kind=kind), other, "+")
            made.append(other.node)
        return Meaning(Coalesce(tuple(made)), unit, kind, quarterly, found.is_rate)

    def composite(self, node: Composite) -> Meaning:
        found = Meaning(None, ANY, None)
        scores = []
        for score in node.scores:
            inner = self.of(score.inner)
            kind, quarterly = _together(found, inner, "/")
            found = replace(found, kind=kind, quarterly=quarterly)
            scores.append(Score(inner.node, score.weight, score.low, score.high))
        return replace(found, node=Composite(tuple(scores)))

    def _own_step(self, what: What) -> Step:
        return Step(what, clock=clock_of(self._result.period_kind))

    def _step(self, step: Step, inner: Meaning) -> Step:
        kind = inner.kind
        if kind is None:
            raise BadFormula("数没有上一期和上年同期;这里要写指标")
        if kind is PeriodKind.INSTANT:
            raise BadFormula("时点指标没有固定的上一期、上年同期;用按小时或按日的指标")
        if step.what == "december" and kind is not PeriodKind.END:
            raise BadFormula(f"since_december(比年初)用于“期末”指标,这里是“{kind}”")
        return replace(
            step,
            clock=clock_of(kind),
            stride=3 if inner.quarterly else 1,
            cumulative=kind is PeriodKind.CUMULATIVE,
        )


def _before(node: Any) -> bool:
    return isinstance(node, Shift) and node.step.what == "previous"


def _plain(unit: Unit) -> Unit:
    return Unit((), (1.0,), "") if unit is ANY else unit


def _together(left: Meaning, right: Meaning, sign: str) -> tuple[PeriodKind | None, bool]:
    """The kind of two parts together; 期末 may divide or stand beside a month, 累计 never 当月."""
    quarterly = left.quarterly or right.quarterly
    if left.kind is None or right.kind is None or left.kind is right.kind:
        return left.kind or right.kind, quarterly
    kinds = {left.kind, right.kind}
    if kinds <= MONTHLY and PeriodKind.END in kinds and sign in "*/":
        return next(one for one in kinds if one is not PeriodKind.END), quarterly
    raise BadFormula(
        f"“{left.kind}”与“{right.kind}”的数不能直接{'相加减' if sign in '+-' else '相乘除'};"
        "先用 monthly(累计→当月)、ytd(当月→累计)或 of_year(年度)换成同一种时期"
    )


_BINDERS: dict[type, Callable[[_Binder, Any], Meaning]] = {
    Number: _Binder.number,
    Name: _Binder.name,
    Negative: _Binder.negative,
    Binary: _Binder.binary,
    Root: _Binder.root,
    Shift: _Binder.shift,
    Window: _Binder.window,
    Monthly: _Binder.monthly,
    OfYear: _Binder.of_year,
    Children: _Binder.children,
    Parent: _Binder.parent,
    Rank: _Binder.rank,
    Where: _Binder.where,
    Compare: _Binder.compare,
    Coalesce: _Binder.coalesce,
    Composite: _Binder.composite,
    Elapsed: _Binder.elapsed,
    Known: _Binder.known,
    Sites: _Binder.sites,
    Within: _Binder.within,
    Call: _Binder.call,
}
