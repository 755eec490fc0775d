"""2,000 monthly series forecast and back-tested: `python -m tests.benchmarks.bench_forecast`.

Through the very process the worker starts, import included. Peer: AutoETS of the same library with
the same origins, on a sample of 50 series, scaled up. Options: --series N --peer N.
"""

from __future__ import annotations

import argparse
import collections
import os
import sys
import time

import numpy as np

from topics.kit.forecast.apart import forecast_apart
from topics.kit.forecast.cadence import Cadence
from topics.kit.forecast.task import Task

MONTHS = 60
CADENCE = Cadence(season=12, horizon=6, windows=5, step=1, longest=120)


def series(count: int) -> list[list[float]]:
    """Months with trend, season, noise and now and then a break, all different."""
    random = np.random.default_rng(5)
    steps = np.arange(MONTHS)
    found = []
    for number in range(count):
        season = random.normal(0, 5, 12)[steps % 12]
        noise = (
            np.cumsum(random.normal(0, 1, MONTHS)) if number % 3 else random.normal(0, 2, MONTHS)
        )
        broken = (steps > random.integers(10, 50)) * random.normal(0, 8) * (number % 7 == 0)
        found.append((100 + random.normal(0, 0.5) * steps + season + noise + broken).tolist())
    return found


def main() -> None:
    """Print seconds of wall and of processor, what was chosen, and the peer's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--peer", type=int, default=50)
    given = parser.parse_args()
    values = series(given.series)
    tasks = [Task(n, one, [True] * MONTHS, CADENCE, False) for n, one in enumerate(values)]
    begun, before = time.perf_counter(), os.times()
    results = list(forecast_apart(tasks))
    wall, after = time.perf_counter() - begun, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    chosen = collections.Counter(one.model for one in results)
    shown = [one for one in results if one.beats_naive]
    _say(f"{len(results)} series: {wall:.0f} s, of a processor {used:.0f} s")
    _say(f"chosen {dict(chosen)}, better than naive {len(shown)}")
    _say(f"MASE of the shown {np.mean([one.mase or 0 for one in shown]):.2f}")
    _say(f"  naive {np.mean([one.naive_mase or 0 for one in shown]):.2f}")
    for level in (80, 95):
        held = np.mean([getattr(one, f"coverage{level}") for one in shown])
        _say(f"values inside the {level} % interval: {held * 100:.0f} %")
    if given.peer:
        _peer(values[: given.peer], given.series)


def _peer(values: list[list[float]], of: int) -> None:
    from statsforecast.models import AutoETS

    begun = time.process_time()
    for one in values:
        whole = np.array(one)
        fitted = AutoETS(season_length=12).fit(whole[:-5])
        for known in range(MONTHS - 5, MONTHS):
            fitted.forward(whole[:known], h=min(6, MONTHS - known), level=[80, 95])
        AutoETS(season_length=12).forecast(whole, h=6, level=[80, 95])
    took = (time.process_time() - begun) / len(values) * of
    _say(f"peer AutoETS: {took:.0f} s of a processor for {of} ({len(values)} measured)")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
