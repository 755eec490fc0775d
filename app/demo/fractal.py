"""Natural-looking lines from a few control points; the same seed draws the same line."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
ASPECT = 0.907  # cos 24.8°: a degree of longitude against a degree of latitude


def generator(*names: object) -> np.random.Generator:
    """A random generator that depends on the names only, not on run or machine."""
    return np.random.default_rng(crc32("/".join(str(name) for name in names).encode()))


def smooth(points: Points, step: float) -> Points:
    """A centripetal Catmull-Rom curve through all points, about one vertex every `step` degrees."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = [
        _curve(padded[i : i + 4], max(2, int(_length(padded[i + 1 : i + 3]) / step)))
        for i in range(len(points) - 1)
    ]
    return np.vstack([*pieces, points[-1:]])


def roughen(points: Points, rng: np.random.Generator, *, step: float, roughness: float) -> Points:
    """Split every segment at displaced midpoints until none is longer than `step`; ends stay."""
    while (lengths := _lengths(points)).max() > step:
        across = np.column_stack([-np.diff(points[:, 1]), np.diff(points[:, 0])])
        across *= (1 / ASPECT, ASPECT)  # perpendicular on the ground, not in degrees
        pull = np.clip(rng.normal(0, roughness, len(lengths)), -1.6 * roughness, 1.6 * roughness)
        middle = (points[:-1] + points[1:]) / 2 + across * pull[:, None]
        split = lengths > step
        points = np.insert(points, np.flatnonzero(split) + 1, middle[split], axis=0)
    return points


def _curve(four: Points, count: int) -> Points:
    gaps = np.maximum(np.sqrt(_lengths(four)), 1e-9)
    t0, t1, t2, t3 = np.concatenate([[0.0], np.cumsum(gaps)])
    t = np.linspace(t1, t2, count, endpoint=False)[:, None]
    a = [
        ((e - t) * four[i] + (t - s) * four[i + 1]) / (e - s)
        for i, (s, e) in enumerate([(t0, t1), (t1, t2), (t2, t3)])
    ]
    b1 = ((t2 - t) * a[0] + (t - t0) * a[1]) / (t2 - t0)
    b2 = ((t3 - t) * a[1] + (t - t1) * a[2]) / (t3 - t1)
    curve: Points = ((t2 - t) * b1 + (t - t1) * b2) / (t2 - t1)
    return curve


def _lengths(points: Points) -> Points:
    steps = np.diff(points, axis=0) * (ASPECT, 1.0)
    lengths: Points = np.hypot(steps[:, 0], steps[:, 1])
    return lengths


def _length(points: Points) -> float:
    return float(_lengths(points).sum())
