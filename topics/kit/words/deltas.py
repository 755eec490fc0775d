"""What a value is compared with, and how the difference is said (SCREENS §6, PRACTICE 6 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import rounded, write_plain


class Measure(StrEnum):
    """How a difference is measured."""

    PERCENT = "percent"  # relative change in %
    POINTS = "points"  # difference of two rates, in 百分点
    ABSOLUTE = "absolute"  # difference in the unit of the value
    CLASSES = "classes"  # so many classes better or worse


@dataclass(frozen=True, slots=True)
class Delta:
    """A difference in words: label, arrow (empty when level), text, and a tone for the colour."""

    label: str
    arrow: str
    text: str
    tone: str = ""


def difference(value: float, reference: float, measure: Measure) -> float | None:
    """The difference of two values; None where a relative change has no meaning."""
    if measure is Measure.PERCENT:
        # A change relative to zero or to a negative number says nothing.
        return None if reference <= 0 else (value / reference - 1) * 100
    return value - reference


def say_classes(change: int, *, label: str, step: str, lamp: Lamp, direction: str) -> Delta:
    """Word a difference of classes: 好转 1 类, 变差 2 类, 持平; never in percent."""
    if change == 0:
        return Delta(label, "", "持平")
    worse = (change > 0) == (direction != "higher")
    if direction == "none":
        return Delta(label, "", f"{'升' if change > 0 else '降'} {abs(change)} {step}")
    lit = worse and lamp in (Lamp.WARN, Lamp.BAD)
    word = "变差" if worse else "好转"
    return Delta(label, "", f"{word} {abs(change)} {step}", lamp.value if lit else "")


def say(
    change: float, *, label: str, measure: Measure, precision: int, lamp: Lamp, direction: str
) -> Delta:
    """Word a difference; level when it is below half the last digit shown.

    Only a row whose lamp is lit is coloured, and only when the value moved the wrong way.
    """
    digits = precision if measure is Measure.ABSOLUTE else 1
    shown = rounded(change, digits)
    if shown == 0:
        return Delta(label, "", "持平")
    suffix = {Measure.PERCENT: "%", Measure.POINTS: " 点", Measure.ABSOLUTE: ""}[measure]
    rising = shown > 0
    wrong_way = (direction == "higher" and not rising) or (direction == "lower" and rising)
    lit = lamp in (Lamp.WARN, Lamp.BAD)
    return Delta(
        label,
        "▲" if rising else "▼",
        f"{write_plain(abs(change), digits)}{suffix}",
        lamp.value if lit and wrong_way else "",
    )
