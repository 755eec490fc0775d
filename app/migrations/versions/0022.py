"""督办 and 值班."""

from __future__ import annotations

revision = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
