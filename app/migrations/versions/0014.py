"""Reported numbers: forms, filings, their review."""

from __future__ import annotations

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
