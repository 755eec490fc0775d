"""Stores of people on real engines, and a small guarded server around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import sqlalchemy as sa

from app.config import Config, SecurityConfig
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.login import Reception
from app.stores.postgres import PostgresAccounts, PostgresAudit, PostgresTokens
from app.stores.valkey import ValkeySessions
from layers.stores.postgres_engine import connect
from tests.security.servers import guarded_server, services
from tests.security.serving import serving


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    return tmp_path / "audit.anchor"


@pytest.fixture
def audit(engine: sa.Engine, anchor: Path) -> PostgresAudit:
    return PostgresAudit(engine, anchor=anchor)


@pytest.fixture
def accounts(engine: sa.Engine) -> PostgresAccounts:
    return PostgresAccounts(engine)


@pytest.fixture
def tokens(engine: sa.Engine) -> PostgresTokens:
    return PostgresTokens(engine)


@pytest.fixture
def people(accounts: PostgresAccounts, audit: PostgresAudit) -> People:
    return People(accounts, audit)


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(valkey_url)
    for key in client.scan_iter("tl:login:*"):
        client.delete(key)
    yield client
    client.close()


@pytest.fixture
def sessions(valkey: redis.Redis) -> ValkeySessions:
    return ValkeySessions(valkey)


@pytest.fixture
def reception(
    accounts: PostgresAccounts, sessions: ValkeySessions, audit: PostgresAudit
) -> Reception:
    return Reception(accounts, sessions, audit, SecurityConfig())


@pytest.fixture
def clerk(people: People) -> str:
    """The one-time password of 张三, clerk of water."""
    return people.add("zhangsan", display_name="张三", grants=[Grant(Role.CLERK, "water")], by="t")


@pytest.fixture
def make_client(
    accounts: PostgresAccounts,
    tokens: PostgresTokens,
    sessions: ValkeySessions,
    audit: PostgresAudit,
) -> Iterator[Callable[..., httpx.Client]]:
    """Starts guarded servers and gives their clients; settings and stores may be replaced."""
    stores = {"accounts": accounts, "tokens": tokens, "sessions": sessions, "audit": audit}
    with ExitStack() as running:

        def make(config: Config | None = None, **replaced: Any) -> httpx.Client:
            server = guarded_server(services(config or Config(), **(stores | replaced)))
            return running.enter_context(serving(server))

        yield make


@pytest.fixture
def client(make_client: Callable[..., httpx.Client]) -> httpx.Client:
    return make_client()
