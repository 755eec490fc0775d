"""Cases: clocks of 协办, what the program has to do and when, and what units were told of."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision: str | None = "0025"

_COLUMNS = """
ALTER TABLE case_file
    ADD COLUMN support_due timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN support_done timestamptz[] NOT NULL DEFAULT '{}',
    ADD COLUMN respond_due timestamptz,
    ADD COLUMN responded_at timestamptz,
    ADD COLUMN next_due timestamptz,
    ADD COLUMN wake_at timestamptz,
    ADD COLUMN hidden boolean NOT NULL DEFAULT false,
    ADD COLUMN clocked_at timestamptz;
"""

# As the fold of the steps says it; `tonglan cases check` compares both.
_FILLED = """
UPDATE case_file f SET
    support_due = (
        SELECT array_agg(f.handle_due ORDER BY s.n)
        FROM unnest(f.support) WITH ORDINALITY s(unit, n)),
    support_done = (
        SELECT array_agg((
            SELECT CASE WHEN e.data ->> 'to' = '反馈' THEN e.at END FROM case_event e
            WHERE e.case_id = f.id AND e.step = '任务' AND e.data ->> 'unit' = s.unit
              AND e.at >= f.dispatched_at
            ORDER BY e.version DESC LIMIT 1) ORDER BY s.n)
        FROM unnest(f.support) WITH ORDINALITY s(unit, n))
WHERE f.support <> '{}';
UPDATE case_file f SET responded_at = (
    SELECT min(e.at) FROM case_event e
    WHERE e.case_id = f.id AND e.state IN ('处置', '反馈') AND e.left_state IN ('签收', '处置')
      AND e.at >= f.dispatched_at)
WHERE f.dispatched_at IS NOT NULL AND f.unit IS NOT NULL;
UPDATE case_file SET next_due = due WHERE ended_at IS NULL AND state <> '挂账';
UPDATE case_file SET wake_at = due WHERE state = '协调';
UPDATE case_file f SET wake_at = (
    SELECT (e.data ->> 'until')::timestamptz FROM case_event e
    WHERE e.case_id = f.id AND e.state = '挂账' AND e.left_state IS NOT NULL
    ORDER BY e.version DESC LIMIT 1)
WHERE f.state = '挂账';
UPDATE case_file SET hidden = true
WHERE id IN (SELECT case_id FROM case_event WHERE data ->> 'due_note' LIKE '时限未定%');
"""

_FOUND = """
CREATE INDEX case_file_next_due ON case_file (next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX case_file_wake_at ON case_file (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX case_file_hidden ON case_file (id) WHERE hidden;
"""

# Up to which moment everything was told of a version of a case: no case is looked at twice for the
# same. A note of the program's own: what was told stands in `notice`.
_TOLD = """
CREATE TABLE case_told (
    case_id text PRIMARY KEY,
    version integer NOT NULL,
    next_at timestamptz
);
"""
_ADDED = (
    "support_due", "support_done", "respond_due", "responded_at", "next_due", "wake_at", "hidden",
    "clocked_at",
)  # fmt: skip


def upgrade() -> None:
    """Add, fill and index."""
    op.execute(_COLUMNS)
    op.execute(_FILLED)
    op.execute(_FOUND)
    op.execute(_TOLD)


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP TABLE case_told")
    for name in _ADDED:
        op.execute(f"ALTER TABLE case_file DROP COLUMN {name}")
