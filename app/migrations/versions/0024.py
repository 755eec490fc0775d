"""What lists of a million cases look up: entries into states, spans, hands, signs."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision: str | None = "0023"

# Each time a case came into a state, with all that a funnel asks: the log is four times as wide and
# says neither scheme nor region. Written with the log itself, whoever writes it: both agree.
# `before_at` is when the case came into that state the time before.
_ENTRIES = """
CREATE TABLE case_entry (
    at timestamptz NOT NULL,
    case_id text NOT NULL,
    state text NOT NULL,
    scheme text NOT NULL,
    region text NOT NULL,
    demo boolean NOT NULL,
    drill boolean NOT NULL,
    returned boolean NOT NULL,
    took_s double precision,
    before_at timestamptz
);
CREATE FUNCTION case_entries() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION case_entries_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE case_entry;
    RETURN NULL;
END $$;
INSERT INTO case_entry
SELECT e.at, e.case_id, e.state, f.scheme, f.region, f.demo, f.drill, e.step = '退回', e.took_s,
    lag(e.at) OVER (PARTITION BY e.case_id, e.state ORDER BY e.version)
FROM case_event e JOIN case_file f ON f.id = e.case_id
WHERE e.left_state IS NOT NULL OR e.version = 1
ORDER BY e.at;
CREATE INDEX case_entry_at ON case_entry (at);
CREATE TRIGGER case_event_entries AFTER INSERT ON case_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION case_entries();
CREATE TRIGGER case_event_truncated AFTER TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION case_entries_gone();
"""

# What stood open at a moment, found without looking through all that has ended since.
_SPANS = """
CREATE INDEX case_file_span ON case_file
    USING gist (tstzrange(recorded_at, CASE WHEN ended_at >= recorded_at THEN ended_at END));
"""

# Who handled which case. A column of its own has statistics by which the planner knows whether to
# begin with the person's cases or with the newest ones; an array has not.
_HANDS = """
CREATE TABLE case_hand (
    handler text NOT NULL,
    case_id text NOT NULL,
    PRIMARY KEY (handler, case_id)
);
CREATE FUNCTION case_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_hand SELECT one, NEW.id FROM unnest(NEW.handlers) one ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION case_hands_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE case_hand;
    ELSE
        DELETE FROM case_hand
        WHERE case_id = OLD.id AND handler = ANY(OLD.handlers)
          AND (TG_OP = 'DELETE' OR NOT handler = ANY(NEW.handlers));
    END IF;
    RETURN NULL;
END $$;
INSERT INTO case_hand SELECT DISTINCT one, id FROM case_file, unnest(handlers) one;
CREATE TRIGGER case_file_hands_new AFTER INSERT ON case_file
    FOR EACH ROW WHEN (NEW.handlers <> '{}') EXECUTE FUNCTION case_hands();
CREATE TRIGGER case_file_hands AFTER UPDATE OF handlers ON case_file
    FOR EACH ROW WHEN (OLD.handlers IS DISTINCT FROM NEW.handlers) EXECUTE FUNCTION case_hands();
CREATE TRIGGER case_file_hands_less AFTER UPDATE OF handlers ON case_file
    FOR EACH ROW WHEN (NOT OLD.handlers <@ NEW.handlers) EXECUTE FUNCTION case_hands_gone();
CREATE TRIGGER case_file_hands_gone AFTER DELETE ON case_file
    FOR EACH ROW WHEN (OLD.handlers <> '{}') EXECUTE FUNCTION case_hands_gone();
CREATE TRIGGER case_file_hands_none AFTER TRUNCATE ON case_file
    FOR EACH STATEMENT EXECUTE FUNCTION case_hands_gone();
DROP INDEX case_file_handlers;
"""

# Every sign that a case says, and every two neighbouring ones. Only of ended cases: open ones are
# few and sooner looked through, and no step of an open case has to keep the index.
_SIGNS = """
CREATE FUNCTION case_signs(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
SELECT array_agg(DISTINCT substr(said, n, size))
FROM generate_series(1, length(said)) n, generate_series(1, 2) size
$$;
DROP INDEX case_file_says;
DROP FUNCTION case_pairs;
CREATE INDEX case_file_said ON case_file
    USING gin (case_signs(number || ' ' || text || ' ' || place)) WHERE ended_at IS NOT NULL;
"""
_NO_SIGNS = """
DROP INDEX case_file_said;
DROP FUNCTION case_signs;
CREATE FUNCTION case_pairs(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT array_agg(DISTINCT substr(said, n, 2)) FROM generate_series(1, length(said) - 1) n $$;
CREATE INDEX case_file_says ON case_file
    USING gin (case_pairs(number || ' ' || text || ' ' || place));
"""


def upgrade() -> None:
    """Create and fill."""
    op.execute(_HANDS)
    op.execute(_SIGNS)
    op.execute(_ENTRIES)
    op.execute(_SPANS)


def downgrade() -> None:
    """Drop."""
    op.execute(_NO_SIGNS)
    for name in ("hands_new", "hands", "hands_less", "hands_gone", "hands_none"):
        op.execute(f"DROP TRIGGER case_file_{name} ON case_file")
    op.execute("DROP FUNCTION case_hands")
    op.execute("DROP FUNCTION case_hands_gone")
    op.execute("DROP TABLE case_hand")
    op.execute("CREATE INDEX case_file_handlers ON case_file USING gin (handlers)")
    op.execute("DROP INDEX case_file_span")
    op.execute("DROP TRIGGER case_event_entries ON case_event")
    op.execute("DROP TRIGGER case_event_truncated ON case_event")
    op.execute("DROP FUNCTION case_entries")
    op.execute("DROP FUNCTION case_entries_gone")
    op.execute("DROP TABLE case_entry")
