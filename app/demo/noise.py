"""Random-looking functions of time: the same moment always gives the same value."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_OCTAVES = ((1.0, 0.62), (0.27, 0.28), (0.07, 0.10))  # scale, share


def seed_of(*names: object) -> int:
    """A seed that depends on the names only."""
    return crc32("/".join(str(name) for name in names).encode())


def chance(seed: int, steps: NDArray[np.int64]) -> Floats:
    """A number in [0, 1) for each step, independent of its neighbours (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = steps.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    shares: Floats = (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return shares


def wave(seed: int, position: Floats) -> Floats:
    """A smooth curve within -1…1 that turns about once per unit of `position`."""
    whole = np.floor(position)
    part = position - whole
    blend = part * part * (3 - 2 * part)
    steps = whole.astype(np.int64)
    left, right = chance(seed, steps), chance(seed, steps + 1)
    curve: Floats = 2 * (left + (right - left) * blend) - 1
    return curve


def walk(seed: int, position: Floats) -> Floats:
    """Like `wave`, with finer movement on top; reads like a random walk that stays near 0."""
    total = np.zeros_like(position)
    for number, (scale, share) in enumerate(_OCTAVES):
        total += share * wave(seed + 7919 * number, position / scale)
    return total * 1.7
