from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from starlette.requests import Request

from app.push.standing import still_allowed
from app.security.accounts import People
from app.security.contracts import Grant, Role, Subject
from app.security.identify import Identifier
from app.security.requests import cookie_name
from app.stores.postgres import PostgresAccounts, PostgresTokens
from app.stores.valkey import Session, ValkeySessions
from layers.errors import StoreUnavailable

MINE = Session("u1", 3)
PAUSE = timedelta(minutes=10)


def test_a_session_is_found_by_its_secret_alone(sessions: ValkeySessions) -> None:
    secret = sessions.open(MINE)
    assert sessions.find(secret) == MINE
    assert sessions.find(secret + "x") is None


def test_the_secret_itself_is_not_stored(sessions: ValkeySessions, valkey: redis.Redis) -> None:
    secret = sessions.open(MINE)
    assert len(secret) >= 43
    keys = b"".join(valkey.scan_iter("tl:session:*"))
    assert secret.encode() not in keys


def test_a_closed_session_is_gone(sessions: ValkeySessions) -> None:
    secret = sessions.open(MINE)
    sessions.close(secret)
    sessions.close(secret)
    assert sessions.find(secret) is None


def test_use_moves_the_expiry_on(valkey: redis.Redis) -> None:
    short = ValkeySessions(valkey, lifetime=timedelta(seconds=100))
    secret = short.open(MINE)
    key = next(k for k in valkey.scan_iter("tl:session:*") if 0 < valkey.ttl(k) <= 100)
    valkey.expire(key, 5)
    short.find(secret)
    assert valkey.ttl(key) > 90


def _still(identifier: Identifier, subject: Subject, secret: str) -> bool:
    """Whether a stream opened by the subject with this session may go on."""
    cookie = f"{cookie_name(secure=False)}={secret}".encode()
    app = SimpleNamespace(state=SimpleNamespace(identifier=identifier))
    scope = {"type": "http", "scheme": "http", "headers": [(b"cookie", cookie)], "app": app}

    async def asked() -> bool:
        return await still_allowed(Request(scope), subject)()

    return asyncio.run(asked())


def test_a_stream_that_is_merely_open_does_not_keep_its_session_alive(
    accounts: PostgresAccounts, tokens: PostgresTokens, people: People, valkey: redis.Redis
) -> None:
    sessions = ValkeySessions(valkey, lifetime=timedelta(seconds=100))
    people.add("bob", grants=[Grant(Role.VIEWER)], by="test")
    account = accounts.find("bob")
    assert account is not None
    before = set(valkey.scan_iter("tl:session:*"))
    secret = sessions.open(Session(account.id, account.epoch))
    (key,) = set(valkey.scan_iter("tl:session:*")) - before
    identifier = Identifier(accounts, tokens, sessions, "demo")
    subject = identifier.by_session(secret)
    assert subject.id == account.id
    valkey.expire(key, 5)
    assert _still(identifier, subject, secret)
    assert valkey.ttl(key) <= 5
    valkey.delete(key)
    assert not _still(identifier, subject, secret)


def test_a_session_store_that_is_away_ends_no_open_stream(
    accounts: PostgresAccounts, tokens: PostgresTokens
) -> None:
    nowhere = redis.Redis(port=1, retry=Retry(NoBackoff(), 0), socket_timeout=0.2)
    identifier = Identifier(accounts, tokens, ValkeySessions(nowhere), "demo")
    assert _still(identifier, Subject("u1", "甲", frozenset({Grant(Role.VIEWER)})), "x")


def test_after_the_limit_the_name_is_closed_for_the_pause(sessions: ValkeySessions) -> None:
    tries = [sessions.attempt("bob", limit=3, pause=PAUSE) for _ in range(4)]
    assert tries[:3] == [None, None, None]
    assert tries[3] is not None
    assert timedelta() < tries[3] <= PAUSE


def test_one_names_failures_do_not_close_another(sessions: ValkeySessions) -> None:
    for _ in range(5):
        sessions.attempt("bob", limit=3, pause=PAUSE)
    assert sessions.attempt("eve", limit=3, pause=PAUSE) is None


def test_success_forgives(sessions: ValkeySessions) -> None:
    for _ in range(3):
        sessions.attempt("bob", limit=3, pause=PAUSE)
    sessions.forgive("bob")
    assert sessions.attempt("bob", limit=3, pause=PAUSE) is None


def test_a_refused_try_does_not_lengthen_the_pause(
    sessions: ValkeySessions, valkey: redis.Redis
) -> None:
    for _ in range(3):
        sessions.attempt("bob", limit=3, pause=PAUSE)
    key = next(valkey.scan_iter("tl:login:*"))
    valkey.expire(key, 20)
    sessions.attempt("bob", limit=3, pause=PAUSE)
    assert valkey.ttl(key) <= 20


def test_a_missing_server_is_said_to_be_so() -> None:
    nowhere = redis.Redis(port=1, retry=Retry(NoBackoff(), 0), socket_timeout=0.2)
    with pytest.raises(StoreUnavailable, match="登录服务"):
        ValkeySessions(nowhere).find("x")
