"""What lists of alerts count by stands in columns of its own, made from the body."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision: str | None = "0022"

# Counting ten thousand open alerts read and parsed ten thousand bodies before.
_COLUMNS = """
ALTER TABLE alert
    ADD COLUMN indicator text GENERATED ALWAYS AS (body ->> 'indicator') STORED,
    ADD COLUMN inhibited_by text GENERATED ALWAYS AS (body ->> 'inhibited_by') STORED,
    ADD COLUMN handling boolean
        GENERATED ALWAYS AS ((body -> 'data' ->> 'handling')::boolean) STORED,
    ADD COLUMN said_false boolean GENERATED ALWAYS AS ((body ->> 'false')::boolean) STORED;
CREATE INDEX alert_under ON alert (under) WHERE under IS NOT NULL AND resolved_at IS NULL;
"""


def upgrade() -> None:
    """Add the columns and the index of groups."""
    op.execute(_COLUMNS)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX alert_under")
    op.execute(
        "ALTER TABLE alert DROP COLUMN indicator, DROP COLUMN inhibited_by,"
        " DROP COLUMN handling, DROP COLUMN said_false"
    )
