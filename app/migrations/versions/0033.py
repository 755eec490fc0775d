"""Messages say whom they were meant for before they were spread, and who has read them here."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision: str | None = "0032"

# address: the unit of a message that several receivers take; null: it is the receiver itself.
_ADD = """
ALTER TABLE notice ADD COLUMN address text;
CREATE INDEX notice_of_address ON notice ((coalesce(address, receiver)), id DESC);
CREATE TABLE notice_seen (
    account text NOT NULL,
    notice bigint NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    PRIMARY KEY (account, notice)
);
CREATE INDEX notice_seen_of ON notice_seen (notice);
"""


def upgrade() -> None:
    """Add the column and the marks."""
    op.execute(_ADD)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE notice_seen")
    op.execute("DROP INDEX notice_of_address")
    op.execute("ALTER TABLE notice DROP COLUMN address")
