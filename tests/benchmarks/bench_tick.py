"""What one tick of all refreshers of all topics' demo sources costs, formulas included.

Run: TONGLAN_BENCH_POSTGRES=… TONGLAN_BENCH_VALKEY=… python -m tests.benchmarks.bench_tick
(an empty, migrated database; an empty Valkey). Processor seconds of this process and of the
database's, which do not depend on what else the machine does, and seconds by the clock. Peer: the
same values stored one by one, each in a transaction of its own, formulas after each indicator.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import Engine

from app.config import load_config
from app.demo.history import history, levels_brought
from app.engines.contracts import EngineUrls
from app.main import compose
from app.services import Services
from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation
from topics.kit.refresh.assembly import make_runner
from topics.kit.refresh.sources import source_book
from topics.kit.stores.postgres_runs import PostgresRuns

_START = "import sys; from pathlib import Path; from app.demo.sources import run; "
_START += "run(Path(sys.argv[1]), sys.argv[2])"
_TICKS = 5
_APART_S = 3.0
_ENGINE: list[Engine] = []


def main() -> None:
    """Seed the histories, then print what five ticks and the peer take."""
    url = os.environ["TONGLAN_BENCH_POSTGRES"]
    _ENGINE.append(connect(url))
    with tempfile.TemporaryDirectory(prefix="tl-tick-") as folder:
        services = compose(
            load_config(None, home=Path(folder)),
            EngineUrls(postgres=url, valkey=os.environ["TONGLAN_BENCH_VALKEY"]),
        )
        begun, used = time.perf_counter(), time.process_time()
        written = _fill(services)
        _say(
            f"histories of all topics: {written} values, {time.perf_counter() - begun:.1f} s"
            f" by the clock, {time.process_time() - used:.1f} s of one core"
        )
        begun, used = time.perf_counter(), time.process_time()
        services.recomputation.run()
        _say(
            f"all formulas: {time.perf_counter() - begun:.1f} s by the clock,"
            f" {time.process_time() - used:.1f} s of one core"
        )
        child = subprocess.Popen([sys.executable, "-c", _START, folder, url])
        try:
            _ticks(services, Path(folder), url)
        finally:
            child.terminate()
            child.wait()


def _fill(services: Services) -> int:
    now, written = datetime.now(UTC) - timedelta(minutes=30), 0
    for spec in services.catalogue.indicators():
        if levels := levels_brought(services.catalogue, spec):
            try:
                rows = list(history(spec, now, levels))
            except KeyError:
                continue  # reported or pushed: the demo has no model of it
            services.observations.append(rows, now=now, live=False)
            written += len(rows)
    return written


def _ticks(services: Services, home: Path, url: str) -> None:
    addresses = home / "demo" / "sources.json"
    while not addresses.exists():
        time.sleep(0.1)
    time.sleep(3)  # files still being written are left for the next time
    runner = make_runner(
        catalogue=services.catalogue,
        regions=services.regions,
        observations=services.observations,
        layers=services.layers,
        runs=PostgresRuns(_ENGINE[0]),
        sources=source_book({}, addresses),
        announce=lambda: None,
    )

    def tick() -> None:
        for spec in services.catalogue.refreshers():
            runner.run(spec)
        services.recomputation.run()

    tick()
    for _ in range(_TICKS):
        time.sleep(_APART_S)
        before = datetime.now(UTC)
        _said("one tick", tick)
    profile = cProfile.Profile()
    time.sleep(_APART_S)
    profile.runcall(tick)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(25)
    _peer(services, before)


def _peer(services: Services, since: datetime) -> None:
    """What the last tick brought, stored indicator by indicator."""
    found: defaultdict[str, list[Observation]] = defaultdict(list)
    for one in services.observations.latest(as_of=None, limit=100_000):
        if one.recorded_at is not None and one.recorded_at >= since:
            found[one.indicator].append(one)
    brought = {name: rows for name, rows in found.items() if not services.formulas.find(name)}

    def naively() -> None:
        for rows in brought.values():
            for row in rows:
                moved = None if row.value is None else row.value * 1.001
                services.observations.append(
                    [Observation(row.indicator, row.region, row.period, moved, row.status)]
                )
            services.recomputation.run()

    total = sum(len(rows) for rows in brought.values())
    _said(f"peer: {total} values of {len(brought)} indicators, one by one", naively)


def _said(what: str, work: Callable[[], object]) -> None:
    database, used = _database_s(), time.process_time()
    begun = time.perf_counter()
    work()
    took = time.perf_counter() - begun
    used, database = time.process_time() - used, _database_s() - database
    _say(f"{what}: {used:.2f} s here + {database:.2f} s database; {took:.2f} s by the clock")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _database_s() -> float:
    """Processor seconds of this database's server so far, all its processes together."""
    with _ENGINE[0].connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    server = psutil.Process(int(backend)).parent()
    assert server is not None
    total = 0.0
    for one in (server, *server.children()):
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


if __name__ == "__main__":
    main()
