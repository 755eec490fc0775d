"""One formula of a topic, read, checked and bound to its indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from topics.kit.contracts import PeriodKind
from topics.kit.durations import parse_duration
from topics.kit.errors import BadFormula
from topics.kit.formula.binding import NO_FUNCTIONS, bind
from topics.kit.formula.clocks import Clock, clock_of
from topics.kit.formula.nodes import (
    AnyNode,
    Call,
    Children,
    Name,
    Node,
    Sites,
    all_nodes,
    inner_nodes,
    names_in,
)
from topics.kit.formula.own import OwnFunction
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
    range of its children is refused (PRACTICE 8). `scope` is which regions and which kinds of site
    an evaluation has to hold.
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
    scope: Scope = field(default_factory=lambda: Scope())

    @property
    def functions(self) -> tuple[OwnFunction, ...]:
        """The topic's own functions that it calls, each once."""
        calls = (one for one in all_nodes(self.tree) if isinstance(one, Call))
        return tuple(dict.fromkeys(one.function for one in calls if one.function is not None))

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
        rules = "".join(one.digest for one in self.functions)
        return sha256((repr(said) + rules).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Scope:
    """The levels of regions and the kinds of site that are rows of a formula's cubes."""

    levels: frozenset[str] = frozenset({"city", "county"})
    kinds: frozenset[str] = frozenset()


def formula_of(
    declared: FormulaSpec, specs: Specs, own: Mapping[str, OwnFunction] = NO_FUNCTIONS
) -> Formula:
    """The formula of one [[formulas]] entry; BadFormula says what is wrong with it.

    `own` are the functions of the topic that declares it.
    """
    spec = specs.get(declared.id)
    if spec is None:
        raise BadFormula(f"指标 {declared.id!r} 没有声明;先在 [[indicators]] 里声明它")
    tree = bind(parse(declared.expression, own), specs, spec, own)
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
        scope=_scope(spec, tree, [specs[one] for one in inputs], levels),
    )


def _scope(
    spec: IndicatorSpec, tree: Node, inputs: Sequence[IndicatorSpec], levels: tuple[str, ...]
) -> Scope:
    """Towns only where an input or the result has them; sites only where the formula uses them."""
    reached = {one for each in inputs for one in each.levels} | set(levels)
    kinds = {one.kind for one in all_nodes(tree) if isinstance(one, Sites)}
    if "site" in levels:
        kinds.add(spec.sites)
    return Scope(frozenset({"city", "county"} | (reached & {"town"})), frozenset(kinds))


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
        scope=_scope(spec, Name(spec.id), [spec], spec.levels),
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
    highest = max(inputs, key=lambda one: one.classification.rank)
    if result.classification.rank < highest.classification.rank:
        raise BadFormula(
            f"用到的 {highest.title} 是“{highest.classification}”,结果不能是"
            f"“{result.classification}”;把结果的 classification 改成不低于它"
        )


def _check_itself(own: str, tree: Node, levels: tuple[str, ...]) -> None:
    """A formula may add up its own indicator over the regions below, if it computes one level.

    Over sites it may do so for all the levels above them.
    """
    if own not in names_in(tree):
        return
    over_sites = not _names_itself(tree, own, (Sites,)) and "site" not in levels
    if not over_sites and (_names_itself(tree, own, (Sites, Children)) or len(levels) != 1):
        raise BadFormula(
            f"{own} 用到了自己;自己只能写在 regional_sum、regional_mean 里,且 levels 只写一级"
            '(如 levels = ["city"]);或写在 sites_ 开头的函数里,且 levels 不含 site'
        )


def _names_itself(node: AnyNode, own: str, summaries: tuple[type, ...]) -> bool:
    """Whether `own` is named outside a summary of the regions or sites below."""
    if isinstance(node, summaries):
        return False
    if isinstance(node, Name):
        return node.indicator == own
    return any(_names_itself(one, own, summaries) for one in inner_nodes(node))
