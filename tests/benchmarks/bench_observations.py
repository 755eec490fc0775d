"""How long one refresh of 2,000 indicators × 11 regions takes to write, and how long reads take.

Run: TONGLAN_BENCH_POSTGRES=postgresql://… python -m tests.benchmarks.bench_observations [rows …]
The database must be empty and migrated. At each number of stored rows (default: 0 and 20,000,000)
new, repeated and corrected refreshes are timed, each a few times, and every read. History is filled
in by the server itself, which is quicker than refreshes. Peer: a plain INSERT … ON CONFLICT by
psycopg's executemany into the same table, in the same run.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.stores.postgres import PostgresObservations

INDICATORS = [f"bench.i{number:04d}" for number in range(2000)]
REGIONS = [f"4402{number:02d}" for number in range(11)]
EACH = len(INDICATORS) * len(REGIONS)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
_TIMES = 7
_FILL = """
INSERT INTO observation (indicator, region, period_start, period_kind, value, status, unit, source,
    recorded_at)
SELECT 'bench.i' || lpad((i % 2000)::text, 4, '0'), '4402' || lpad((i / 2000)::text, 2, '0'),
    CAST(:start AS timestamptz), '小时', i + random(), 'ok', '件', 'bench', :start
FROM generate_series(0, 21999) AS i ORDER BY 1, 2
"""
_PEER = """
INSERT INTO observation (indicator, region, period_start, period_kind, value, status, unit, source,
    recorded_at) VALUES (%s, %s, %s, '小时', %s, 'ok', '件', 'peer', now())
ON CONFLICT (indicator, region, period_start, period_kind) DO UPDATE SET value = excluded.value
"""


def batch(period: int, value: float) -> list[Observation]:
    """One refresh of the hour `period` hours from now."""
    when = Period(NOW + timedelta(hours=period), PeriodKind.HOUR)
    return [
        Observation(indicator, region, when, value + number, unit="件", source="bench")
        for number, indicator in enumerate(INDICATORS)
        for region in REGIONS
    ]


def timed(act: Callable[[], object], *, times: int = _TIMES) -> str:
    """Milliseconds: median, and the least, which other work on the machine disturbed least."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        took.append((time.perf_counter() - begun) * 1000)
    return f"{statistics.median(took):.0f} ms (least {min(took):.0f})"


def fill(store: PostgresObservations, engine: sa.Engine, first: int, rows: int) -> None:
    """Give the store history down to hour `first` − rows / 22,000."""
    store.append(batch(first, 0.5), live=False)
    for back in range(1, rows // EACH):
        start = NOW + timedelta(hours=first - back)
        if start.day == 1 or back == 1:  # the store makes the month's partition
            store.append([Observation("bench.i0000", "440299", Period(start, PeriodKind.HOUR), 1)])
        with engine.begin() as connection:
            connection.execute(sa.text(_FILL), {"start": start})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def measure(store: PostgresObservations, url: str, first: int) -> None:
    """Time writes of the hours from `first` on, and reads."""
    numbers = iter(range(first, first + 100))
    fresh = [batch(next(numbers), 0.5) for _ in range(_TIMES)]
    waiting = iter(fresh)
    _say("22k new rows", timed(lambda: store.append(next(waiting))))
    _say("22k repeated rows", timed(lambda: store.append(fresh[-1])))
    values = iter(range(1, 100))
    hour = first + _TIMES - 1
    _say("22k corrected rows", timed(lambda: store.append(batch(hour, next(values))), times=3))
    _say("latest of 22k series", timed(lambda: store.latest(as_of=None)))
    now = datetime.now(UTC)
    some = INDICATORS[:100]
    _say("latest of 100 indicators", timed(lambda: store.latest(indicators=some, as_of=None)))
    _say("  as of now", timed(lambda: store.latest(indicators=some, as_of=now)))
    year = NOW - timedelta(days=365)
    one = (INDICATORS[7], REGIONS[3])
    _say("one series, a year", timed(lambda: store.series(*one, start=year, as_of=None)))
    _say("  as of now", timed(lambda: store.series(*one, start=year, as_of=now)))
    _say("peer: 22k rows by executemany", timed(lambda: _peer(url, next(numbers)), times=2))


def _peer(url: str, hour: int) -> None:
    rows = [(one.indicator, one.region, one.period.start, one.value) for one in batch(hour, 0.5)]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(_PEER, rows)


def main(steps: list[int]) -> None:
    """Measure at each number of stored rows."""
    url = os.environ["TONGLAN_BENCH_POSTGRES"]
    engine = connect(url)
    store = PostgresObservations(engine)
    stored, first = 0, 0
    for rows in steps:
        if rows > stored:
            begun = time.perf_counter()
            fill(store, engine, -1 - stored // EACH, rows - stored)
            sys.stderr.write(f"filled in {time.perf_counter() - begun:.0f} s\n")
            stored = rows
        _say(f"\nwith {stored:,} rows", "")
        measure(store, url, first)
        first += 40


def _say(what: str, found: str) -> None:
    sys.stdout.write(f"{what}: {found}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [0, 20_000_000])
