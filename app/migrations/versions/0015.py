"""What is doubtful about an observation."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision: str | None = "0014"

# A doubt about one value, or (value null) about a series from period_start on. Two times: when it
# was raised and when it ended, so that any moment can be asked for.
_FLAG = """
CREATE TABLE quality_flag (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    indicator text NOT NULL,
    region text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    period_until timestamptz,  -- the first period it no longer covers; null: it goes on
    value double precision,
    detail text NOT NULL,
    raised_at timestamptz NOT NULL,
    cleared_at timestamptz,
    cleared text
);
CREATE UNIQUE INDEX quality_flag_open ON quality_flag
    (indicator, region, kind, period_start, period_kind) WHERE cleared_at IS NULL;
CREATE INDEX quality_flag_of ON quality_flag (indicator, region, period_start);
CREATE INDEX quality_flag_raised ON quality_flag (raised_at DESC, id DESC);
"""

_NOTE = """
CREATE TABLE quality_note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flag bigint NOT NULL REFERENCES quality_flag (id),
    at timestamptz NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    valid_until timestamptz
);
CREATE INDEX quality_note_of ON quality_note (flag, at);
"""

# Indicators with values not yet looked at by the checks over series; written with the values.
_DUE = """
CREATE TABLE quality_due (
    indicator text PRIMARY KEY,
    marked_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_FLAG, _NOTE, _DUE):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE quality_due, quality_note, quality_flag")
