"""Cases: the log of their steps, one row a case for lists, and the units of accounts."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision: str | None = "0019"

# case_event only grows; a case is the fold of its rows. What stands beside the data (state, unit,
# support, due after the step; the state it left and how long it had been there) lets lists of a
# past moment and medians be asked without folding.
_EVENTS = """
CREATE TABLE case_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id text NOT NULL,
    version integer NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    data jsonb NOT NULL,
    state text NOT NULL,
    left_state text,
    took_s double precision,
    unit text,
    support text[] NOT NULL,
    due timestamptz,
    UNIQUE (case_id, version)
);
CREATE INDEX case_event_at ON case_event (at);
"""

# case_file can be rebuilt from case_event at any time (tonglan cases reindex).
_FILES = """
CREATE TABLE case_file (
    id text PRIMARY KEY,
    number text NOT NULL UNIQUE,
    version integer NOT NULL,
    source text NOT NULL,
    reference text,
    reporter text NOT NULL,
    scheme text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    major text NOT NULL,
    region text NOT NULL,
    county text NOT NULL,
    grid text,
    holder text NOT NULL,
    text text NOT NULL,
    place text NOT NULL,
    contact text NOT NULL,
    longitude double precision,
    latitude double precision,
    state text NOT NULL,
    unit text,
    support text[] NOT NULL,
    handlers text[] NOT NULL,
    reported_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    accepted_at timestamptz,
    filed_at timestamptz,
    dispatched_at timestamptz,
    signed_at timestamptz,
    answered_at timestamptz,
    checked_at timestamptz,
    closed_at timestamptz,
    ended_at timestamptz,
    due timestamptz,
    due_note text NOT NULL,
    file_due timestamptz,
    dispatch_due timestamptz,
    handle_due timestamptz,
    check_due timestamptz,
    filed_by text,
    dispatched_by text,
    handled_by text,
    checked_by text,
    limit_text text NOT NULL,
    alert text,
    directive text,
    drill boolean NOT NULL,
    demo boolean NOT NULL,
    reworks integer NOT NULL,
    returns integer NOT NULL,
    extensions integer NOT NULL,
    reopened integer NOT NULL,
    photos integer NOT NULL,
    merged_into text
);
CREATE UNIQUE INDEX case_file_reference ON case_file (source, reference)
    WHERE reference IS NOT NULL AND source <> 'alert';
CREATE UNIQUE INDEX case_file_open_alert ON case_file (alert)
    WHERE alert IS NOT NULL AND ended_at IS NULL;
CREATE INDEX case_file_alert ON case_file (alert) WHERE alert IS NOT NULL;
CREATE INDEX case_file_open ON case_file ((coalesce(due, 'infinity'::timestamptz)), id)
    WHERE ended_at IS NULL;
CREATE INDEX case_file_open_counts ON case_file (scheme, region text_pattern_ops)
    INCLUDE (demo, state, due, kind, code, unit, source, drill, reported_at) WHERE ended_at IS NULL;
CREATE INDEX case_file_new ON case_file (reported_at DESC, id DESC);
CREATE INDEX case_file_region ON case_file (region text_pattern_ops, reported_at DESC);
CREATE INDEX case_file_unit ON case_file (unit, region text_pattern_ops);
CREATE INDEX case_file_support ON case_file USING gin (support);
CREATE INDEX case_file_handlers ON case_file USING gin (handlers);
CREATE INDEX case_file_source ON case_file (source, reported_at DESC);
CREATE INDEX case_file_category ON case_file (scheme, kind, code, reported_at DESC);
CREATE INDEX case_file_ended ON case_file (ended_at);
CREATE INDEX case_file_says ON case_file
    USING gin (case_pairs(number || ' ' || text || ' ' || place));
CREATE TABLE case_number (
    day date PRIMARY KEY,
    last integer NOT NULL
);
"""

# What is looked for in words: every two neighbouring signs (Chinese has no words to split at, and
# trigrams would miss words of two).
_PAIRS = """
CREATE FUNCTION case_pairs(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT array_agg(DISTINCT substr(said, n, 2)) FROM generate_series(1, length(said) - 1) n $$
"""

_UNITS = "ALTER TABLE account ADD COLUMN unit text"


def upgrade() -> None:
    op.execute(_PAIRS)
    op.execute(_EVENTS)
    op.execute(_FILES)
    op.execute(_UNITS)


def downgrade() -> None:
    op.execute("ALTER TABLE account DROP COLUMN unit")
    op.execute("DROP TABLE case_number, case_file, case_event")
    op.execute("DROP FUNCTION case_pairs")
