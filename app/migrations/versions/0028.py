"""Incidents say when they were put down, so that a past moment knows only what was known here."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision: str | None = "0027"

_ADD = """
ALTER TABLE duty_incident ADD COLUMN recorded_at timestamptz;
UPDATE duty_incident SET recorded_at = known_at;
ALTER TABLE duty_incident ALTER COLUMN recorded_at SET NOT NULL;
"""


def upgrade() -> None:
    """Add the moment; of what is there already it was not kept and is that of its knowledge."""
    op.execute(_ADD)


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE duty_incident DROP COLUMN recorded_at")
