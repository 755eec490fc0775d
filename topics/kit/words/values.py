"""A value as people read it: a number with its unit, or the name of its class (Ⅲ类, 良)."""

from __future__ import annotations

from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.numbers import Written, write

_KIND = "类"


def write_value(spec: IndicatorSpec, value: float | None, precision: int | None = None) -> Written:
    """The value in words; "—" when there is none. A class has no unit, and no digits either.

    `precision` takes the place of the indicator's, for numbers that must be told apart.
    """
    if spec.shown == "class" and value is not None:
        return Written(class_name(spec, value), "")
    digits = spec.precision if precision is None else precision
    return write(value, spec.unit, digits, spec.scale)


def class_place(spec: IndicatorSpec, value: float | None) -> int | None:
    """The place of the class that a value falls into (0 is the first); None when in none."""
    if value is None:
        return None
    limits = (one.upto for one in spec.classes)
    return next((n for n, upto in enumerate(limits) if upto is None or value <= upto), None)


def class_name(spec: IndicatorSpec, value: float | None) -> str:
    """The name of the class; water quality says 类 after its numeral; "" when in none."""
    place = class_place(spec, value)
    if place is None:
        return ""
    label = spec.classes[place].label
    return label + _KIND if spec.colours == "water" and not label.endswith(_KIND) else label


def step_name(spec: IndicatorSpec) -> str:
    """What classes are counted in: 类 for water quality, 级 for all others."""
    return _KIND if spec.colours == "water" else "级"
