"""What formulas have still to compute, noted by the write itself."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision: str | None = "0015"

# formula_state: what each formula was when its values were last computed as a whole.
# formula_input: the indicators whose changes are noted. formula_changed: the changes.
_TABLES = """
CREATE TABLE formula_state (
    indicator text PRIMARY KEY,
    digest text NOT NULL,
    whole boolean NOT NULL DEFAULT true
);
CREATE TABLE formula_input (
    indicator text PRIMARY KEY
);
CREATE TABLE formula_changed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    region text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL
);
"""

# In the transaction of the write, whoever writes: what was acknowledged is never forgotten.
# Who computes formulas sets tonglan.computing: it knows what it changed.
_NOTE = """
CREATE FUNCTION formula_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('tonglan.computing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO formula_changed (indicator, region, period_start, period_kind)
    SELECT w.indicator, w.region, w.period_start, w.period_kind
    FROM written AS w JOIN formula_input USING (indicator);
    RETURN NULL;
END $$;
CREATE TRIGGER formula_note_insert AFTER INSERT ON observation
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION formula_note();
CREATE TRIGGER formula_note_update AFTER UPDATE ON observation
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION formula_note();
"""


def upgrade() -> None:
    """Create the tables and the triggers."""
    op.execute(_TABLES)
    op.execute(_NOTE)


def downgrade() -> None:
    """Drop the triggers and the tables."""
    op.execute("DROP TRIGGER formula_note_update ON observation")
    op.execute("DROP TRIGGER formula_note_insert ON observation")
    op.execute("DROP FUNCTION formula_note")
    op.execute("DROP TABLE formula_changed, formula_input, formula_state")
