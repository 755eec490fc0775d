"""The three PostgreSQL stores of people: accounts, tokens, audit trail."""

from __future__ import annotations

from app.stores.postgres_accounts import PostgresAccounts
from app.stores.postgres_audit import PostgresAudit
from app.stores.postgres_tokens import PostgresTokens

__all__ = ["PostgresAccounts", "PostgresAudit", "PostgresTokens"]
