"""督办 and 值班."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision: str | None = "0021"

_DIRECTIVES = """
CREATE TABLE directive (
    id text PRIMARY KEY,
    about_kind text NOT NULL,
    about_key text NOT NULL,
    about_id text NOT NULL,
    topic text,
    unit text NOT NULL,
    text text NOT NULL,
    deadline timestamptz NOT NULL,
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    drill boolean NOT NULL DEFAULT false,
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX directive_about ON directive (about_kind, about_key);
CREATE INDEX directive_unit ON directive (unit, issued_at);
CREATE INDEX directive_issued ON directive (issued_at DESC, id);
CREATE TABLE directive_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    directive text NOT NULL REFERENCES directive (id),
    step text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    note text NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX directive_event_of ON directive_event (directive, at, id);
CREATE INDEX directive_ended ON directive_event (directive, at) WHERE step IN ('办结', '撤销');
"""

_PEOPLE = """
CREATE TABLE duty_person (
    id text PRIMARY KEY,
    name text NOT NULL,
    unit text NOT NULL,
    post text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    mail text NOT NULL DEFAULT '',
    account text,
    initials text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    removed_at timestamptz
);
CREATE INDEX duty_person_account ON duty_person (account) WHERE account IS NOT NULL;
"""

_ROSTER = """
CREATE TABLE duty_shift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    leader text REFERENCES duty_person (id),
    chief text REFERENCES duty_person (id),
    seats jsonb NOT NULL DEFAULT '[]',
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    reason text NOT NULL DEFAULT '',
    replaced_at timestamptz,
    CHECK (ends > starts)
);
CREATE INDEX duty_shift_when ON duty_shift (starts, ends) WHERE replaced_at IS NULL;
CREATE TABLE duty_swap (
    id text PRIMARY KEY,
    first jsonb NOT NULL,
    second jsonb NOT NULL,
    reason text NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL
);
CREATE TABLE duty_swap_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    swap text NOT NULL REFERENCES duty_swap (id),
    step text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX duty_swap_event_of ON duty_swap_event (swap, at, id);
"""

_MEMORY = """
CREATE TABLE duty_handover (
    id text PRIMARY KEY,
    shift_starts timestamptz NOT NULL,
    leaving text NOT NULL REFERENCES duty_person (id),
    taking text NOT NULL REFERENCES duty_person (id),
    items jsonb NOT NULL,
    notes text NOT NULL DEFAULT '',
    left_at timestamptz NOT NULL,
    left_by text NOT NULL,
    taken_at timestamptz,
    taken_by text,
    remark text NOT NULL DEFAULT ''
);
CREATE INDEX duty_handover_when ON duty_handover (left_at DESC);
CREATE TABLE duty_journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    written_at timestamptz NOT NULL,
    actor text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    corrects bigint REFERENCES duty_journal (id),
    drill boolean NOT NULL DEFAULT false
);
CREATE INDEX duty_journal_when ON duty_journal (at DESC, id DESC);
"""

_INCIDENTS = """
CREATE TABLE duty_incident (
    id text PRIMARY KEY,
    title text NOT NULL,
    region text NOT NULL,
    place text NOT NULL DEFAULT '',
    kind text NOT NULL,
    happened_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    drill boolean NOT NULL DEFAULT false
);
CREATE INDEX duty_incident_when ON duty_incident (known_at DESC, id);
CREATE TABLE duty_incident_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident text NOT NULL REFERENCES duty_incident (id),
    step text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    text text NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX duty_incident_event_of ON duty_incident_event (incident, at, id);
"""

_LOGS = (
    "directive_event",
    "duty_swap_event",
    "duty_journal",
    "duty_incident_event",
)
_REFUSE = """
CREATE FUNCTION duty_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE FUNCTION duty_handover_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.taken_at IS NOT NULL OR NEW.taken_at IS NULL
       OR (NEW.id, NEW.shift_starts, NEW.leaving, NEW.taking, NEW.items, NEW.notes, NEW.left_at)
          IS DISTINCT FROM
          (OLD.id, OLD.shift_starts, OLD.leaving, OLD.taking, OLD.items, OLD.notes, OLD.left_at)
    THEN
        RAISE EXCEPTION 'a handover is signed once and never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duty_handover_signed BEFORE UPDATE OR DELETE ON duty_handover
    FOR EACH ROW EXECUTE FUNCTION duty_handover_refuse();
"""
_TABLES = (
    "directive_event",
    "directive",
    "duty_swap_event",
    "duty_swap",
    "duty_shift",
    "duty_handover",
    "duty_journal",
    "duty_incident_event",
    "duty_incident",
    "duty_person",
)


def upgrade() -> None:
    """Create the tables; the logs refuse to change or forget a row."""
    for statements in (_DIRECTIVES, _PEOPLE, _ROSTER, _MEMORY, _INCIDENTS, _REFUSE):
        op.execute(statements)
    for table in _LOGS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION duty_refuse()"
        )


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE " + ", ".join(_TABLES))
    op.execute("DROP FUNCTION duty_refuse")
    op.execute("DROP FUNCTION duty_handover_refuse")
