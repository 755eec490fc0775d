"""Cases, their steps, tasks and clocks; which unit an account belongs to."""

from __future__ import annotations

revision = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
