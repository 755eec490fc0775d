"""One leader through kill -9 and a long sleep, with real processes: no tick runs twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from layers.errors import StoreUnavailable
from topics.kit.errors import NotLeader
from topics.kit.leader import LIFETIME, Candidate
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.runs import Claim
from topics.kit.scheduler import RefreshScheduler
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.valkey import connect_valkey
from topics.kit.stores.valkey_lock import ValkeyLock

SCRIPT = Path(__file__).with_name("leading_process.py")


class Ticks:
    """What the processes logged."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.text("SELECT * FROM ticked ORDER BY at")))

    def wait(self, holds: Callable[[list[Any]], bool], patience: float = 60) -> list[Any]:
        end = time.monotonic() + patience
        while not holds(self.all()) and time.monotonic() < end:
            time.sleep(0.1)
        found = self.all()
        assert holds(found)
        return found

    def doubled(self) -> int:
        pairs = [(row.refresher, row.tick) for row in self.all()]
        return len(pairs) - len(set(pairs))


@pytest.fixture
def ticks(engine: sa.Engine) -> Ticks:
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE ticked"
                " (refresher text, tick timestamptz, pid int, cause text, fence int,"
                " at timestamptz)"
            )
        )
    return Ticks(engine)


@pytest.fixture
def workers(database_url: str, valkey_url: str) -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    root = Path(__file__).parents[3]
    key = f"tl:test-leader:{time.time_ns()}"
    command = [sys.executable, str(SCRIPT), database_url, valkey_url, key]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    made = [subprocess.Popen(command, cwd=root, env=environment) for _ in range(2)]
    yield {one.pid: one for one in made}
    for one in made:
        one.kill()
        one.wait()


def _ran(rows: list[Any]) -> bool:
    return len(rows) >= 6


def _other_than(pid: int) -> Callable[[list[Any]], bool]:
    return lambda rows: sum(row.pid != pid for row in rows) >= 6


def test_a_killed_leader_is_followed_without_a_doubled_tick(
    workers: dict[int, subprocess.Popen[bytes]], ticks: Ticks
) -> None:
    leader = ticks.wait(_ran)[0].pid
    workers[leader].kill()
    rows = ticks.wait(_other_than(leader))
    assert "catch-up" in {row.cause for row in rows if row.pid != leader}
    assert ticks.doubled() == 0


def test_a_leader_that_slept_and_wakes_doubles_no_tick(
    workers: dict[int, subprocess.Popen[bytes]], ticks: Ticks
) -> None:
    first = ticks.wait(_ran)[0]
    leader = first.pid
    os.kill(leader, signal.SIGSTOP)
    ticks.wait(_other_than(leader))
    os.kill(leader, signal.SIGCONT)
    woken = datetime.now(UTC)
    time.sleep(3)
    assert ticks.doubled() == 0
    # On a busy machine it may lead again, by right: then with another fence.
    late = [row for row in ticks.all() if row.fence == first.fence and row.at > woken]
    assert len(late) <= 3  # at most what it had claimed before it fell asleep


def test_a_leader_asked_to_stop_hands_over_at_once(
    workers: dict[int, subprocess.Popen[bytes]], ticks: Ticks
) -> None:
    leader = ticks.wait(_ran)[0].pid
    workers[leader].send_signal(signal.SIGTERM)
    assert workers[leader].wait(30) == 0
    ticks.wait(_other_than(leader))
    assert ticks.doubled() == 0


def test_only_the_leader_may_do_leaders_work(valkey_url: str) -> None:
    client = connect_valkey(valkey_url)
    key = f"tl:test-leader:{time.time_ns()}"
    made = [
        Candidate(ValkeyLock(client, key), name, take_over=_nothing, step_down=_nothing)
        for name in "ab"
    ]
    for one in made:
        one.step()
    made[0].require()
    with pytest.raises(NotLeader):
        made[1].require()
    client.close()


