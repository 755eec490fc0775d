"""Photos and imports of cases; months of evaluation."""

from __future__ import annotations

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
