"""One formula of a topic, read, checked and bound to its indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from layers.contracts import Classification
from topics.kit.contracts import PeriodKind
from topics.kit.durations import parse_duration
from topics.kit.errors import BadFormula
from topics.kit.formula.binding import bind
from topics.kit.formula.clocks import Clock, clock_of
from topics.kit.formula.nodes import AnyNode, Children, Name, Node, inner_nodes, names_in
from topics.kit.formula.parse import parse
from topics.kit.formula.shape import ratio_of
from topics.kit.formula.steps import Step
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_tables import FormulaSpec, MissingPolicy
from topics.kit.periods import MONTHLY

Specs = Mapping[str, IndicatorSpec]
SOURCE = "公式"
"""What stands as the source of a computed value."""


@dataclass(frozen=True, slots=True)
class Formula:
    """What is computed for which levels, and how missing inputs are met.

    `inputs` are the indicators named; `carries` says for each which period before stands in for a
    missing one where the policy is to estimate. `within_children`: a parent's value outside the
    range of its children is refused (PRACTICE 8).
    """

    spec: IndicatorSpec
    expression: str
    tree: Node
    inputs: tuple[str, ...]
    clocks: Mapping[str, Clock]
    carries: Mapping[str, Step]
    levels: tuple[str, ...]
    missing: MissingPolicy
    words: str
    within_children: bool

    @property
    def id(self) -> str:
        """The indicator that is computed."""
        return self.spec.id

    @property
    def kind(self) -> PeriodKind:
        """The period kind of what is computed."""
        return self.spec.period_kind

    @property
    def clock(self) -> Clock:
        """The clock of what is computed."""
        return clock_of(self.spec.period_kind)

    @property
    def quarterly(self) -> bool:
        """Whether it appears once a quarter on the clock of months."""
        return _is_quarterly(self.spec)

    def clock_of(self, indicator: str) -> Clock:
        """The clock that an input is kept on."""
        return self.clocks.get(indicator, self.clock)

    @property
    def digest(self) -> str:
        """Changes whenever stored values have to be computed anew."""
        said = (self.expression, self.missing, self.levels, self.spec.unit, self.kind.value)
        return sha256(repr(said).encode()).hexdigest()[:32]


def formula_of(declared: FormulaSpec, specs: Specs) -> Formula:
    """The formula of one [[formulas]] entry; BadFormula says what is wrong with it."""
    spec = specs.get(declared.id)
    if spec is None:
        raise BadFormula(f"指标 {declared.id!r} 没有声明;先在 [[indicators]] 里声明它")
    tree = bind(parse(declared.expression), specs, spec)
    levels = declared.levels or spec.levels
    outside = [one for one in levels if one not in spec.levels]
    if outside:
        raise BadFormula(f"levels 里的 {outside[0]} 不在指标的 levels 里;改成一致")
    inputs = names_in(tree)
    if not inputs:
        raise BadFormula("算式里没有指标;至少引用一个,如 a.x / a.y * 100")
    _check_class(spec, [specs[one] for one in inputs])
    _check_itself(declared.id, tree, levels)
    clocks = {one: clock_of(specs[one].period_kind) for one in inputs}
    carries = {one: _before(specs[one]) for one in inputs}
    return Formula(
        spec=spec,
        expression=declared.expression,
        tree=tree,
        inputs=inputs,
        clocks=clocks,
        carries={name: step for name, step in carries.items() if step is not None},
        levels=levels,
        missing=declared.missing,
        words=declared.words,
        within_children=len(levels) > 1 and ratio_of(tree, specs) is not None,
    )


def plain_formula(spec: IndicatorSpec) -> Formula:
    """The indicator itself as a formula, so that what is brought is compared by the same rules."""
    return Formula(
        spec=spec,
        expression=spec.id,
        tree=Name(spec.id),
        inputs=(spec.id,),
        clocks={spec.id: clock_of(spec.period_kind)},
        carries={},
        levels=spec.levels,
        missing="withhold",
        words=spec.title,
        within_children=False,
    )


def _is_quarterly(spec: IndicatorSpec) -> bool:
    return spec.frequency >= parse_duration("1q") and spec.period_kind in MONTHLY


def _before(spec: IndicatorSpec) -> Step | None:
    if spec.period_kind is PeriodKind.INSTANT:
        return None
    return Step(
        "previous",
        clock=clock_of(spec.period_kind),
        stride=3 if _is_quarterly(spec) else 1,
        cumulative=spec.period_kind is PeriodKind.CUMULATIVE,
    )


def _check_class(result: IndicatorSpec, inputs: list[IndicatorSpec]) -> None:
    """What is made of a number is as secret as that number."""
    order = list(Classification)
    highest = max(inputs, key=lambda one: order.index(one.classification))
    if order.index(result.classification) < order.index(highest.classification):
        raise BadFormula(
            f"用到的 {highest.title} 是“{highest.classification}”,结果不能是"
            f"“{result.classification}”;把结果的 classification 改成不低于它"
        )


def _check_itself(own: str, tree: Node, levels: tuple[str, ...]) -> None:
    """A formula may add up its own indicator over the regions below, if it computes one level."""
    if own not in names_in(tree):
        return
    if _names_itself(tree, own) or len(levels) != 1:
        raise BadFormula(
            f"{own} 用到了自己;自己只能写在 regional_sum、regional_mean 里,且 levels 只写一级"
            '(如 levels = ["city"])'
        )


def _names_itself(node: AnyNode, own: str) -> bool:
    """Whether `own` is named outside a summary of the regions below."""
    if isinstance(node, Children):
        return False
    if isinstance(node, Name):
        return node.indicator == own
    return any(_names_itself(one, own) for one in inner_nodes(node))
