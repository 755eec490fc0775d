"""Definitions of indicators with their versions and changes under review; releases by date."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision: str | None = "0010"

_TABLES = """
CREATE TABLE definition_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    number integer NOT NULL,
    fields jsonb NOT NULL,
    manifest jsonb,
    valid_from date,
    recorded_at timestamptz NOT NULL,
    author text NOT NULL,
    reason text NOT NULL DEFAULT '',
    breaks boolean NOT NULL DEFAULT false,
    change text,
    UNIQUE (indicator, number)
);
CREATE TABLE definition_change (
    id text PRIMARY KEY,
    indicator text NOT NULL,
    state text NOT NULL,
    fields jsonb NOT NULL,
    base integer NOT NULL,
    valid_from date,
    breaks boolean NOT NULL DEFAULT false,
    reason text NOT NULL,
    author text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    note text NOT NULL DEFAULT '',
    urgent boolean NOT NULL DEFAULT false,
    version integer
);
CREATE INDEX definition_change_state ON definition_change (state, updated_at DESC);
CREATE INDEX definition_change_indicator ON definition_change (indicator, updated_at DESC);
CREATE TABLE release_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    release_at timestamptz,
    reason text NOT NULL,
    author text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX release_entry_period ON release_entry (indicator, period_start, id);
"""


def upgrade() -> None:
    """Create the tables; the first versions are written when the program starts."""
    op.execute(_TABLES)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE release_entry")
    op.execute("DROP TABLE definition_change")
    op.execute("DROP TABLE definition_version")
