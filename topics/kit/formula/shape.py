"""The shape of a formula: what adds up over regions, and which ratios are made of what adds up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from topics.kit.formula.nodes import (
    Binary,
    Children,
    Known,
    Monthly,
    Name,
    Negative,
    Node,
    Number,
    OfYear,
    Shift,
    Sites,
    Window,
)
from topics.kit.formula.units import RATES, unit_of
from topics.kit.manifest_indicators import IndicatorSpec

Specs = Mapping[str, IndicatorSpec]
# Lengths, pressures and times of several regions do not add up; what is counted or weighed does.
_NOT_ADDED = frozenset({"长度", "压强", "时间", "dB(A)", "dB", "℃", "°C"})


@dataclass(frozen=True, slots=True)
class Ratio:
    """A value that is factor × numerator ÷ denominator + offset, both parts adding up."""

    factor: float
    numerator: Node
    denominator: Node
    offset: float = 0.0


def adds_up(spec: IndicatorSpec) -> bool:
    """Whether values of regions may be added at all: amounts and counts, not rates or levels."""
    unit = unit_of(spec.unit)
    if spec.unit in RATES or not unit.powers:
        return False
    return (len(unit.powers) == 1 and unit.powers[0][0] not in _NOT_ADDED) or _volume(unit.powers)


def _volume(powers: tuple[tuple[str, int], ...]) -> bool:
    return powers in ((("长度", 3),), (("长度", 2),))


def below(node: Any, specs: Specs) -> Node | None:
    """What to work out in each region below so that the sum is `node` above; None: nothing."""
    maker = _BELOW.get(type(node))
    return None if maker is None else maker(node, specs)


def at_sites(node: Any, specs: Specs) -> Node | None:
    """What to work out at each site so that the sum is `node` of the region; None: nothing."""
    if isinstance(node, Sites):
        return node.inner if node.how in ("sum", "count", "known") else None
    if isinstance(node, Negative):
        inner = at_sites(node.inner, specs)
        return None if inner is None else Negative(inner)
    if isinstance(node, Binary) and node.sign in "+-":
        left, right = at_sites(node.left, specs), at_sites(node.right, specs)
        return None if left is None or right is None else Binary(node.sign, left, right)
    if isinstance(node, Binary) and isinstance(node.right, Number):
        left = at_sites(node.left, specs)
        return None if left is None else Binary(node.sign, left, node.right)
    return None


def means_written_out(node: Any) -> Any:
    """The tree with a mean over sites as what it is: their sum by how many have a value."""
    if isinstance(node, Sites) and node.how == "mean":
        known = Sites(Known(node.inner), "known", node.kind)
        return Binary("/", Sites(node.inner, "sum", node.kind), known)
    if isinstance(node, Negative):
        return Negative(means_written_out(node.inner))
    if isinstance(node, Binary):
        left, right = means_written_out(node.left), means_written_out(node.right)
        return Binary(node.sign, left, right, node.growth)
    return node


Below = Callable[[Any, Specs], "Node | None"]


def ratio_of(node: Any, specs: Specs, each: Below = below) -> Ratio | None:
    """The ratio that a formula is, None when it is something else; `each` says what adds up."""
    if isinstance(node, Negative):
        inner = ratio_of(node.inner, specs, each)
        return inner and _affine(inner, -1.0)
    if not isinstance(node, Binary):
        return None
    if isinstance(node.right, Number):
        return _with_number(ratio_of(node.left, specs, each), node.sign, node.right.value)
    if isinstance(node.left, Number) and node.sign != "/":
        inner = ratio_of(node.right, specs, each)
        if node.sign == "-":
            inner = inner and _affine(inner, -1.0)
        return _with_number(inner, "*" if node.sign == "*" else "+", node.left.value)
    if node.sign != "/":
        return None
    both = each(node.left, specs), each(node.right, specs)
    return None if None in both else Ratio(1.0, node.left, node.right)


def _with_number(inner: Ratio | None, sign: str, number: float) -> Ratio | None:
    if inner is None or (sign == "/" and number == 0):
        return None
    changed = {
        "*": lambda: _affine(inner, number),
        "/": lambda: _affine(inner, 1 / number),
        "+": lambda: _affine(inner, 1.0, number),
        "-": lambda: _affine(inner, 1.0, -number),
    }
    return changed[sign]()


def _affine(ratio: Ratio, factor: float, more: float = 0.0) -> Ratio:
    offset = ratio.offset * factor + more
    return Ratio(ratio.factor * factor, ratio.numerator, ratio.denominator, offset)


def _name(node: Name, specs: Specs) -> Node | None:
    spec = specs.get(node.indicator)
    return node if spec is not None and adds_up(spec) else None


def _negative(node: Negative, specs: Specs) -> Node | None:
    inner = below(node.inner, specs)
    return None if inner is None else Negative(inner)


def _binary(node: Binary, specs: Specs) -> Node | None:
    if node.sign in "+-":
        left, right = below(node.left, specs), below(node.right, specs)
        return None if left is None or right is None else Binary(node.sign, left, right)
    if isinstance(node.right, Number):
        left = below(node.left, specs)
        return None if left is None else Binary(node.sign, left, node.right)
    if isinstance(node.left, Number) and node.sign == "*":
        right = below(node.right, specs)
        return None if right is None else Binary("*", node.left, right)
    return None


def _shift(node: Shift, specs: Specs) -> Node | None:
    inner = below(node.inner, specs)
    return None if inner is None else Shift(inner, node.step)


def _window(node: Window, specs: Specs) -> Node | None:
    inner = below(node.inner, specs) if node.how in ("sum", "mean") else None
    return None if inner is None else Window(inner, node.step, node.how)


def _monthly(node: Monthly, specs: Specs) -> Node | None:
    inner = below(node.inner, specs)
    return None if inner is None else Monthly(inner, node.step)


def _of_year(node: OfYear, specs: Specs) -> Node | None:
    return None if below(node.inner, specs) is None else node


def _children(node: Children, specs: Specs) -> Node | None:
    return node.inner if node.how == "sum" else None


_BELOW: dict[type, Callable[[Any, Specs], Node | None]] = {
    Name: _name,
    Negative: _negative,
    Binary: _binary,
    Shift: _shift,
    Window: _window,
    Monthly: _monthly,
    OfYear: _of_year,
    Children: _children,
}
