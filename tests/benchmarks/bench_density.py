"""Event density on hexagons beside scipy's gaussian_kde: seconds, and how far they differ inside.

Run as `python -m tests.benchmarks.bench_density [--events N] [--side METRES]`; prints a table. The
events are clusters over a rectangle as large as the city. gaussian_kde corrects no edge, so the
difference is told for cells three bandwidths from it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import shapely
from scipy.stats import gaussian_kde

from topics.grid import density, hexagons

AREA = shapely.box(112.9, 23.9, 114.7, 25.5)
_TIMES = 5


class _Round(gaussian_kde):
    """scipy's density with a round kernel of so many metres, whatever the events' spread."""

    def _compute_covariance(self) -> None:
        self.factor = self.covariance_factor()
        self.covariance = np.eye(2) * self.factor**2
        self.cho_cov = np.eye(2) * self.factor
        self.log_det = 2 * np.log(np.diag(self.cho_cov * np.sqrt(2 * np.pi))).sum()


def events(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of them anywhere, half in twenty clusters."""
    rng = np.random.default_rng(31)
    middles = rng.uniform((113.0, 24.0), (114.6, 25.4), (20, 2))
    spread = rng.uniform((112.9, 23.9), (114.7, 25.5), (count - count // 2, 2))
    near = middles[rng.integers(0, 20, count // 2)] + rng.normal(0, 0.02, (count // 2, 2))
    both = np.concatenate([spread, near])
    return both[:, 0], both[:, 1]


def timed(work: Callable[[], object]) -> float:
    """The median of five runs, seconds."""
    found = []
    for _ in range(_TIMES):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return median(found)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--events", type=int, default=5_000)
    asked.add_argument("--side", type=float, default=2_000.0)
    given = asked.parse_args()
    lon, lat = events(given.events)
    width = 2 * given.side
    found, plane = density.measure(lon, lat, AREA, side=given.side, bandwidth=width)
    points = np.column_stack(plane.metres(lon, lat))
    peer = _Round(points.T, bw_method=width)
    inner = plane.shape_in_metres(AREA).buffer(-3 * width)
    deep = shapely.contains_xy(inner, found.cells.centres)
    expected = peer(found.cells.centres[deep].T) * len(points) * 1e6
    off = np.abs(found.per_km2[deep] - expected).max() / expected.max()
    whole = timed(lambda: density.measure(lon, lat, AREA, side=given.side, bandwidth=width))
    kernel = timed(lambda: density.kernel_density(found.cells, points, width))
    other = timed(lambda: peer(found.cells.centres.T))
    cells = timed(lambda: hexagons.cover(plane.shape_in_metres(AREA), given.side))
    told = [
        f"{given.events} events, {len(found.cells)} cells",
        "| step | seconds |",
        "|---|---|",
        f"| cells, counts, density, Gi* | {whole:.3f} |",
        f"| of it the cells | {cells:.3f} |",
        f"| of it the density, edge corrected | {kernel:.3f} |",
        f"| scipy gaussian_kde on the same cells, edge not corrected | {other:.3f} |",
        f"largest difference three bandwidths inside, of the peak: {off:.2e}",
    ]
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
