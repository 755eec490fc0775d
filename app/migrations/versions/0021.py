"""Photos and imports of cases; months of evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision: str | None = "0020"

_moment = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_photo",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),  # "case:ID" or "evaluation:2026-10"
        sa.Column("step", sa.Text, nullable=False),  # what it was added during
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("mime", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _moment, nullable=False),
    )
    op.create_index("case_photo_owner", "case_photo", ["owner", "step"])
    op.create_table(
        "case_import",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _moment, nullable=False),
        sa.Column("result", JSONB, nullable=False),
    )
    op.create_index("case_import_at", "case_import", ["at"])
    op.create_table(
        "evaluation_step",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),  # 1, 2, … within the month
        sa.Column("at", _moment, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("result", JSONB),
        sa.UniqueConstraint("month", "number"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("evaluation_step", "case_import", "case_photo"):
        op.drop_table(table)
