"""Class limits of a choropleth: quantiles rounded to numbers a person can read (SCREENS §5)."""

from __future__ import annotations

import math
from collections.abc import Iterable

CLASSES = 7


def readable_breaks(values: Iterable[float]) -> list[float]:
    """Six rising limits between seven classes; fewer where the values do not need so many.

    Each limit lies between two different values, with as few digits as keep the limits apart.
    """
    known = sorted(set(values))
    if len(known) < 2:
        return []
    limits: list[float] = []
    for step in range(1, CLASSES):
        place = step * len(known) / CLASSES
        below = known[max(0, math.ceil(place) - 1)]
        above = known[min(len(known) - 1, math.ceil(place))]
        if below == above:
            continue
        limit = _rounded_between(below, above)
        if not limits or limit > limits[-1]:
            limits.append(limit)
    return limits


def _rounded_between(below: float, above: float) -> float:
    """The number with the fewest digits in (below, above]."""
    size = math.floor(math.log10(above - below)) + 1
    for digits in range(-size, -size + 17):
        unit = 10.0**-digits
        for candidate in (round((below + above) / 2, digits), math.floor(above / unit) * unit):
            if below < round(candidate, max(0, digits)) <= above:
                return round(candidate, max(0, digits))
    return above
