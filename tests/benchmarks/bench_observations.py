"""How long one refresh of 2,000 indicators × 11 regions takes to write, and whether it stays so.

Run: TONGLAN_BENCH_POSTGRES=postgresql://… python -m tests.benchmarks.bench_observations [refreshes]
The database must be empty and migrated; 100 refreshes make 2.2M rows.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.stores.postgres import PostgresObservations

INDICATORS = [f"bench.i{number:04d}" for number in range(2000)]
REGIONS = [f"4402{number:02d}" for number in range(11)]
START = datetime(2026, 1, 1, tzinfo=UTC)


def refresh(store: PostgresObservations, number: int, *, value: float) -> float:
    """Seconds to write one refresh of period `number`."""
    period = Period(START + timedelta(hours=number), PeriodKind.HOUR)
    rows = [
        Observation(indicator, region, period, value + number, unit="件", source="bench")
        for indicator in INDICATORS
        for region in REGIONS
    ]
    begun = time.perf_counter()
    store.append(rows)
    return time.perf_counter() - begun


def main(refreshes: int) -> None:
    """Print seconds for new periods (first and last ten), repeats, revisions and reads."""
    store = PostgresObservations(connect(os.environ["TONGLAN_BENCH_POSTGRES"]))
    took = [refresh(store, number, value=0.5) for number in range(refreshes)]
    ten = min(10, refreshes)
    _say(f"22k new rows, first {ten}", statistics.median(took[:ten]))
    _say(f"22k new rows, last {ten} of {refreshes}", statistics.median(took[-ten:]))
    _say("22k repeated rows", refresh(store, refreshes - 1, value=0.5))
    _say("22k revised rows", refresh(store, refreshes - 1, value=1.5))
    begun = time.perf_counter()
    store.latest(as_of=None)
    _say("latest of 22k series", time.perf_counter() - begun)
    begun = time.perf_counter()
    store.series(INDICATORS[7], REGIONS[3], as_of=datetime.now(UTC))
    _say("one series as of now", time.perf_counter() - begun)


def _say(what: str, seconds: float) -> None:
    sys.stdout.write(f"{what}: {seconds * 1000:.0f} ms\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
