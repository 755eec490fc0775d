"""Messages to people: kept first, sent at least once; 法定预警 of other issuers; alert and case."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision: str | None = "0018"

_UP = """
CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    receiver text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    level text NOT NULL DEFAULT '',
    link text NOT NULL DEFAULT '',
    drill boolean NOT NULL DEFAULT false,
    urgent boolean NOT NULL DEFAULT false,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'drill')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    claimed_by text,
    claimed_until timestamptz,
    ended_at timestamptz,
    said text NOT NULL DEFAULT '',
    UNIQUE (key, receiver)
);
CREATE INDEX notice_due ON notice (next_at) WHERE state = 'waiting';
CREATE INDEX notice_of_receiver ON notice (receiver, next_at) WHERE state = 'waiting';
CREATE INDEX notice_by_state ON notice (state, id DESC);

CREATE TABLE notice_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice bigint NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    took interval NOT NULL,
    ok boolean NOT NULL,
    target text NOT NULL,
    answer text NOT NULL
);
CREATE INDEX notice_attempt_of ON notice_attempt (notice, id);

CREATE TABLE notice_receiver (
    receiver text PRIMARY KEY,
    failures integer NOT NULL DEFAULT 0,
    open_until timestamptz,
    last_ok timestamptz,
    last_failed timestamptz
);

CREATE TABLE legal_warning (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer text NOT NULL,
    kind text NOT NULL,
    signal text NOT NULL,
    level text NOT NULL,
    area text[] NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    text text NOT NULL,
    reference text NOT NULL,
    replaces bigint REFERENCES legal_warning (id),
    action text NOT NULL CHECK (action IN ('发布', '更新', '解除')),
    response text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    drill boolean NOT NULL DEFAULT false,
    UNIQUE (issuer, reference)
);
CREATE INDEX legal_warning_received ON legal_warning (received_at DESC, id DESC);
-- One entry is replaced by at most one other: two updates of the same warning never fork it.
CREATE UNIQUE INDEX legal_warning_replaced ON legal_warning (replaces) WHERE replaces IS NOT NULL;
CREATE FUNCTION legal_warning_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'legal_warning is append-only: % refused', TG_OP;
END $$;
CREATE TRIGGER legal_warning_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON legal_warning
    FOR EACH STATEMENT EXECUTE FUNCTION legal_warning_refuse();

CREATE TABLE alert_case (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert text NOT NULL,
    case_id text,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    closed_at timestamptz,
    closed_as text NOT NULL DEFAULT ''
);
-- At most one open case for an alert, whoever asks and however often.
CREATE UNIQUE INDEX alert_case_open ON alert_case (alert) WHERE closed_at IS NULL;
CREATE INDEX alert_case_of ON alert_case (case_id);
"""

_DOWN = """
DROP TABLE alert_case;
DROP TABLE legal_warning;
DROP FUNCTION legal_warning_refuse;
DROP TABLE notice_receiver;
DROP TABLE notice_attempt;
DROP TABLE notice;
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(_UP)


def downgrade() -> None:
    """Drop the tables."""
    op.execute(_DOWN)
