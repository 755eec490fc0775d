"""Submissions on a fresh database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from layers.stores.postgres_submissions import PostgresSubmissions


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> PostgresSubmissions:
    return PostgresSubmissions(engine)
