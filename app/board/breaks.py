"""Class limits of a choropleth: quantiles rounded to numbers a person can read (SCREENS §5)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from layers.catalogue.readable import rounded_between
from topics.kit.words.numbers import rounded

CLASSES = 7


def as_shown(values: Mapping[str, float], precision: int) -> dict[str, float]:
    """The values as they are written for people: what reads the same is coloured the same."""
    return {code: float(rounded(value, precision)) for code, value in values.items()}


def readable_breaks(values: Iterable[float]) -> list[float]:
    """Six rising limits between seven classes; fewer where the values do not need so many.

    A class begins at its limit. Each limit lies between two different values, with as few digits
    as keep the limits apart: of values as shown no two limits read the same.
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
