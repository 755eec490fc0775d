"""What other tests rely on: a migrated database and a Valkey of their own."""

from __future__ import annotations

import psycopg
import redis


def test_a_test_gets_a_migrated_database_of_its_own(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    assert found == ("alembic_version",)


def test_a_session_gets_an_empty_valkey_database(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
