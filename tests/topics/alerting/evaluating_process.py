"""One worker process that stands for leader and, while it leads, evaluates one pending rule.

The moments it looked at stand, one a line, in a file of its own beside `told`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.roles.alerting import AlertRound
from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import REGIONS, rule
from tests.topics.alerting.test_alert_evaluation import World
from topics.kit.duty.contracts import Mode
from topics.kit.events import Position, Tail
from topics.kit.leader import Candidate
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.postgres_standings import PostgresStandings
from topics.kit.stores.valkey import connect_valkey
from topics.kit.stores.valkey_lock import ValkeyLock

LIFETIME = timedelta(seconds=1.5)
HOLD = timedelta(seconds=5)


class Calm(World):
    """A world in which nothing new is said for as long as one waits."""

    def read(self, after: Position, *, wait: timedelta) -> Tail:
        time.sleep(wait.total_seconds())
        return super().read(after, wait=wait)


def main(postgres: str, valkey: str, key: str, told: str) -> None:
    """Evaluate every second (战时) while leading; the leader's pid stands in the file `told`."""
    engine = connect(postgres)
    # Late and dead values are another matter: the rule counts from any hour.
    world = Calm(rules=[rule(kind="late", levels={"红": 1}, hold="5s")], mode=Mode(wartime=True))
    world.say(2.31)
    services: Any = SimpleNamespace(
        regions=REGIONS,
        observations=world,
        live=world,
        forecasts=world,
        case_places=SimpleNamespace(reported=None),
        rules=world,
        standings=PostgresStandings(engine, PostgresAlerts(engine)),
        catalogue=None,
        modes=SimpleNamespace(at=lambda: world.mode),
        runs=PostgresRuns(engine),
    )
    ticks = Path(f"{told}.{os.getpid()}").open("a", encoding="ascii", buffering=1)

    def clock() -> datetime:
        now = datetime.now(UTC)
        ticks.write(f"{now.isoformat()}\n")
        return now

    alerts, leads = AlertRound(services, clock=clock), threading.Event()

    def take_over() -> None:
        alerts.begin()
        Path(told).write_text(str(os.getpid()), encoding="ascii")
        leads.set()

    def step_down() -> None:
        leads.clear()
        alerts.end()

    def evaluate() -> None:
        while leads.wait():
            alerts.beat()

    threading.Thread(target=evaluate, daemon=True).start()
    lock = ValkeyLock(connect_valkey(valkey), key)
    Candidate(
        lock, str(os.getpid()), take_over=take_over, step_down=step_down, lifetime=LIFETIME
    ).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
