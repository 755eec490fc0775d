"""Submissions: uploads on their way to a published version, and what happened to each."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision: str | None = "0005"

# One row an upload; `revision` rises with every change, so that nobody overwrites another's.
_SUBMISSION = """
CREATE TABLE submission (
    id text PRIMARY KEY,
    layer text NOT NULL,
    upload text NOT NULL UNIQUE,
    state text NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    file jsonb NOT NULL,
    about jsonb NOT NULL,
    answers jsonb NOT NULL,
    question jsonb,
    report jsonb,
    version text REFERENCES layer_versions (id) ON DELETE SET NULL,
    base text,
    diff jsonb,
    job text,
    urgent boolean NOT NULL DEFAULT false,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    reviewer text,
    review_note text NOT NULL DEFAULT '',
    publish_at timestamptz
);
CREATE INDEX submission_newest ON submission (created_at DESC, id DESC);
CREATE INDEX submission_layer ON submission (layer, created_at DESC);
CREATE INDEX submission_due ON submission (publish_at) WHERE state = 'approved';
"""

_STEP = """
CREATE TABLE submission_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission text NOT NULL REFERENCES submission (id),
    at timestamptz NOT NULL,
    by text NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX submission_step_of ON submission_step (submission, id);
CREATE FUNCTION submission_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'submission_step is append-only: % refused', TG_OP;
END $$;
CREATE TRIGGER submission_step_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_step
    FOR EACH STATEMENT EXECUTE FUNCTION submission_step_refuse();
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_SUBMISSION)
    op.execute(_STEP)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE submission_step, submission")
    op.execute("DROP FUNCTION submission_step_refuse")
