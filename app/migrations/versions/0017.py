"""Packages of topics: what was installed, when and by whom."""

from __future__ import annotations

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
