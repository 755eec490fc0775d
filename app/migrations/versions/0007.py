"""Jobs people can see: what they are about, whose they are, how far they got."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision: str | None = "0006"

_COLUMNS = """
ALTER TABLE job
    ADD COLUMN subject text NOT NULL DEFAULT '',
    ADD COLUMN created_by text NOT NULL DEFAULT '',
    ADD COLUMN progress jsonb,
    ADD COLUMN started_at timestamptz;
CREATE INDEX job_newest ON job (created_at DESC, id DESC);
CREATE INDEX job_subject ON job (subject, created_at DESC) WHERE subject <> '';
CREATE INDEX job_owner ON job (created_by, created_at DESC) WHERE created_by <> '';
"""


def upgrade() -> None:
    """Add the columns."""
    op.execute(_COLUMNS)


def downgrade() -> None:
    """Drop them again."""
    op.execute("DROP INDEX job_newest, job_subject, job_owner")
    op.execute(
        "ALTER TABLE job DROP COLUMN subject, DROP COLUMN created_by,"
        " DROP COLUMN progress, DROP COLUMN started_at"
    )
