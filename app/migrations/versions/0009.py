"""Trusted rivers and roads stand beside the trusted outline."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Say of each reference what it is; all so far are outlines."""
    op.execute("ALTER TABLE reference_outlines ADD COLUMN kind text NOT NULL DEFAULT 'outline'")


def downgrade() -> None:
    """Forget rivers and roads, which the older program would take for outlines."""
    op.execute("DELETE FROM reference_outlines WHERE kind <> 'outline'")
    op.execute("ALTER TABLE reference_outlines DROP COLUMN kind")
