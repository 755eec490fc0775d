"""The queue of jobs in PostgreSQL; claimed with SKIP LOCKED, so workers never wait for another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
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
)
_SHOWN = ("id", "kind", "payload", "state", "attempts", "max_attempts", "error", "result")
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
        self, kind: str, payload: Mapping[str, Any], *, now: datetime, max_attempts: int = 3
    ) -> str:
        """Queue a job and return its id."""
        row = {
            "id": secrets.token_hex(8),
            "kind": kind,
            "payload": dict(payload),
            "state": JobState.QUEUED,
            "max_attempts": max_attempts,
            "run_after": now,
            "created_at": now,
        }
        with unavailable(), self._engine.begin() as connection:
            connection.execute(sa.insert(job_table).values(**row))
        return str(row["id"])

    def find(self, job: str) -> Job | None:
        """The job as it stands; None when there is none with this id."""
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(sa.select(job_table).where(job_table.c.id == job)).first()
        return None if row is None else _job(row)

    def claim(self, worker: str, kinds: Sequence[str], *, now: datetime) -> Job | None:
        """The oldest job that is due, or whose worker fell silent; now it is this worker's."""
        at = job_table.c
        due = (at.state == JobState.QUEUED) & (at.run_after <= now)
        silent = (at.state == JobState.RUNNING) & (at.heartbeat < now - self._silence)
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
        }
        update = sa.update(job_table).where(at.id == oldest).values(**claimed).returning(job_table)
        with unavailable(), self._engine.begin() as connection:
            row = connection.execute(update).first()
        return None if row is None else _job(row)

    def beat(self, job: str, worker: str, *, now: datetime) -> bool:
        """Say that the worker lives; False when the job was cancelled or is another's by now."""
        return self._change(job, worker, {"heartbeat": now})

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

    def cancel(self, job: str, *, now: datetime) -> bool:
        """End a job that waits or runs (its handler is told); False when it ended before."""
        open_states = (JobState.QUEUED, JobState.RUNNING)
        update = (
            sa.update(job_table)
            .where(job_table.c.id == job, job_table.c.state.in_(open_states))
            .values(**_ended(JobState.CANCELLED, "", now))
        )
        with unavailable(), self._engine.begin() as connection:
            return connection.execute(update).rowcount == 1

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
