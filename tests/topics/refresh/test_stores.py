"""Claims, runs, jobs and outbox on a real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa

from layers.errors import StoreUnavailable
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.errors import RefreshFailed
from topics.kit.events import ChangeRelay
from topics.kit.jobs import Job, JobRunner, JobState, Progress
from topics.kit.runs import Claim, Refusal, Yield
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_jobs import PostgresJobs
from topics.kit.stores.postgres_outbox import PostgresOutbox
from topics.kit.stores.postgres_runs import PostgresRuns

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_of_many_claims_of_one_tick_one_succeeds(runs: PostgresRuns) -> None:
    claim = Claim("air.http", NOW, runs.next_fence())
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(runs.claim, [claim] * 20))
    assert won.count(True) == 1


def test_an_older_tick_and_an_older_leader_are_refused(runs: PostgresRuns) -> None:
    old, new = runs.next_fence(), runs.next_fence()
    assert runs.claim(Claim("air.http", NOW, new))
    assert not runs.claim(Claim("air.http", NOW - MINUTE, new))
    assert not runs.claim(Claim("air.http", NOW + MINUTE, old))


def test_a_claim_does_not_hold_after_a_successor_claimed(runs: PostgresRuns) -> None:
    first = Claim("air.http", NOW, runs.next_fence())
    assert runs.claim(first)
    assert runs.holds(first)
    runs.claim(Claim("air.http", NOW + MINUTE, runs.next_fence()))
    assert not runs.holds(first)


def test_failures_are_counted_until_the_next_success(runs: PostgresRuns) -> None:
    for error in ("坏了", "坏了", ""):
        run = runs.begin("air.http", cause="manual", tick=NOW, now=NOW)
        record = runs.finish(run, Yield(), error=error, now=NOW)
    assert [one.error for one in runs.history("air.http")].count("坏了") == 2
    assert (record.failures_in_row, record.last_ok, record.ok) == (0, NOW, True)


def test_a_record_keeps_rows_and_reasons(runs: PostgresRuns) -> None:
    run = runs.begin("air.http", cause="manual", tick=NOW, now=NOW)
    outcome = Yield(read=3, kept=1, refused=1, refusals=(Refusal(2, "不是数"),))
    runs.finish(run, outcome, error="", now=NOW + MINUTE)
    latest = runs.latest()["air.http"]
    assert (latest.refusals, latest.duration) == ((Refusal(2, "不是数"),), MINUTE)


def test_a_run_whose_process_died_is_ended_and_named(runs: PostgresRuns) -> None:
    runs.begin("air.http", cause="schedule", tick=NOW, now=NOW)
    assert runs.abandon(now=NOW + MINUTE) == ["air.http"]
    assert "中断" in runs.latest()["air.http"].error
    assert runs.abandon(now=NOW + MINUTE) == []


def test_old_runs_are_forgotten_but_never_the_latest(runs: PostgresRuns) -> None:
    for _ in range(3):
        runs.begin("air.http", cause="schedule", tick=NOW, now=NOW)
    assert runs.prune(NOW + MINUTE) == 2
    assert "air.http" in runs.latest()


def test_a_job_is_claimed_once(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    job = jobs.enqueue("refresh", {"refresher": "air.http"}, now=NOW)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: jobs.claim(f"w{n}", ["refresh"], now=NOW), range(8)))
    assert [one.id for one in won if one] == [job]


def test_a_job_of_a_silent_worker_goes_to_another(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    jobs.enqueue("refresh", {}, now=NOW)
    first = jobs.claim("dead", ["refresh"], now=NOW)
    assert first is not None
    assert jobs.claim("other", ["refresh"], now=NOW + timedelta(seconds=10)) is None
    assert jobs.claim("other", ["refresh"], now=NOW + MINUTE) is not None
    assert not jobs.beat(first.id, "dead", now=NOW + MINUTE)


def test_a_failed_job_waits_longer_each_time_and_then_stays_failed(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    job = jobs.enqueue("refresh", {}, now=NOW, max_attempts=2)
    now = NOW
    for _ in range(2):
        assert jobs.claim("w", ["refresh"], now=now) is not None
        jobs.fail(job, "w", "坏了", now=now)
        assert jobs.claim("w", ["refresh"], now=now) is None
        now += MINUTE
    found = jobs.find(job)
    assert found is not None
    assert (found.state, found.error) == (JobState.FAILED, "坏了")


def test_a_cancelled_job_tells_its_handler(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    job = jobs.enqueue("long", {}, now=NOW)
    told: list[bool] = []

    def handler(_: Job, cancelled: threading.Event, __: Progress) -> None:
        assert jobs.cancel(job, now=NOW)
        told.append(cancelled.wait(30))

    JobRunner(jobs, {"long": handler}, worker="w", beat_every=timedelta(milliseconds=50)).step()
    found = jobs.find(job)
    assert told == [True]
    assert found is not None
    assert found.state is JobState.CANCELLED


def test_a_job_that_fails_says_why(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    job = jobs.enqueue("refresh", {}, now=NOW, max_attempts=1)

    def handler(_: Job, __: threading.Event, ___: Progress) -> None:
        raise RefreshFailed("来源没有回答")

    assert JobRunner(jobs, {"refresh": handler}, worker="w").step()
    found = jobs.find(job)
    assert found is not None
    assert found.error == "来源没有回答"


def test_a_job_that_breaks_ends_neither_the_thread_nor_the_next_job(engine: sa.Engine) -> None:
    jobs = PostgresJobs(engine)
    broken = jobs.enqueue("refresh", {"break": True}, now=NOW, max_attempts=1)
    jobs.enqueue("refresh", {"break": False}, now=NOW + MINUTE)
    done, stop = threading.Event(), threading.Event()

    def handler(job: Job, _: threading.Event, __: Progress) -> None:
        if job.payload["break"]:
            raise RuntimeError("a\0b")
        done.set()

    runner = JobRunner(jobs, {"refresh": handler}, worker="w")
    thread = threading.Thread(target=runner.run, args=[stop])
    thread.start()
    assert done.wait(30)
    stop.set()
    thread.join(30)
    found = jobs.find(broken)
    assert found is not None
    assert found.state is JobState.FAILED
    assert "RuntimeError" in found.error


def test_a_queue_that_breaks_is_asked_again_and_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = threading.Semaphore(0)

    class Queue:
        def claim(self, *_: object, **__: object) -> None:
            asked.release()
            raise RuntimeError("坏了")

    stop, queue = threading.Event(), cast(Any, Queue())
    runner = JobRunner(queue, {}, worker="w", pause=timedelta(milliseconds=10))
    thread = threading.Thread(target=runner.run, args=[stop])
    thread.start()
    assert all(asked.acquire(timeout=30) for _ in range(3))
    stop.set()
    thread.join(30)
    (told,) = caplog.records
    assert told.exc_info is not None


def _observation(value: float) -> Observation:
    return Observation("air.pm25_hour", "440203", Period(NOW, PeriodKind.HOUR), value)


class Stream:
    def __init__(self) -> None:
        self.got: list[float | None] = []
        self.away = False

    def publish(self, observations: object) -> None:
        if self.away:
            raise StoreUnavailable("缓存不在")
        assert isinstance(observations, list)
        self.got += [one.value for one in observations]


def test_changes_wait_while_the_stream_is_away_and_come_in_order(engine: sa.Engine) -> None:
    stream, outbox = Stream(), PostgresOutbox(engine)
    relay, observations = ChangeRelay(outbox, stream), PostgresObservations(engine)
    stream.away = True
    for value in (1.0, 2.0):
        observations.append([_observation(value)])
        assert relay.relay() == 0
    stream.away = False
    assert (relay.relay(), stream.got, outbox.waiting()) == (2, [1.0, 2.0], 0)


def test_drains_at_the_same_time_tell_each_change_once(engine: sa.Engine) -> None:
    stream, outbox = Stream(), PostgresOutbox(engine)
    for value in range(20):
        PostgresObservations(engine).append([_observation(value)])
    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(lambda _: outbox.drain(stream.publish), range(4)))
    assert (sum(moved), stream.got) == (20, [float(one) for one in range(20)])


def test_a_database_that_is_gone_is_told_as_such() -> None:
    gone = sa.create_engine(
        "postgresql+psycopg://x@127.0.0.1:1/x", connect_args={"connect_timeout": 1}
    )
    with pytest.raises(StoreUnavailable, match="数据库"):
        PostgresRuns(gone).latest()
