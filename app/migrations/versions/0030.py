"""A case is looked up by the tail of its number: two digits are among the signs of too many."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision: str | None = "0033"

# A number is asked for whole or by its tail; its other signs (of the date, mostly) are those of all
# cases of that day, month and year, and made the index of signs find a tenth of them for "42".
_TAILS = """
DROP INDEX case_file_said;
CREATE INDEX case_file_said ON case_file
    USING gin (case_signs(text || ' ' || place)) WHERE ended_at IS NOT NULL;
CREATE INDEX case_file_tail ON case_file (reverse(number) text_pattern_ops)
    WHERE ended_at IS NOT NULL;
"""
_NO_TAILS = """
DROP INDEX case_file_tail;
DROP INDEX case_file_said;
CREATE INDEX case_file_said ON case_file
    USING gin (case_signs(number || ' ' || text || ' ' || place)) WHERE ended_at IS NOT NULL;
"""


def upgrade() -> None:
    """Index tails apart from words."""
    op.execute(_TAILS)


def downgrade() -> None:
    """One index of all signs again."""
    op.execute(_NO_TAILS)
