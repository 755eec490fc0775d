"""Morton order: two numbers interleaved into one, so that a tile is one run of a sorted list."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

_STEPS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def interleave(columns: NDArray[Any], rows: NDArray[Any]) -> Codes:
    """Morton codes of cells (numbers below 2**32); columns take the even bits."""
    return _spread(columns) | (_spread(rows) << np.uint64(1))


def _spread(numbers: NDArray[Any]) -> Codes:
    spread = numbers.astype(np.uint64)
    for shift, mask in _STEPS:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread
