"""One worker process for the tests of leadership: logs every tick it runs, does nothing else."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.leader import Candidate
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.runs import Claim
from topics.kit.scheduler import RefreshScheduler
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.valkey import connect_valkey
from topics.kit.stores.valkey_lock import ValkeyLock

LIFETIME = timedelta(seconds=1.5)


def main(postgres: str, valkey: str, key: str) -> None:
    engine = connect(postgres)

    def run(spec: RefresherSpec, *, cause: str, claim: Claim) -> Any:
        row = {"r": spec.id, "t": claim.tick, "p": os.getpid(), "c": cause, "f": claim.fence}
        with engine.begin() as connection:
            insert = "INSERT INTO ticked VALUES (:r, :t, :p, :c, :f, now())"
            connection.execute(sa.text(insert), row)
        return SimpleNamespace(failures_in_row=0)

    specs = [
        RefresherSpec(
            id=f"air.r{n}",
            kind="python",
            schedule="1s",
            function="own:values",
            indicators=("air.pm25_hour",),
        )
        for n in range(3)
    ]
    runner: Any = SimpleNamespace(run=run)
    scheduler = RefreshScheduler(specs, runner, PostgresRuns(engine))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Candidate(
        ValkeyLock(connect_valkey(valkey), key),
        str(os.getpid()),
        take_over=scheduler.start,
        step_down=scheduler.stop,
        lifetime=LIFETIME,
    ).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
