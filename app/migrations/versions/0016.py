"""What formulas have still to compute."""

from __future__ import annotations

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
