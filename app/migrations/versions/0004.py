"""Refreshing: where each refresher stands, its runs, and the queue of jobs."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision: str | None = "0003"

_RUNS = """
CREATE TABLE refresh_run (
    id text PRIMARY KEY,
    refresher text NOT NULL,
    cause text NOT NULL,
    tick timestamptz NOT NULL,
    started timestamptz NOT NULL,
    finished timestamptz,
    ok boolean,
    error text NOT NULL DEFAULT '',
    read integer NOT NULL DEFAULT 0,
    kept integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    refusals jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX refresh_run_started ON refresh_run (refresher, started DESC);
CREATE INDEX refresh_run_old ON refresh_run (started);
"""

# One row a refresher: which tick was claimed last and by which leader (the fence), how it went.
_STATE = """
CREATE TABLE refresh_state (
    refresher text PRIMARY KEY,
    tick timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    run text,
    failures_in_row integer NOT NULL DEFAULT 0,
    last_ok timestamptz
);
CREATE SEQUENCE leader_fence;
"""

# Files of a drop folder that were taken in, by what they contain.
_SEEN = """
CREATE TABLE refresh_file (
    refresher text NOT NULL,
    sha256 text NOT NULL,
    name text NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (refresher, sha256)
);
"""

_JOBS = """
CREATE TABLE job (
    id text PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    run_after timestamptz NOT NULL,
    claimed_by text,
    heartbeat timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text NOT NULL DEFAULT '',
    result jsonb
);
CREATE INDEX job_open ON job (run_after) WHERE state IN ('queued', 'running');
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_RUNS, _STATE, _SEEN, _JOBS):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE job, refresh_file, refresh_state, refresh_run")
    op.execute("DROP SEQUENCE leader_fence")
