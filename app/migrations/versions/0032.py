"""上报 counts when it was reported; a case that was taken in later says since when it is known."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision: str | None = "0029"

# known_at: when the entry was written, where that is later than when it happened. A past moment
# before it knows nothing of the entry.
_ADD = "ALTER TABLE case_entry ADD COLUMN known_at timestamptz"
_SAY = """
UPDATE case_entry e SET at = f.reported_at, known_at = e.at
FROM case_file f
WHERE f.id = e.case_id AND f.reported_at < e.at AND e.at = f.recorded_at AND e.before_at IS NULL
  AND e.state IN ('上报', '待核实');
UPDATE case_entry e SET before_at = f.reported_at
FROM case_file f WHERE f.id = e.case_id AND e.before_at = f.recorded_at
  AND f.reported_at < f.recorded_at AND e.state IN ('上报', '待核实');
"""
_WRITTEN = """
CREATE OR REPLACE FUNCTION case_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_entry (at, known_at, case_id, state, scheme, region, demo, drill, returned,
        took_s, before_at)
    SELECT CASE WHEN e.version = 1 THEN least(f.reported_at, e.at) ELSE e.at END,
        CASE WHEN e.version = 1 AND f.reported_at < e.at THEN e.at END,
        e.case_id, e.state, f.scheme, f.region, f.demo, f.drill, e.step = '退回', e.took_s,
        (SELECT CASE WHEN o.version = 1 THEN least(f.reported_at, o.at) ELSE o.at END
         FROM case_event o
         WHERE o.case_id = e.case_id AND o.version < e.version AND o.state = e.state
           AND (o.left_state IS NOT NULL OR o.version = 1)
         ORDER BY o.version DESC LIMIT 1)
    FROM added e JOIN case_file f ON f.id = e.case_id
    WHERE e.left_state IS NOT NULL OR e.version = 1;
    RETURN NULL;
END $$;
"""
_BEFORE = """
CREATE OR REPLACE FUNCTION case_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_entry
    SELECT e.at, e.case_id, e.state, f.scheme, f.region, f.demo, f.drill, e.step = '退回', e.took_s,
        (SELECT o.at FROM case_event o
         WHERE o.case_id = e.case_id AND o.version < e.version AND o.state = e.state
           AND (o.left_state IS NOT NULL OR o.version = 1)
         ORDER BY o.version DESC LIMIT 1)
    FROM added e JOIN case_file f ON f.id = e.case_id
    WHERE e.left_state IS NOT NULL OR e.version = 1;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Add the column, say it of what is there, and of what is to come."""
    op.execute(_ADD)
    op.execute(_SAY)
    op.execute(_WRITTEN)


def downgrade() -> None:
    """Count 上报 when it was taken in, as before."""
    op.execute(_BEFORE)
    op.execute("UPDATE case_entry SET at = known_at WHERE known_at IS NOT NULL")
    op.execute("ALTER TABLE case_entry DROP COLUMN known_at")
