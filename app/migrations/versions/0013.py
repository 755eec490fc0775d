"""What sources remember between runs; what a run received; batches held back; pauses."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision: str | None = "0012"

_RUN = """
ALTER TABLE refresh_run
    ADD COLUMN notes jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN bytes bigint,
    ADD COLUMN http_status integer,
    ADD COLUMN watermark text NOT NULL DEFAULT '',
    ADD COLUMN span text NOT NULL DEFAULT ''
"""

# ETag, Last-Modified, watermark; with a mark of the way of reading under which they hold.
_MEMORY = """
CREATE TABLE refresh_memory (
    refresher text PRIMARY KEY,
    words jsonb NOT NULL,
    noted_at timestamptz NOT NULL
)
"""

_PAUSE = """
CREATE TABLE refresh_pause (
    refresher text PRIMARY KEY,
    reason text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL
)
"""

# A batch that looks wrong as a whole waits here for a person; `content` is compressed.
_HELD = """
CREATE TABLE refresh_held (
    id text PRIMARY KEY,
    refresher text NOT NULL,
    run text NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    digest text NOT NULL,
    count integer NOT NULL,
    seen integer NOT NULL DEFAULT 1,
    content bytea,
    state text NOT NULL DEFAULT 'held',
    decided_by text,
    decided_at timestamptz,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX refresh_held_of ON refresh_held (refresher, at DESC);
CREATE UNIQUE INDEX refresh_held_once ON refresh_held (refresher, digest)
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_RUN, _MEMORY, _PAUSE, _HELD):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE refresh_held, refresh_pause, refresh_memory")
    op.execute(
        "ALTER TABLE refresh_run DROP COLUMN notes, DROP COLUMN bytes, DROP COLUMN http_status,"
        " DROP COLUMN watermark, DROP COLUMN span"
    )