def test_a_candidate_that_breaks_gives_the_lock_back_and_stands_again(
    valkey_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect_valkey(valkey_url)
    lock = ValkeyLock(client, f"tl:test-leader:{time.time_ns()}")
    tries: list[str] = []

    def take_over() -> None:
        tries.append("take over")
        if len(tries) < 5:
            raise RuntimeError("坏了")

    def step_down() -> None:
        tries.append("step down")
        raise RuntimeError("也坏了")

    candidate = Candidate(lock, "a", take_over=take_over, step_down=step_down)
    for _ in range(3):
        assert not candidate.leading
        candidate.step()
    candidate.require()
    assert tries == ["take over", "step down"] * 2 + ["take over"]
    paused = [one for one in caplog.records if one.message.startswith("调度暂停")]
    assert [one.exc_info is not None for one in paused] == [True]
    client.close()


def test_a_lock_that_breaks_costs_the_lead_after_its_lifetime_and_no_thread() -> None:
    class Lock:
        def __init__(self) -> None:
            self.broken = False

        def acquire(self, *_: object) -> bool:
            if self.broken:
                raise RuntimeError("坏了")
            return True

        renew = acquire

        def release(self, _: str) -> None:
            return

    lock, now = Lock(), 7.0
    candidate = Candidate(
        lock, "a", take_over=_nothing, step_down=_nothing, lifetime=LIFETIME, clock=lambda: now
    )
    candidate.step()
    lock.broken = True
    now += LIFETIME.total_seconds() - 0.1
    candidate.step()
    assert candidate.leading
    now += 0.2
    candidate.step()
    assert not candidate.leading
    lock.broken = False
    candidate.step()
    assert candidate.leading


def test_a_run_cut_off_by_a_crash_is_caught_up_by_the_next_leader(runs: PostgresRuns) -> None:
    spec = RefresherSpec(
        id="air.daily", kind="python", schedule="1d", function="o:v", indicators=("air.pm25_hour",)
    )
    now = datetime.now(UTC)
    assert runs.claim(Claim(spec.id, now, runs.next_fence()))
    runs.begin(spec.id, cause="schedule", tick=now, now=now)
    ran, done = [], threading.Event()

    class Runner:
        def run(self, one: RefresherSpec, *, cause: str, claim: Claim) -> Any:
            ran.append((one.id, cause))
            done.set()
            return SimpleNamespace(failures_in_row=0)

    runner: Any = Runner()
    scheduler = RefreshScheduler([spec], runner, runs)
    scheduler.start()
    assert done.wait(30)
    scheduler.stop()
    assert ran == [("air.daily", "catch-up")]


def test_a_slow_refresher_that_failed_is_tried_again_soon(
    runs: PostgresRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topics.kit.scheduler._RETRY", timedelta(milliseconds=100))
    spec = RefresherSpec(
        id="air.daily", kind="python", schedule="1d", function="o:v", indicators=("air.pm25_hour",)
    )
    causes: list[str] = []
    recovered = threading.Event()

    class Runner:
        def run(self, _: RefresherSpec, *, cause: str, claim: Claim) -> Any:
            causes.append(cause)
            if len(causes) == 3:
                recovered.set()
            return SimpleNamespace(failures_in_row=len(causes) % 3)

    runner: Any = Runner()
    scheduler = RefreshScheduler([spec], runner, runs)
    scheduler.start()
    assert recovered.wait(30)
    time.sleep(0.5)
    scheduler.stop()
    assert causes == ["catch-up", "retry", "retry"]


def test_in_wartime_a_refresher_runs_by_the_schedule_it_declares_for_it(
    runs: PostgresRuns,
) -> None:
    spec = RefresherSpec(
        id="air.daily",
        kind="python",
        schedule="1d",
        wartime="1s",
        function="o:v",
        indicators=("air.pm25_hour",),
    )
    causes: list[str] = []
    ticked, mode = threading.Event(), {"wartime": False}

    class Runner:
        def run(self, _: RefresherSpec, *, cause: str, claim: Claim) -> Any:
            causes.append(cause)
            if cause == "schedule":
                ticked.set()
            return SimpleNamespace(failures_in_row=0)

    runner: Any = Runner()
    scheduler = RefreshScheduler([spec], runner, runs, wartime=lambda: mode["wartime"])
    scheduler.start()
    mode["wartime"] = True
    scheduler.follow_mode()
    assert ticked.wait(30)
    mode["wartime"] = False
    scheduler.follow_mode()
    done = len(causes)
    time.sleep(1.5)
    scheduler.stop()
    assert len(causes) <= done + 1  # at most the one that was under way


class Flaky:
    """A run log whose database is away while `away` is set."""

    def __init__(self, runs: PostgresRuns) -> None:
        self._runs = runs
        self.away = threading.Event()

    def __getattr__(self, name: str) -> Any:
        if self.away.is_set():
            raise StoreUnavailable("数据库暂时连不上")
        return getattr(self._runs, name)


def test_a_tick_of_a_slow_refresher_is_caught_up_once_the_database_is_back(
    runs: PostgresRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topics.kit.scheduler._STORE_PAUSE", timedelta(milliseconds=100))
    spec = RefresherSpec(
        id="air.daily", kind="python", schedule="1d", function="o:v", indicators=("air.pm25_hour",)
    )
    flaky: Any = Flaky(runs)
    ran, again = [], threading.Event()

    class Runner:
        def run(self, one: RefresherSpec, *, cause: str, claim: Claim) -> Any:
            runs.begin(one.id, cause=cause, tick=claim.tick, now=datetime.now(UTC))
            ran.append(cause)
            if len(ran) == 1:  # the database dies in the middle of the run
                flaky.away.set()
                raise StoreUnavailable("数据库暂时连不上")
            again.set()
            return SimpleNamespace(failures_in_row=0)

    runner: Any = Runner()
    scheduler = RefreshScheduler([spec], runner, flaky)
    scheduler.start()
    assert not again.wait(0.5)
    flaky.away.clear()
    assert again.wait(30)
    time.sleep(0.3)
    scheduler.stop()
    assert ran == ["catch-up", "catch-up"]


def _nothing() -> None:
    return None
