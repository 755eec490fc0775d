"""Rolled-up observations, and forecasts with their record."""

from __future__ import annotations

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
