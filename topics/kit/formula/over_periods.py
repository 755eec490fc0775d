"""Many periods in one value, those without a value left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.kit.formula.cubes import Floats
from topics.kit.formula.nodes import OverPeriods

_HUNDRED = 100.0


def over_periods(values: Floats, used: NDArray[np.bool_], how: OverPeriods, rank: float) -> Floats:
    """The last axis in one value by `how`; NaN or anything where nothing is used.

    A percentile lies at place (n − 1) × p of the values in order, with a straight line between
    neighbours (HJ 663 annex A as quoted at second hand, unverified).
    """
    number = used.sum(axis=-1)
    with np.errstate(all="ignore"):
        if how in ("sum", "count", "known"):
            return np.asarray(np.where(used, values, 0.0).sum(axis=-1))
        if how == "mean":
            return np.asarray(np.where(used, values, 0.0).sum(axis=-1) / number)
        if how == "min":
            return np.asarray(np.where(used, values, np.inf).min(axis=-1))
        if how == "max":
            return np.asarray(np.where(used, values, -np.inf).max(axis=-1))
    ordered = np.sort(np.where(used, values, np.inf), axis=-1)
    place = np.maximum(number - 1, 0) * rank / _HUNDRED
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(number - 1, 0))
    first = np.take_along_axis(ordered, low[..., None], axis=-1)[..., 0]
    second = np.take_along_axis(ordered, high[..., None], axis=-1)[..., 0]
    with np.errstate(invalid="ignore"):
        return np.asarray(first + np.where(high > low, (second - first) * (place - low), 0.0))
