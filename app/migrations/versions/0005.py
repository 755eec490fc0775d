"""The event log: what happened, when, to what; rows are only ever added."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision: str | None = "0004"

_EVENTS = """
CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    object text NOT NULL,
    topic text,
    region text,
    data jsonb NOT NULL DEFAULT '{}',
    actor text NOT NULL
);
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_object ON event (object, at, id);
CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'event is append-only: % refused', TG_OP;
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_refuse();
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(_EVENTS)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE event")
    op.execute("DROP FUNCTION event_refuse")
