"""Class limits of a choropleth: quantiles rounded to numbers a person can read (SCREENS §5)."""

from __future__ import annotations

import math
from collections.abc import Iterable

from layers.catalogue.readable import rounded_between

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
        limit = rounded_between(below, above)
        if not limits or limit > limits[-1]:
            limits.append(limit)
    return limits
