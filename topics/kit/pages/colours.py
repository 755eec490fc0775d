"""Which design token colours a class: by the statutory palette the indicator names."""

from __future__ import annotations

from topics.kit.manifest_indicators import IndicatorSpec

_LAMPS = ("ok", "blue", "warn", "bad")
_NAMED = (("浅蓝", "d2"), ("蓝", "blue"), ("红", "red"), ("橙", "orange"), ("黄", "yellow"),
          ("绿", "ok"), ("未达标", "bad"), ("超标", "bad"), ("达标", "ok"), ("超警", "warn"),
          ("超正常", "warn"), ("超", "bad"), ("历史最高", "bad"), ("低于", "blue"),
          ("正常", "ok"))  # fmt: skip
_RAMP = 7


def class_colour(spec: IndicatorSpec, number: int) -> str:
    """The token of the class with that place (0 is the first declared).

    water and aqi have six each; lamp goes by the colour or state a label names (绿, 达标, 超标 …),
    else from green to red;
    without a palette the ramp q1–q7.
    """
    if spec.colours == "water":
        return f"w{min(number + 1, 6)}"
    if spec.colours == "aqi":
        return f"aqi{min(number + 1, 6)}"
    if spec.colours == "lamp":
        return _lamp(spec.classes[number].label, number)
    steps = max(1, len(spec.classes) - 1)
    return f"q{1 + round(number * (_RAMP - 1) / steps)}"


def class_of(spec: IndicatorSpec, value: float | None) -> int | None:
    """The place of the class that a value falls into; None where nothing can be said."""
    if value is None:
        return None
    for number, one in enumerate(spec.classes):
        if one.upto is None or value <= one.upto:
            return number
    return None


def _lamp(label: str, number: int) -> str:
    named = next((token for word, token in _NAMED if word in label), "")
    return named or _LAMPS[min(number, len(_LAMPS) - 1)]
