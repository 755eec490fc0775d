"""Numbers in the sentences of checks: value and unit together, never in exponents."""

from __future__ import annotations

from topics.kit.manifest_indicators import IndicatorSpec

_MINUS = "\N{MINUS SIGN}"


def written(spec: IndicatorSpec, value: float) -> str:
    """`value` with the decimals of its indicator (more where they matter) and its unit."""
    text = f"{abs(value):,.{spec.precision}f}"
    if float(text.replace(",", "")) != abs(value):
        text = f"{abs(value):,.{spec.precision + 2}f}".rstrip("0").rstrip(".")
    sign = _MINUS if value < 0 else ""
    gap = "" if spec.unit in ("", "%") else " "
    return f"{sign}{text}{gap}{spec.unit}"


def percent(share: float) -> str:
    """A share between 0 and 1 as 98.6%; one decimal, and never 100% or 0% by rounding alone."""
    hundred = share * 100
    if 0 < hundred < 0.1:
        return "不足 0.1%"
    if 99.9 < hundred < 100:
        return "99.9%"
    return f"{hundred:.1f}".removesuffix(".0") + "%"
