"""The queue of jobs in PostgreSQL; claimed with SKIP LOCKED, so workers never wait for another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.jobs import Job, JobState

_moment = sa.DateTime(timezone=True)
job_table = sa.Table(
    "job",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("payload", JSONB),
    sa.Column("state", sa.Text),
    sa.Column("attempts", sa.Integer),
    sa.Column("max_attempts", sa.Integer),
    sa.Column("run_after", _moment),
    sa.Column("claimed_by", sa.Text),
    sa.Column("heartbeat", _moment),
    sa.Column("created_at", _moment),
    sa.Column("finished_at", _moment),
    sa.Column("error", sa.Text),
    sa.Column("result", JSONB(none_as_null=True)),
    sa.Column("subject", sa.Text),
    sa.Column("created_by", sa.Text),
    sa.Column("progress", JSONB(none_as_null=True)),
    sa.Column("started_at", _moment),
)
_SHOWN = tuple(one.name for one in fields(Job))
_OPEN = (JobState.QUEUED, JobState.RUNNING)
_DIED = "处理它的后台进程连续 {attempts} 次意外中断,可能是内存不足;请查看运行日志,减小文件后重试"
_SILENCE = timedelta(seconds=30)  # a worker that did not beat for so long is taken for dead
_FIRST_DELAY = timedelta(seconds=2)
_LONGEST_DELAY = timedelta(minutes=10)


class PostgresJobs:
    """The queue of all processes. A claim lapses when its heartbeat stops."""

    def __init__(self, engine: sa.Engine, *, silence: timedelta = _SILENCE) -> None:
        """Use `engine`; a worker silent for `silence` loses its job to another."""
        self._engine = engine
        self._silence = silence

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        now: datetime,
        max_attempts: int = 3,
        subject: str = "",
        created_by: str = "",
        connection: sa.Connection | None = None,
    ) -> str:
        """Queue a job and return its id; within the caller's transaction where one is given."""
        row = {
            "id": secrets.token_hex(8),
            "kind": kind,
            "payload": dict(payload),
            "state": JobState.QUEUED,
            "max_attempts": max_attempts,
            "run_after": now,
            "created_at": now,
            "subject": subject,
            "created_by": created_by,
        }
        insert = sa.insert(job_table).values(**row)
        with unavailable():
            if connection is not None:
                connection.execute(insert)
            else:
                with self._engine.begin() as own:
                    own.execute(insert)
        return str(row["id"])

    def find(self, job: str) -> Job | None:
        """The job as it stands; None when there is none with this id."""
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(sa.select(job_table).where(job_table.c.id == job)).first()
        return None if row is None else _job(row)

    def list(
        self,
        *,
        subject: str | None = None,
        created_by: Sequence[str] | None = None,
        states: Sequence[JobState] | None = None,
        kinds: Sequence[str] | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> list[Job]:
        """Jobs that fit, newest first; `after` is (created_at, id) of the last one seen."""
        at = job_table.c
        chosen = sa.select(job_table).order_by(at.created_at.desc(), at.id.desc()).limit(limit)
        if subject is not None:
            chosen = chosen.where(at.subject == subject)
        if created_by is not None:
            chosen = chosen.where(at.created_by.in_(created_by))
        if states is not None:
            chosen = chosen.where(at.state.in_(states))
        if kinds is not None:
            chosen = chosen.where(at.kind.in_(kinds))
        if after is not None:
            chosen = chosen.where(sa.tuple_(at.created_at, at.id) < sa.tuple_(*after))
        with unavailable(), self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(chosen)]

    def claim(
        self,
        worker: str,
        kinds: Sequence[str],
        *,
        now: datetime,
        silence: timedelta | None = None,
    ) -> Job | None:
        """The oldest job that is due, or whose worker fell silent; now it is this worker's.

        `silence` is how long a worker of these kinds may be silent (None: the queue's own). A job
        whose workers died as often as it may be tried is failed instead.
        """
        at = job_table.c
        due = (at.state == JobState.QUEUED) & (at.run_after <= now)
        fell_silent = at.heartbeat < now - (silence or self._silence)
        silent = (at.state == JobState.RUNNING) & fell_silent & (at.attempts < at.max_attempts)
        given_up = (at.state == JobState.RUNNING) & fell_silent & (at.attempts >= at.max_attempts)
        said = sa.func.replace(_DIED, "{attempts}", sa.cast(at.attempts, sa.Text))
        give_up = (
            sa.update(job_table)
            .where(given_up, at.kind.in_(kinds))
            .values(state=JobState.FAILED, finished_at=now, error=said)
        )
        oldest = (
            sa.select(at.id)
            .where(due | silent, at.kind.in_(kinds))
            .order_by(at.run_after)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        claimed = {
            "state": JobState.RUNNING,
            "claimed_by": worker,
            "heartbeat": now,
            "attempts": at.attempts + 1,
            "started_at": now,
            "progress": None,
        }
        update = sa.update(job_table).where(at.id == oldest).values(**claimed).returning(job_table)
        with unavailable(), self._engine.begin() as connection:
            connection.execute(give_up)
            row = connection.execute(update).first()
        return None if row is None else _job(row)

    def beat(self, job: str, worker: str, *, now: datetime) -> bool:
        """Say that the worker lives; False when the job was cancelled or is another's by now."""
        return self._change(job, worker, {"heartbeat": now})

    def advance(self, job: str, worker: str, progress: Mapping[str, Any]) -> None:
        """Record how far the job is, if it is still this worker's."""
        self._change(job, worker, {"progress": dict(progress)})

    def release(self, job: str, worker: str, *, now: datetime) -> None:
        """Give the job back as if it had not been tried: this worker ends."""
        again = {
            "state": JobState.QUEUED,
            "run_after": now,
            "attempts": job_table.c.attempts - 1,
            "claimed_by": None,
            "progress": None,
        }
        self._change(job, worker, again)

    def finish(self, job: str, worker: str, result: Any, *, now: datetime) -> None:
        """Record success, if the job is still this worker's."""
        done = {"state": JobState.DONE, "finished_at": now, "result": result, "error": ""}
        self._change(job, worker, done)

    def fail(self, job: str, worker: str, error: str, *, now: datetime) -> None:
        """Record failure: queued again with a growing delay until its attempts are used up."""
        found = self.find(job)
        if found is None:
            return
        if found.attempts >= found.max_attempts:
            self._change(job, worker, _ended(JobState.FAILED, error, now))
            return
        delay = min(_FIRST_DELAY * 2 ** (found.attempts - 1), _LONGEST_DELAY)
        again = {"state": JobState.QUEUED, "run_after": now + delay, "error": error}
        self._change(job, worker, again)

    def cancel(self, job: str, *, now: datetime, connection: sa.Connection | None = None) -> bool:
        """End a job that waits or runs (its handler is told); False when it ended before."""
        update = (
            sa.update(job_table)
            .where(job_table.c.id == job, job_table.c.state.in_(_OPEN))
            .values(**_ended(JobState.CANCELLED, "", now))
        )
        with unavailable():
            if connection is not None:
                return connection.execute(update).rowcount == 1
            with self._engine.begin() as own:
                return own.execute(update).rowcount == 1

    def prune(self, before: datetime) -> int:
        """Forget jobs that ended before `before`; returns how many."""
        ended = job_table.c.state.not_in(_OPEN) & (job_table.c.finished_at < before)
        with unavailable(), self._engine.begin() as connection:
            return connection.execute(sa.delete(job_table).where(ended)).rowcount

    def _change(self, job: str, worker: str, values: Mapping[str, Any]) -> bool:
        mine = (
            (job_table.c.id == job)
            & (job_table.c.claimed_by == worker)
            & (job_table.c.state == JobState.RUNNING)
        )
        with unavailable(), self._engine.begin() as connection:
            update = sa.update(job_table).where(mine).values(**values)
            return connection.execute(update).rowcount == 1


def _ended(state: JobState, error: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "error": error, "finished_at": now}


def _job(row: sa.Row[Any]) -> Job:
    values = {name: row._mapping[name] for name in _SHOWN}
    return Job(**{**values, "state": JobState(values["state"])})
