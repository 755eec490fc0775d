"""Rounding as standards of the environment ask for it: GB/T 8170, halves to the even digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_DUST = 9  # decimals: what lies behind is dust of floating point, not measured


def half_even(values: ArrayLike, decimals: int) -> Floats:
    """The values to so many decimals; a mean such as (0.4 + 3.7) ÷ 2 is 2.05 and goes to 2.0."""
    scale = 10.0**decimals
    clean = np.round(np.asarray(values, dtype=float) * scale, _DUST - decimals)
    found: Floats = np.rint(clean) / scale
    return found
