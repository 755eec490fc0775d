"""How a number is written for people (SCREENS §6): grouping, 万/亿, minus sign, units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

Scale = Literal["auto", "plain", "wan", "yi"]

_MINUS = "\N{MINUS SIGN}"
_WAN, _YI = 10_000, 100_000_000
_DUST = 9
_FROM_WAN = 100_000  # below 10 万 a number is written out


@dataclass(frozen=True, slots=True)
class Written:
    """A number and its unit as they stand on a card."""

    text: str
    unit: str


def write(value: float | None, unit: str, precision: int, scale: Scale = "auto") -> Written:
    """`value` with `precision` decimals; from 10 万 in 万, from 1 亿 in 亿; missing is "—".

    `scale` "plain" never divides; "wan" and "yi" always do, unless the unit has 万 or 亿 already.
    """
    if value is None or not math.isfinite(value):
        return Written("—", unit)
    size, divided = abs(value), unit.startswith(("万", "亿"))
    if scale == "auto":
        scale = "yi" if size >= _YI else "wan" if size >= _FROM_WAN and not divided else "plain"
    elif divided:
        scale = "plain"
    if scale == "yi":
        return Written(_grouped(value / _YI, 2), f"亿{unit}")
    if scale == "wan":
        return Written(_grouped(value / _WAN, 1), f"万{unit}")
    return Written(_grouped(value, precision), unit)


def write_plain(value: float, precision: int) -> str:
    """`value` without unit or scaling, for axes, breaks and differences."""
    return _grouped(value, precision)


def rounded(value: float, precision: int) -> Decimal:
    """`value` to `precision` decimals, halves to even (GB/T 8170).

    What lies behind the ninth decimal is dust of floating point: (0.4 + 3.7) ÷ 2 is 2.05.
    """
    clean = round(value, max(_DUST, precision))
    return Decimal(repr(clean)).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_EVEN)


def _grouped(value: float, precision: int) -> str:
    exact = rounded(value, precision)
    text = f"{abs(exact):,f}"
    return f"{_MINUS}{text}" if exact < 0 else text
