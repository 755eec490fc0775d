"""What other tests rely on: a migrated database and a Valkey of their own."""

from __future__ import annotations

import psycopg
import redis


def test_a_test_gets_a_migrated_database_of_its_own(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    assert found == ("alembic_version",)


def test_a_session_gets_a_valkey_database_of_its_own(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()
        assert client.connection_pool.connection_kwargs["db"] != 0
