"""Reported numbers: forms, filings, their review, and the frozen scores of a month."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision: str | None = "0013"

# From when a form that names no first period is owed.
_START = "CREATE TABLE report_start (form text PRIMARY KEY, since timestamptz NOT NULL)"

# One row a form and period; `revision` rises with every change, so that nobody overwrites another.
_FILING = """
CREATE TABLE report_filing (
    id text PRIMARY KEY,
    form text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    cells jsonb NOT NULL DEFAULT '{}',
    accepted jsonb,
    writers text[] NOT NULL DEFAULT '{}',
    saved_by text NOT NULL DEFAULT '',
    saved_at timestamptz,
    UNIQUE (form, period_start, period_kind)
);
"""
_STEP = """
CREATE TABLE report_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    filing text NOT NULL REFERENCES report_filing (id),
    at timestamptz NOT NULL,
    by text NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text NOT NULL DEFAULT '',
    cells jsonb,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX report_step_of ON report_step (filing, id);
"""
# A month that was frozen stays as it was judged.
_SCORE = """
CREATE TABLE report_score (
    month date PRIMARY KEY,
    at timestamptz NOT NULL,
    by text NOT NULL,
    result jsonb NOT NULL
);
CREATE FUNCTION report_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE TRIGGER report_step_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON report_step
    FOR EACH STATEMENT EXECUTE FUNCTION report_refuse();
CREATE TRIGGER report_score_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON report_score
    FOR EACH STATEMENT EXECUTE FUNCTION report_refuse();
"""


def upgrade() -> None:
    """Create the tables."""
    for one in (_START, _FILING, _STEP, _SCORE):
        op.execute(one)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE report_score, report_step, report_filing, report_start")
    op.execute("DROP FUNCTION report_refuse")
