"""What the catalogue says about a layer: abstract, provider, fields with masks, keep rule."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Add the column; a constant default rewrites no rows."""
    op.execute("ALTER TABLE layers ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE layers DROP COLUMN metadata")
