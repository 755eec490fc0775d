"""Packages of topics: which migrations of indicators were applied, so that they can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "topic_migration",
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("spec", JSONB, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column(
            "applied_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("topic_migration")
