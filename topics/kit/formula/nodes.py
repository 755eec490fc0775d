"""What a formula is made of once it is read. Every function of the language becomes these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal

from topics.kit.formula.own import OwnFunction
from topics.kit.formula.spans import Span
from topics.kit.formula.steps import Step

Sign = Literal["+", "-", "*", "/"]
Summary = Literal["sum", "mean", "min", "max"]
OverSites = Literal["sum", "mean", "min", "max", "count", "known"]
OverPeriods = Literal["sum", "mean", "min", "max", "count", "known", "percentile"]
Comparing = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """The value of an indicator in the same region and period."""

    indicator: str


@dataclass(frozen=True, slots=True)
class Negative:
    """The negative of a value."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two values and a sign. `growth`: a quotient that means nothing unless its base is > 0."""

    sign: Sign
    left: Node
    right: Node
    growth: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """The square root; missing for a negative value."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Shift:
    """The value of another period: the one before, a year ago, last December."""

    inner: Node
    step: Step


@dataclass(frozen=True, slots=True)
class Window:
    """Several periods up to this one in one value; each of them must be there."""

    inner: Node
    step: Step
    how: Summary


@dataclass(frozen=True, slots=True)
class Monthly:
    """The month of a cumulative series: 1–3 月 less 1–2 月; February has none (1–2 月 is one)."""

    inner: Node
    step: Step


@dataclass(frozen=True, slots=True)
class OfYear:
    """The yearly value of the year before the period, or of the year before that (estimated)."""

    inner: Name
    step: Step


@dataclass(frozen=True, slots=True)
class Children:
    """The regions right below in one value."""

    inner: Node
    how: Summary


@dataclass(frozen=True, slots=True)
class Parent:
    """The value of the region above."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Rank:
    """The place among the regions under the same parent; equal values share the better place."""

    inner: Node
    descending: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition."""

    sign: Comparing
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Where:
    """One value where the condition holds, another where it does not."""

    condition: Compare
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of several values that is there; not the first: estimated."""

    choices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One component of an index: 0 at `low`, 100 at `high` (which may be the smaller)."""

    inner: Node
    weight: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Composite:
    """The mean of its components by their weights."""

    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much of the year is over at the end of the period, in percent (序时进度)."""

    step: Step


@dataclass(frozen=True, slots=True)
class Known:
    """1 where there is a value, 0 where there is none."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites below a region in one value; sites without a value are left out.

    `kind` is the kind of site, known once the formula is bound. "count" and "known" add up ones.
    """

    inner: Node
    how: OverSites
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """The finer periods inside this one in one value; those without a value are left out.

    With fewer than `least` of them known there is none. `rank` is the percentile, 0–100; `span`
    is known once the formula is bound.
    """

    inner: Node
    how: OverPeriods
    least: int = 1
    rank: float = 0.0
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the topic's own; `function` is known once the formula is bound."""

    name: str
    arguments: tuple[Node, ...]
    function: OwnFunction | None = None


Node = (
    Number
    | Name
    | Negative
    | Binary
    | Root
    | Shift
    | Window
    | Monthly
    | OfYear
    | Children
    | Parent
    | Rank
    | Where
    | Coalesce
    | Composite
    | Elapsed
    | Known
    | Sites
    | Within
    | Call
)
AnyNode = Node | Compare | Score


def inner_nodes(node: AnyNode) -> Iterator[AnyNode]:
    """The nodes right inside, from left to right."""
    for part in fields(node):
        value = getattr(node, part.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, _KINDS):
                yield one


def all_nodes(node: AnyNode) -> Iterator[AnyNode]:
    """The node and everything inside it."""
    yield node
    for one in inner_nodes(node):
        yield from all_nodes(one)


def names_in(node: AnyNode) -> tuple[str, ...]:
    """The indicators that a formula names, in order, each once."""
    return tuple(dict.fromkeys(one.indicator for one in all_nodes(node) if isinstance(one, Name)))


_KINDS = (
    Number, Name, Negative, Binary, Root, Shift, Window, Monthly, OfYear, Children, Parent,
    Rank, Where, Coalesce, Composite, Elapsed, Compare, Score, Known, Sites, Within,
    Call,
)  # fmt: skip
