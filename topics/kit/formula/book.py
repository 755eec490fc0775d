"""All formulas of all topics: checked together, in the order in which they can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from topics.kit.errors import BadFormula
from topics.kit.formula.binding import NO_FUNCTIONS
from topics.kit.formula.formula import Formula, formula_of
from topics.kit.formula.own import OwnFunction
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_tables import FormulaSpec


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` goes into `target`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Which indicators are computed from which."""

    nodes: Sequence[str]
    edges: Sequence[Edge]


class FormulaBook:
    """Every formula by the indicator it computes, inputs before what is computed from them."""

    def __init__(self, formulas: Iterable[Formula]) -> None:
        """Take the formulas; BadFormula when some of them go round in a circle."""
        known = {one.id: one for one in formulas}
        self._formulas = MappingProxyType({one: known[one] for one in _ordered(known)})
        readers: dict[str, list[str]] = {}
        for one in self._formulas.values():
            for name in one.inputs:
                readers.setdefault(name, []).append(one.id)
        self._readers = readers

    def __iter__(self) -> Iterator[Formula]:
        """Every formula, inputs first."""
        return iter(self._formulas.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._formulas)

    def find(self, indicator: str) -> Formula | None:
        """The formula that computes an indicator; None for one that is brought or reported."""
        return self._formulas.get(indicator)

    @property
    def inputs(self) -> frozenset[str]:
        """Every indicator that a formula names."""
        return frozenset(self._readers)

    def readers(self, indicator: str) -> tuple[Formula, ...]:
        """The formulas that name an indicator, inputs first."""
        return tuple(self._formulas[one] for one in self._readers.get(indicator, ()))

    def dependents(self, indicator: str) -> tuple[str, ...]:
        """Everything computed from an indicator, at once or through others, inputs first."""
        reached = {indicator}
        for one in self._formulas.values():
            if not reached.isdisjoint(one.inputs):
                reached.add(one.id)
        return tuple(one for one in self._formulas if one in reached - {indicator})

    def graph(self) -> Graph:
        """Every indicator that takes part, inputs first, and what goes into what."""
        edges = [
            Edge(name, one.id)
            for one in self._formulas.values()
            for name in one.inputs
            if name != one.id
        ]
        nodes = dict.fromkeys(name for edge in edges for name in (edge.source, edge.target))
        return Graph(tuple(nodes), tuple(edges))


def read_formulas(
    declared: Iterable[FormulaSpec],
    specs: Mapping[str, IndicatorSpec],
    own: Mapping[str, OwnFunction] = NO_FUNCTIONS,
) -> tuple[list[Formula], list[tuple[int, str]]]:
    """The formulas that are in order, and (row from 1, problem) of those that are not."""
    good, problems = [], []
    for number, one in enumerate(declared, 1):
        try:
            good.append(formula_of(one, specs, own))
        except BadFormula as wrong:
            problems.append((number, str(wrong)))
    return good, problems


def _ordered(formulas: Mapping[str, Formula]) -> list[str]:
    """The ids, each after everything it is computed from."""
    done: dict[str, None] = {}
    under_way: list[str] = []

    def visit(one: str) -> None:
        if one in done or one not in formulas:
            return
        if one in under_way:
            circle = [*under_way[under_way.index(one) :], one]
            raise BadFormula(f"公式互相引用成环:{' → '.join(circle)};去掉其中一处引用")
        under_way.append(one)
        for name in formulas[one].inputs:
            if name != one:
                visit(name)
        under_way.pop()
        done[one] = None

    for one in formulas:
        visit(one)
    return list(done)
