"""What an evaluation passes around: values, what is known of them, and why one is not there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from topics.kit.formula.cubes import ABSENT, MISSING, NOT_MONITORED, OK, Floats, States


class Why(IntEnum):
    """Why there is no value."""

    NONE = 0
    INPUT = 1
    ZERO = 2
    BASE = 3
    BROKEN = 4
    COMBINED = 5
    INFINITE = 6
    ROOT = 7
    OUTSIDE = 8
    ALONE = 9
    RULE = 10
    NO_SITES = 11
    TOO_FEW = 12


@dataclass(frozen=True, slots=True)
class Cells:
    """Values over (region, period).

    `present`: something was said of this very period; only then is a result stored. `anchored`:
    whether that is known from the period itself rather than from an earlier one.
    """

    value: Floats
    state: States
    why: NDArray[np.uint8]
    present: NDArray[np.bool_]
    anchored: bool = True


def constant(value: float, shape: tuple[int, int]) -> Cells:
    """The same number everywhere."""
    return Cells(
        np.full(shape, value),
        np.full(shape, OK, dtype=np.uint8),
        np.zeros(shape, dtype=np.uint8),
        np.zeros(shape, dtype=np.bool_),
        anchored=False,
    )


def read(value: Floats, state: States) -> Cells:
    """What a cube holds of an indicator."""
    gone = state >= NOT_MONITORED
    return Cells(
        value,
        np.minimum(state, np.uint8(MISSING)),
        np.where(gone, np.uint8(Why.INPUT), np.uint8(0)),
        state != ABSENT,
    )


def worse(value: Floats, *of: Cells) -> Cells:
    """`value` with the worst state of what it was computed from; NaN where that has no value."""
    state, why = of[0].state, of[0].why
    for one in of[1:]:
        state = np.maximum(state, one.state)
        why = np.where(why, why, one.why)
    anchors = [one for one in of if one.anchored] or list(of)
    present = anchors[0].present
    for one in anchors[1:]:
        present = present | one.present
    gone = state >= NOT_MONITORED
    anchored = any(one.anchored for one in of)
    return Cells(np.where(gone, np.nan, value), state, why, present, anchored)


def missing_where(cells: Cells, condition: NDArray[np.bool_], why: Why) -> Cells:
    """The cells with those of `condition` taken away for a reason, unless they were gone before."""
    taken = condition & (cells.state < NOT_MONITORED)
    if not taken.any():
        return cells
    return Cells(
        np.where(taken, np.nan, cells.value),
        np.where(taken, np.uint8(MISSING), cells.state),
        np.where(taken, np.uint8(why), cells.why),
        cells.present,
        cells.anchored,
    )
