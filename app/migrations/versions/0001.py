"""People: accounts, tokens, audit trail."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision: str | None = None

_ACCOUNTS = """
CREATE TABLE account (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    must_change boolean NOT NULL,
    disabled boolean NOT NULL DEFAULT false,
    epoch integer NOT NULL DEFAULT 0,  -- rises when every session must end
    created_at timestamptz NOT NULL,
    password_changed_at timestamptz NOT NULL,
    last_login_at timestamptz
);
CREATE TABLE account_grant (
    account_id text NOT NULL REFERENCES account (id),
    role text NOT NULL,
    topic text NOT NULL DEFAULT '',  -- '' means every topic
    PRIMARY KEY (account_id, role, topic)
);
"""

_TOKENS = """
CREATE TABLE api_token (
    id text PRIMARY KEY,
    name text NOT NULL,
    secret_hash text NOT NULL UNIQUE,
    account_id text REFERENCES account (id),  -- null: a service of its own
    scopes text[] NOT NULL,
    topic text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
"""

# The hash of a row covers the texts exactly as stored, so checking re-serialises nothing.
_AUDIT = """
CREATE TABLE audit (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    outcome text NOT NULL,
    address text NOT NULL,
    detail text NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL UNIQUE
);
CREATE INDEX audit_at ON audit (at);
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only: % refused', TG_OP;
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_ACCOUNTS, _TOKENS, _AUDIT):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE audit, api_token, account_grant, account")
    op.execute("DROP FUNCTION audit_refuse")
