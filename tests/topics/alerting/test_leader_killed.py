"""kill -9 of the worker that evaluates: the next one goes on from what it had seen."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from layers.stores.postgres_engine import connect
from tests.topics.alerting.evaluating_process import HOLD
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_standings import PostgresStandings

ROOT = Path(__file__).resolve().parents[3]


def _until(holds: Callable[[], object], patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_pending_rule_keeps_its_beginning_when_the_leader_is_killed(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    told, engine = tmp_path / "leader", connect(database_url)
    stored = PostgresStandings(engine, PostgresAlerts(engine))
    arguments = [database_url, valkey_url, f"alerts-{uuid.uuid4().hex}", str(told)]
    command = [sys.executable, "-m", "tests.topics.alerting.evaluating_process", *arguments]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    try:
        _until(stored.load)
        [standing] = stored.load().values()
        since, leader = standing.state.since, int(told.read_text("ascii"))
        assert since is not None
        assert standing.alert is None  # pending: nobody has heard of it yet
        next(one for one in workers if one.pid == leader).kill()
        _until(stored.alerts.open)
        [alert] = stored.alerts.open()
        follower = int(told.read_text("ascii"))
        assert follower != leader
        assert alert.pending_since == since
        assert alert.fired_at is not None
        assert alert.fired_at - since >= HOLD
        looked = Path(f"{told}.{follower}").read_text("ascii").split()
        moments = [datetime.fromisoformat(one) for one in looked]
        missed = [one for one in moments if since + HOLD <= one < alert.fired_at]
        assert len(missed) <= 1  # at most one look of the new leader at it was lost
    finally:
        for one in workers:
            one.kill()
            one.wait()
        engine.dispose()
