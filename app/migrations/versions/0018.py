"""Alerts: their log, their rules, where each rule stands, the mode of the city."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision: str | None = "0017"

# The fold of an alert's events, kept beside the log so that a board is one index look-up.
_ALERT = """
CREATE TABLE alert (
    id text PRIMARY KEY,
    rule text NOT NULL,
    region text NOT NULL,
    topic text NOT NULL,
    severity smallint NOT NULL,
    first_at timestamptz NOT NULL,
    fired_at timestamptz,
    resolved_at timestamptz,
    acknowledged_at timestamptz,
    paused_until timestamptz,
    unit_assigned text,
    case_id text,
    under text,
    body jsonb NOT NULL
);
CREATE UNIQUE INDEX alert_one_open ON alert (rule, region) WHERE resolved_at IS NULL;
CREATE INDEX alert_open ON alert (severity DESC, fired_at DESC, id) WHERE resolved_at IS NULL;
CREATE INDEX alert_fired ON alert (fired_at DESC, id);
CREATE INDEX alert_resolved ON alert (resolved_at, fired_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX alert_of_case ON alert (case_id) WHERE case_id IS NOT NULL;
"""
_EVENT = """
CREATE TABLE alert_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert text NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    level text,
    value double precision,
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX alert_event_of ON alert_event (alert, at, id);
CREATE INDEX alert_event_at ON alert_event (at, id);
"""
# A series that is at rest has no row. `evaluator` refuses the tick of a leader that was replaced.
_STATE = """
CREATE TABLE alert_rule_state (
    rule text NOT NULL,
    region text NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (rule, region)
);
CREATE TABLE alert_evaluator (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    fence bigint NOT NULL,
    at timestamptz NOT NULL
);
"""
_RULES = """
CREATE TABLE rule_change (
    id text PRIMARY KEY,
    rule text NOT NULL,
    state text NOT NULL,
    fields jsonb NOT NULL,
    base integer NOT NULL,
    reason text NOT NULL DEFAULT '',
    author text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    note text NOT NULL DEFAULT '',
    urgent boolean NOT NULL DEFAULT false,
    version integer
);
CREATE INDEX rule_change_of ON rule_change (rule, updated_at DESC);
CREATE TABLE rule_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    number integer NOT NULL,
    fields jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    author text NOT NULL,
    reason text NOT NULL DEFAULT '',
    change text,
    UNIQUE (rule, number)
);
"""
_MODE = """
CREATE TABLE city_mode (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    wartime boolean NOT NULL,
    drill text,
    actor text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX city_mode_at ON city_mode (at, id);
"""
_REFUSE = """
CREATE FUNCTION alert_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;
"""
_APPEND_ONLY = ("alert_event", "rule_version", "city_mode")


def upgrade() -> None:
    """Create the tables."""
    for one in (_ALERT, _EVENT, _STATE, _RULES, _MODE, _REFUSE):
        op.execute(one)
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only "
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alert_refuse()"
        )


def downgrade() -> None:
    """Drop the tables."""
    op.execute(
        "DROP TABLE city_mode, rule_version, rule_change, alert_evaluator, alert_rule_state, "
        "alert_event, alert"
    )
    op.execute("DROP FUNCTION alert_refuse")
