"""Limits between values, written with as few digits as keep the values apart."""

from __future__ import annotations

import math


def rounded_between(below: float, above: float) -> float:
    """The number with the fewest digits in (below, above]."""
    size = math.floor(math.log10(above - below)) + 1
    for digits in range(-size, -size + 17):
        unit = 10.0**-digits
        middle = round((below + above) / 2, digits)
        for candidate in (middle, math.floor(above / unit) * unit, round(above, digits)):
            if below < round(candidate, max(0, digits)) <= above:
                return round(candidate, max(0, digits))
    return above
