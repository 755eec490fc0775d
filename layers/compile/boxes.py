"""A packed tree of bounding boxes that lies in a mapped array and costs no memory of its own.

Leaves are in the rows' (spatial) order; every 16 boxes have a parent. A shapely STRtree would hold
about 100 bytes a shape in every process.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FAN_OUT = 16
Boxes = NDArray[Any]


def pack(leaves: Boxes) -> Boxes:
    """Leaves followed by their parents' levels, up to one root; (x0, y0, x1, y1) a row."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        start = np.arange(0, len(below), FAN_OUT)
        low = np.minimum.reduceat(below[:, :2], start, axis=0)
        levels.append(np.hstack((low, np.maximum.reduceat(below[:, 2:], start, axis=0))))
    return np.concatenate(levels)


class BoxTree:
    """Finds leaves that meet a window."""

    def __init__(self, boxes: Boxes, leaves: int) -> None:
        """Wrap what `pack` made from that many leaves."""
        self.leaves = boxes[:leaves]
        self._levels = []
        start, count = 0, leaves
        while count:
            self._levels.append(boxes[start : start + count])
            start, count = start + count, -(-count // FAN_OUT) if count > 1 else 0

    def query(self, window: tuple[int, int, int, int]) -> NDArray[np.int64]:
        """Ascending positions of the leaves that meet the window, edges included."""
        if not self._levels:
            return np.empty(0, np.int64)
        found = np.zeros(1, np.int64)
        for depth in range(len(self._levels) - 1, -1, -1):
            found = found[_meets(self._levels[depth][found], window)]
            if depth:
                below = (found[:, None] * FAN_OUT + np.arange(FAN_OUT)).reshape(-1)
                found = below[below < len(self._levels[depth - 1])]
        return found


def _meets(boxes: Boxes, window: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = window
    meets: NDArray[np.bool_] = (
        (boxes[:, 0] <= x1) & (boxes[:, 1] <= y1) & (boxes[:, 2] >= x0) & (boxes[:, 3] >= y0)
    )
    return meets
