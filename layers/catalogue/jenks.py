"""Natural breaks (Fisher-Jenks): the classes with the least variance inside.

mapclassify does the same in plain Python where numba is missing: minutes for 2,000 values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST = 1_000  # different values that are looked at; of more, evenly spaced ranks


def natural_upper_bounds(values: Floats, counts: Floats, classes: int) -> Floats:
    """The largest value of each class, ascending; `values` are distinct and ascending."""
    values, counts = _sampled(values, counts)
    classes = min(classes, len(values))
    weight = np.concatenate(([0.0], np.cumsum(counts)))
    centred = values - values[len(values) // 2]  # keeps the squares small
    first = np.concatenate(([0.0], np.cumsum(counts * centred)))
    second = np.concatenate(([0.0], np.cumsum(counts * centred**2)))
    start, end = np.arange(len(values))[:, None], np.arange(1, len(values) + 1)[None, :]
    inside = np.where(end > start, weight[end] - weight[start], 1.0)
    spread = second[end] - second[start] - (first[end] - first[start]) ** 2 / inside
    spread = np.where(end > start, np.maximum(spread, 0.0), np.inf)
    return values[_ends(spread, classes)]


def _ends(spread: Floats, classes: int) -> NDArray[np.int64]:
    """Position of each class's last value: the cheapest way to cut into so many runs."""
    size = len(spread)
    cost = spread[0]
    cuts = []
    for _ in range(1, classes):
        before = np.concatenate(([np.inf], cost[:-1]))  # what lies before each start
        total = before[:, None] + spread
        cut = np.argmin(total, axis=0)
        cost = total[cut, np.arange(size)]
        cuts.append(cut)
    ends = [size - 1]
    for cut in reversed(cuts):
        ends.append(int(cut[ends[-1]]) - 1)
    return np.array(ends[::-1], np.int64)


def _sampled(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    if len(values) <= MOST:
        return values, counts.astype(np.float64)
    ends = np.linspace(0, len(values), MOST + 1).astype(np.int64)
    # The last value of each run stands for it, so that the highest of all is among them.
    return values[ends[1:] - 1], np.add.reduceat(counts.astype(np.float64), ends[:-1])
