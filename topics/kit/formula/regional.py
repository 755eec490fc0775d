"""Values over the tree of regions: sums and means of those below, the one above, ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.kit.formula.cells import Cells, Why
from topics.kit.formula.cubes import ESTIMATED, MISSING, NOT_MONITORED
from topics.kit.formula.geography import Geography
from topics.kit.formula.nodes import OverSites, Summary

Flags = NDArray[np.bool_]


def of_children(
    inner: Cells, how: Summary, geography: Geography, valid: Flags, *, skip: bool
) -> Cells:
    """Each region's children in one value.

    A child that is not monitored, or was no region then, is left out; one that is missing makes
    the result missing, or with `skip` estimated.
    """
    made = _nothing(inner)
    for row, below in geography.below.items():
        _one_parent(inner, how, row, list(below), valid, made, skip=skip)
    return made


def _one_parent(
    inner: Cells, how: Summary, row: int, below: list[int], valid: Flags, made: Cells, *, skip: bool
) -> None:
    state, there = inner.state[below], valid[below]
    counted = there & (state != NOT_MONITORED)
    gone = counted & (state >= MISSING)
    used = counted & ~gone
    number = used.sum(axis=0)
    values = inner.value[below]
    with np.errstate(all="ignore"):
        made.value[row] = _SUMMARIES[how](values, used)
    worst = np.where(used, state, 0).max(axis=0)
    lacking = gone.any(axis=0)
    if skip:
        worst = np.where(lacking, np.maximum(worst, ESTIMATED), worst)
        failed = number == 0
    else:
        failed = lacking | (number == 0)
    only_unmonitored = ~counted.any(axis=0) & there.any(axis=0)
    result = np.where(failed, MISSING, worst)
    result = np.where(failed & only_unmonitored, NOT_MONITORED, result)
    made.state[row] = result
    made.why[row] = np.where(failed, Why.INPUT, 0)
    made.value[row] = np.where(failed, np.nan, made.value[row])
    made.present[row] = (inner.present[below] & there).any(axis=0)


def of_sites(
    inner: Cells, how: OverSites, kind: str, geography: Geography, valid: Flags, *, mark: bool
) -> Cells:
    """All sites below each region in one value; those without a value are left out.

    With `mark` a value that leaves some out is estimated. Where none has a value there is none:
    not monitored when none is monitored, else missing.
    """
    made = _nothing(inner)
    made.why[:] = Why.NO_SITES
    for row, below in geography.held(kind).items():
        _one_of_sites(inner, how, row, list(below), valid, made, mark=mark)
    return made


def _one_of_sites(
    inner: Cells,
    how: OverSites,
    row: int,
    below: list[int],
    valid: Flags,
    made: Cells,
    *,
    mark: bool,
) -> None:
    state, there = inner.state[below], valid[below]
    used = there & (state < NOT_MONITORED)
    none = ~used.any(axis=0)
    with np.errstate(all="ignore"):
        value = _SUMMARIES[_OVER_SITES[how]](inner.value[below], used)
    worst = np.where(used, state, 0).max(axis=0)
    if mark:
        lacking = (there & (state == MISSING)).any(axis=0)
        worst = np.where(lacking, np.maximum(worst, ESTIMATED), worst)
    unmonitored = none & ~(there & (state == MISSING)).any(axis=0) & there.any(axis=0)
    gone = np.where(unmonitored, NOT_MONITORED, MISSING)
    made.state[row] = np.where(none, gone, worst)
    made.why[row] = np.where(none, Why.INPUT, 0)
    made.value[row] = np.where(none, np.nan, value)
    made.present[row] = (inner.present[below] & there).any(axis=0)


_OVER_SITES: dict[str, str] = {
    "sum": "sum",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "count": "sum",
    "known": "sum",
}


def _sum(values: NDArray[np.float64], used: Flags) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.where(used, values, 0.0).sum(axis=0)
    return total


def _mean(values: NDArray[np.float64], used: Flags) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = _sum(values, used) / used.sum(axis=0)
    return mean


def _least(values: NDArray[np.float64], used: Flags) -> NDArray[np.float64]:
    least: NDArray[np.float64] = np.where(used, values, np.inf).min(axis=0)
    return least


def _most(values: NDArray[np.float64], used: Flags) -> NDArray[np.float64]:
    most: NDArray[np.float64] = np.where(used, values, -np.inf).max(axis=0)
    return most


_SUMMARIES = {"sum": _sum, "mean": _mean, "min": _least, "max": _most}


def of_parent(inner: Cells, geography: Geography) -> Cells:
    """The value of the region above each; nothing is said of a region without one."""
    above = geography.above
    none = (above < 0)[:, None]
    state = np.where(none, np.uint8(MISSING), inner.state[above])
    return Cells(
        np.where(none, np.nan, inner.value[above]),
        state,
        np.where(none, np.uint8(Why.ALONE), inner.why[above]),
        np.where(none, False, inner.present[above]),
        anchored=False,
    )


def ranks(
    inner: Cells, geography: Geography, valid: Flags, *, descending: bool, skip: bool
) -> Cells:
    """The place of each region among those under the same parent; equal ones share the better.

    One without a value has no place; with a sibling missing nobody has, unless `skip`.
    """
    made = _nothing(inner)
    made.why[:] = Why.ALONE
    for below in geography.below.values():
        rows = list(below)
        state = np.where(valid[rows], inner.state[rows], NOT_MONITORED)
        used = state < NOT_MONITORED
        values = inner.value[rows] if descending else -inner.value[rows]
        ahead = (values[None, :, :] > values[:, None, :]) & used[None, :, :]
        lacking = (state == MISSING).any(axis=0)
        worst = np.where(lacking, ESTIMATED, 0) if skip else np.where(lacking, MISSING, 0)
        result = np.maximum(state, worst)
        gone = result >= NOT_MONITORED
        made.value[rows] = np.where(gone, np.nan, 1.0 + ahead.sum(axis=1))
        made.state[rows] = result
        made.why[rows] = np.where(gone, Why.INPUT, 0)
        made.present[rows] = inner.present[rows] & valid[rows]
    return made


def outside_children(cells: Cells, geography: Geography, valid: Flags) -> Flags:
    """Where a parent lies outside the range of its children, all of which have a value."""
    found = np.zeros(cells.value.shape, dtype=np.bool_)
    for row, below in geography.below.items():
        rows = list(below)
        state = np.where(valid[rows], cells.state[rows], NOT_MONITORED)
        used = state < NOT_MONITORED
        known = (used.sum(axis=0) > 0) & ~(state == MISSING).any(axis=0)
        low = np.where(used, cells.value[rows], np.inf).min(axis=0)
        high = np.where(used, cells.value[rows], -np.inf).max(axis=0)
        with np.errstate(invalid="ignore"):
            slack = 1e-9 * np.maximum(np.abs(low), np.abs(high))
            own = cells.value[row]
            found[row] = known & ((own < low - slack) | (own > high + slack))
    return found


def _nothing(like: Cells) -> Cells:
    shape = like.value.shape
    return Cells(
        np.full(shape, np.nan),
        np.full(shape, MISSING, dtype=np.uint8),
        np.full(shape, Why.ALONE, dtype=np.uint8),
        np.zeros(shape, dtype=np.bool_),
        like.anchored,
    )
