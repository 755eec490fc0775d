"""Alerts: their rules, their log, the mode of the city."""

from __future__ import annotations

revision = "0018"
down_revision: str | None = "0017"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
