"""What the checks cost: one tick of 22k observations judged, and written with and without checks.

Run: TONGLAN_BENCH_POSTGRES=postgresql://… python -m tests.benchmarks.bench_quality [ticks]
The database must be empty and migrated. Peer of the judging: the same limits as pandas masks, from
the same objects.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

from layers.stores.postgres_engine import connect
from tests.topics.quality.indicators import spec
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.quality.intake import judge
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_intake import PostgresIntake

REGIONS = [f"4402{number:02d}" for number in range(11)]
START = datetime(2026, 1, 1, tzinfo=UTC)
CHECKS = {"min": 0, "max": 1000, "soft_max": 500, "stuck_hours": 8, "additive": "sum"}
SPECS = {f"bench.i{n:04d}": spec(f"bench.i{n:04d}", checks=CHECKS) for n in range(2000)}
JUMPING = {name: spec(name, checks=CHECKS | {"jump": 100}) for name in SPECS}


def tick(number: int) -> list[Observation]:
    """One refresh of everything; one value in a thousand is unusual."""
    period = Period(START + timedelta(hours=number), PeriodKind.HOUR)
    return [
        Observation(
            name, region, period, 600.0 if (n * 11 + r) % 1000 == 0 else float(number % 400)
        )
        for n, name in enumerate(SPECS)
        for r, region in enumerate(REGIONS)
    ]


def by_pandas(rows: Sequence[Observation]) -> int:
    """The peer: a frame, the limits joined, two masks."""
    frame = pd.DataFrame(
        [(one.indicator, one.region, one.value) for one in rows],
        columns=["indicator", "region", "value"],
    )
    limits = pd.DataFrame(
        [(name, one.checks.max, one.checks.soft_max) for name, one in SPECS.items()],
        columns=["indicator", "max", "soft"],
    )
    joined = frame.merge(limits, on="indicator")
    assert not ((joined.value < 0) | (joined.value > joined["max"])).any()
    return int((joined.value > joined.soft).sum())


def main(ticks: int) -> None:
    """Print the median milliseconds of each."""
    rows = tick(1)
    found = judge(rows, SPECS, [], lambda _: (), lambda _: False)
    assert sum(map(len, found.doubts.values())) == by_pandas(rows)
    _say("22k judged", lambda _: judge(rows, SPECS, [], lambda _: (), lambda _: False), ticks)
    _say("22k judged by pandas", lambda _: by_pandas(rows), ticks)
    engine = connect(os.environ["TONGLAN_BENCH_POSTGRES"])
    events = PostgresEvents(engine)
    plain = PostgresObservations(engine)
    _say("22k written unchecked", lambda n: plain.append(tick(n)), ticks)
    checked = PostgresObservations(engine, PostgresIntake(SPECS.get, events))
    _say("22k written, limits checked", lambda n: checked.append(tick(1000 + n)), ticks)
    jumping = PostgresObservations(engine, PostgresIntake(JUMPING.get, events))
    _say("22k written, jumps too", lambda n: jumping.append(tick(2000 + n)), ticks)


def _say(what: str, act: Callable[[int], object], ticks: int) -> None:
    took = []
    for number in range(ticks):
        begun = time.perf_counter()
        act(number)
        took.append(time.perf_counter() - begun)
    sys.stdout.write(f"{what}: {statistics.median(took) * 1000:.0f} ms\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
