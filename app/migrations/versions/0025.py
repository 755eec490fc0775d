"""Since when until when series waited for their hold: what a past moment's list of them reads."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision: str | None = "0024"

_TABLE = """
CREATE TABLE alert_pending (
    rule text NOT NULL,
    region text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (rule, region, since)
);
CREATE INDEX alert_pending_open ON alert_pending (rule, region) WHERE until IS NULL;
CREATE INDEX alert_pending_since ON alert_pending (since);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(_TABLE)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE alert_pending")
