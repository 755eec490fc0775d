"""Stores of accounts, tokens, audit (PostgreSQL) and sessions (Valkey)."""
