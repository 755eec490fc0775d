"""What a topic's own function gets and gives: whole arrays, so that one call serves a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Region

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows and columns of the arrays: regions or sites, and each period's first local day.

    `estimated` has for each argument where its value is an estimate (half a detection limit …).
    """

    regions: Sequence[Region]
    days: Sequence[date]
    estimated: Sequence[Flags] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A result of shape (regions, periods): NaN where there is none, flags where it is estimated.

    `why` says in Chinese what is missing where nothing could be said, e.g. "溶解氧缺测"; `note`
    what an estimate of a single cell left out. `idle` is where there is nothing to tell and nothing
    lacking (not 缺测); `certain` where the result holds although an argument is an estimate.
    """

    value: Floats
    estimated: Flags | None = None
    why: str = ""
    idle: Flags | None = None
    certain: Flags | None = None
    note: str = ""


DomainFunction = Callable[..., Derived]
"""`f(frame, *arguments)`: each argument is an array like the result, NaN where nothing is known."""


def as_arrays(arguments: Sequence[Any]) -> tuple[Floats, ...]:
    """The arguments as float arrays of one shape."""
    return tuple(np.broadcast_arrays(*[np.asarray(one, dtype=np.float64) for one in arguments]))
