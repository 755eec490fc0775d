"""Messages to people: kept first, sent at least once; 法定预警 of other issuers."""

from __future__ import annotations

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
