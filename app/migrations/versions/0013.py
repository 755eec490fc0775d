"""What sources remember between runs."""

from __future__ import annotations

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
