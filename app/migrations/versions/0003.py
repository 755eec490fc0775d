"""Topics: observations by month, what they said before, live outbox, answered pushes."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision: str | None = "0002"

_COLUMNS = """
    indicator text NOT NULL,
    region text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    value double precision,
    status text NOT NULL,
    unit text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    run text,
    recorded_at timestamptz NOT NULL
"""

# One partition a month of the period's start (Asia/Shanghai), made by the store when first needed.
_CURRENT = f"""
CREATE TABLE observation ({_COLUMNS},
    PRIMARY KEY (indicator, region, period_start, period_kind)
) PARTITION BY RANGE (period_start);
"""

_REVISION = f"""
CREATE TABLE observation_revision ({_COLUMNS},
    PRIMARY KEY (indicator, region, period_start, period_kind, recorded_at)
);
"""

# Which series exist: "the latest of each" looks at one row a series instead of all history.
_SERIES = """
CREATE TABLE observation_series (
    indicator text NOT NULL,
    region text NOT NULL,
    PRIMARY KEY (indicator, region)
);
"""

_OUTBOX = """
CREATE TABLE live_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    region text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    value double precision,
    status text NOT NULL,
    recorded_at timestamptz NOT NULL
);
"""

_ANSWERED = """
CREATE TABLE push_answer (
    subject text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    answer json,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
);
CREATE INDEX push_answer_old ON push_answer (answered_at);
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_CURRENT, _REVISION, _SERIES, _OUTBOX, _ANSWERED):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute(
        "DROP TABLE push_answer, live_outbox, observation_series, observation_revision, observation"
    )
