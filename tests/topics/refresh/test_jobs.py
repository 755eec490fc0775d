"""Jobs people wait for: seen, told, given back, bounded and forgotten, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from layers.errors import StoreUnavailable
from topics.kit.jobs import Job, JobRunner, JobState, Progress, Throttled
from topics.kit.stores.postgres_jobs import PostgresJobs

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ABOUT = "layer:water.outfalls"


@pytest.fixture
def jobs(engine: sa.Engine) -> PostgresJobs:
    return PostgresJobs(engine)


def found(jobs: PostgresJobs, job: str) -> Job:
    one = jobs.find(job)
    assert one is not None
    return one


def test_a_job_says_what_it_is_about_and_whose_it_is(jobs: PostgresJobs) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW, subject=ABOUT, created_by="u2")
    jobs.claim("w", ["layer.read"], now=NOW + SECOND)
    one = found(jobs, job)
    assert (one.subject, one.created_by, one.created_at) == (ABOUT, "u2", NOW)
    assert (one.started_at, one.finished_at) == (NOW + SECOND, None)


def test_a_job_in_a_transaction_that_fails_was_never_there(
    jobs: PostgresJobs, engine: sa.Engine
) -> None:
    with pytest.raises(RuntimeError), engine.begin() as connection:  # noqa: PT012
        job = jobs.enqueue("layer.read", {}, now=NOW, connection=connection)
        raise RuntimeError
    assert jobs.find(job) is None


def test_the_list_is_newest_first_filtered_and_paged(jobs: PostgresJobs) -> None:
    made = [
        jobs.enqueue("layer.read", {}, now=NOW + n * SECOND, subject=f"layer:{n % 2}",
                     created_by=f"u{n % 3}")
        for n in range(6)
    ]  # fmt: skip
    jobs.cancel(made[5], now=NOW)
    assert [one.id for one in jobs.list()] == made[::-1]
    assert [one.id for one in jobs.list(created_by=["u1"])] == [made[4], made[1]]
    assert [one.id for one in jobs.list(subject="layer:0")] == [made[4], made[2], made[0]]
    assert [one.id for one in jobs.list(states=[JobState.CANCELLED])] == [made[5]]
    assert jobs.list(kinds=["refresh"]) == []
    first = jobs.list(limit=2)
    assert first[-1].created_at is not None
    after = (first[-1].created_at, first[-1].id)
    assert [one.id for one in jobs.list(limit=2, after=after)] == [made[3], made[2]]


def test_jobs_of_one_moment_are_paged_without_loss(jobs: PostgresJobs) -> None:
    made = {jobs.enqueue("layer.read", {}, now=NOW) for _ in range(5)}
    seen: list[str] = []
    after = None
    while page := jobs.list(limit=2, after=after):
        seen += [one.id for one in page]
        after = (NOW, page[-1].id)
    assert (set(seen), len(seen)) == (made, 5)


def test_progress_belongs_to_who_holds_the_job_and_begins_anew(jobs: PostgresJobs) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW)
    jobs.claim("dead", ["layer.read"], now=NOW)
    jobs.advance(job, "dead", {"step": "读取", "done": 1, "of": 4})
    assert found(jobs, job).progress == {"step": "读取", "done": 1, "of": 4}
    jobs.claim("other", ["layer.read"], now=NOW + 60 * SECOND)
    jobs.advance(job, "dead", {"step": "检查", "done": 2, "of": 4})
    assert found(jobs, job).progress is None


def test_kinds_may_lapse_sooner_than_the_queue_says(jobs: PostgresJobs) -> None:
    jobs.enqueue("layer.read", {}, now=NOW)
    jobs.claim("dead", ["layer.read"], now=NOW)
    soon = {"silence": 15 * SECOND}
    assert jobs.claim("other", ["layer.read"], now=NOW + 15 * SECOND, **soon) is None
    assert jobs.claim("other", ["layer.read"], now=NOW + 16 * SECOND) is None
    assert jobs.claim("other", ["layer.read"], now=NOW + 16 * SECOND, **soon) is not None


def test_a_job_that_kills_its_workers_is_given_up_in_words(jobs: PostgresJobs) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW, max_attempts=2)
    now = NOW
    for _ in range(2):
        assert jobs.claim("w", ["layer.read"], now=now) is not None
        now += 60 * SECOND
    assert jobs.claim("w", ["refresh"], now=now) is None
    assert found(jobs, job).state is JobState.RUNNING
    assert jobs.claim("w", ["layer.read"], now=now) is None
    ended = found(jobs, job)
    assert (ended.state, ended.finished_at) == (JobState.FAILED, now)
    assert "连续 2 次意外中断" in ended.error


def test_a_job_given_back_is_due_at_once_and_was_not_tried(jobs: PostgresJobs) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW, max_attempts=1)
    jobs.claim("w", ["layer.read"], now=NOW)
    jobs.release(job, "other", now=NOW)
    assert found(jobs, job).state is JobState.RUNNING
    jobs.release(job, "w", now=NOW)
    assert (found(jobs, job).state, found(jobs, job).attempts) == (JobState.QUEUED, 0)
    assert jobs.claim("x", ["layer.read"], now=NOW) is not None


def test_only_jobs_that_ended_are_forgotten(jobs: PostgresJobs) -> None:
    ended, waiting = (jobs.enqueue("layer.read", {}, now=NOW) for _ in range(2))
    jobs.cancel(ended, now=NOW)
    assert jobs.prune(NOW) == 0
    assert jobs.prune(NOW + SECOND) == 1
    assert [one.id for one in jobs.list()] == [waiting]


def test_a_runner_that_is_stopped_gives_its_job_back_and_tells_the_handler(
    jobs: PostgresJobs,
) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW)
    stop, begun = threading.Event(), threading.Event()
    told: list[bool] = []

    def handler(_: Job, cancelled: threading.Event, __: Progress) -> None:
        begun.set()
        told.append(cancelled.wait(30))
        raise StoreUnavailable("中断")

    runner = JobRunner(jobs, {"layer.read": handler}, worker="w")
    thread = threading.Thread(target=runner.run, args=[stop])
    thread.start()
    assert begun.wait(30)
    stop.set()
    thread.join(30)
    assert told == [True]
    assert (found(jobs, job).state, found(jobs, job).attempts) == (JobState.QUEUED, 0)


def test_a_handler_tells_its_progress_while_it_works(jobs: PostgresJobs) -> None:
    job = jobs.enqueue("layer.read", {}, now=NOW)
    seen: list[Any] = []

    def handler(_: Job, __: threading.Event, progress: Progress) -> None:
        progress("检查", 2, 4)
        seen.append(found(jobs, job).progress)

    JobRunner(jobs, {"layer.read": handler}, worker="w").step()
    assert seen == [{"step": "检查", "done": 2, "of": 4}]
    assert found(jobs, job).state is JobState.DONE


def test_progress_within_a_step_is_told_twice_a_second_at_most_and_at_its_end() -> None:
    told: list[Mapping[str, Any]] = []
    now = 7.0
    progress = Throttled(told.append, lambda: now)
    for done in range(101):
        progress("检查", done, 100)
    progress("编译", 0, 3)
    assert [(one["step"], one["done"]) for one in told] == [("检查", 0), ("检查", 100), ("编译", 0)]
    now += 0.49
    progress("编译", 1, 3)
    assert told[-1]["done"] == 0
    now += 0.02
    progress("编译", 2, 3)
    assert told[-1] == {"step": "编译", "done": 2, "of": 3}


def test_progress_that_cannot_be_told_does_not_end_the_work() -> None:
    def away(_: object) -> None:
        raise StoreUnavailable("数据库没有应答")

    Throttled(away)("检查", 1, 2)
