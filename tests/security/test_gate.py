from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import redis
import sqlalchemy as sa
from fastapi import FastAPI
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Config, SecurityConfig, WebConfig
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.gate import Gate
from app.security.identify import Identifier
from app.security.pages import Brand
from app.security.tokens import Issuer
from app.stores.postgres import PostgresAccounts, PostgresAudit, PostgresTokens
from app.stores.valkey import Session, ValkeySessions
from layers.stores.postgres_engine import connect

Make = Callable[..., httpx.Client]
GARBAGE = {"content": b"\xff{not json", "headers": {"Content-Type": "application/json"}}
HTML = {"Accept": "text/html"}


@pytest.fixture
def issuer(tokens: PostgresTokens, audit: PostgresAudit) -> Issuer:
    return Issuer(tokens, audit)


@pytest.fixture
def settled(people: People, clerk: str, sessions: ValkeySessions) -> dict[str, str]:
    """The cookie of 张三, who has set a password."""
    account = people.accounts.require("zhangsan")
    people.change_password(account, old=clerk, new="Str0ng-enough")
    account = people.accounts.require("zhangsan")
    return {"Cookie": "tl_session=" + sessions.open(Session(account.id, account.epoch))}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_an_anonymous_write_is_refused_before_its_body_is_read(client: httpx.Client) -> None:
    answer = client.post("/api/v1/observations", **GARBAGE)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "tonglan:not-signed-in"


def test_a_token_of_another_scope_is_refused_before_the_body_is_read(
    client: httpx.Client, issuer: Issuer
) -> None:
    _, secret = issuer.issue(["cases:write"], by="t")
    answer = client.post("/api/v1/observations", content=b"{", headers=bearer(secret))
    assert answer.status_code == 403
    assert answer.json()["type"] == "tonglan:forbidden"


def test_a_token_with_the_scope_gets_as_far_as_the_body(
    client: httpx.Client, issuer: Issuer
) -> None:
    _, secret = issuer.issue(["observations:write"], by="t")
    wrong = client.post("/api/v1/observations", content=b"{", headers=bearer(secret))
    right = client.post("/api/v1/observations", json={"a": 1}, headers=bearer(secret))
    assert (wrong.status_code, right.status_code) == (422, 200)


@pytest.mark.parametrize("value", ["Bearer nonsense", "bearer tl_x", "Bearer é"])
def test_a_wrong_token_is_401_even_where_everybody_may_read(
    client: httpx.Client, value: str
) -> None:
    answer = client.get("/open", headers={"Authorization": value.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_opens_nothing(client: httpx.Client, issuer: Issuer) -> None:
    token, secret = issuer.issue(["read"], by="t")
    issuer.revoke(token.id, by="t")
    assert client.get("/page", headers=bearer(secret)).status_code == 401


def test_an_expired_token_opens_nothing(client: httpx.Client, issuer: Issuer) -> None:
    _, secret = issuer.issue(["read"], lifetime=timedelta(0), by="t")
    assert client.get("/page", headers=bearer(secret)).status_code == 401


def test_a_token_of_a_disabled_owner_opens_nothing(
    client: httpx.Client, issuer: Issuer, people: People, clerk: str
) -> None:
    owner = people.accounts.require("zhangsan")
    _, secret = issuer.issue(["read"], owner=owner, by="t")
    people.set_disabled("zhangsan", disabled=True, by="t")
    assert client.get("/page", headers=bearer(secret)).status_code == 401


def test_a_tokens_writes_and_refusals_are_in_the_trail(
    client: httpx.Client, issuer: Issuer, audit: PostgresAudit
) -> None:
    token, secret = issuer.issue(["observations:write"], by="t")
    client.post("/api/v1/observations", json={}, headers=bearer(secret))
    client.get("/page", headers=bearer(secret))
    (event,) = audit.list(actor=f"token:{token.id}")
    assert (event.action, event.object) == ("token.write", "/api/v1/observations")


def test_a_tokens_last_use_is_remembered(
    client: httpx.Client, issuer: Issuer, tokens: PostgresTokens
) -> None:
    _, secret = issuer.issue(["read"], by="t")
    client.get("/page", headers=bearer(secret))
    assert tokens.all()[0].last_used_at is not None


def test_the_secret_of_a_token_is_not_stored(engine: sa.Engine, issuer: Issuer) -> None:
    _, secret = issuer.issue(["read"], by="t")
    with engine.connect() as connection:
        stored = str(connection.execute(sa.text("SELECT t::text FROM api_token t")).all())
    assert secret not in stored


def test_the_subject_reaches_endpoints_threads_and_streams(
    client: httpx.Client, settled: dict[str, str], people: People
) -> None:
    me = people.accounts.require("zhangsan").id
    assert client.get("/page", headers=settled).json() == {"subject": me, "name": "张三"}
    assert client.get("/threaded", headers=settled).json() == {"subject": me}
    assert client.get("/live", headers=settled).text == f"data: {me}\n\n"


def test_a_visitor_is_anonymous(client: httpx.Client) -> None:
    assert client.get("/page").json()["subject"] == "anonymous"


def test_with_the_policy_none_a_visitor_is_led_to_the_login(make_client: Make) -> None:
    client = make_client(Config(security=SecurityConfig(anonymous="none")))
    page = client.get("/page?a=1&b=2", headers=HTML)
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=/page%3Fa%3D1%26b%3D2"
    assert client.get("/page").status_code == 401


def test_a_disabled_person_is_out_at_once(
    make_client: Make, settled: dict[str, str], people: People
) -> None:
    people.set_disabled("zhangsan", disabled=True, by="t")
    assert make_client().get("/page", headers=settled).json()["subject"] == "anonymous"


def test_whoever_must_change_the_password_is_led_there(
    client: httpx.Client, clerk: str, people: People, sessions: ValkeySessions
) -> None:
    account = people.accounts.require("zhangsan")
    cookie = {"Cookie": "tl_session=" + sessions.open(Session(account.id, account.epoch))}
    page = client.get("/page", headers=cookie | HTML)
    assert (page.status_code, page.headers["location"]) == (303, "/password")
    assert client.get("/page", headers=cookie).status_code == 403


def test_an_unknown_or_damaged_cookie_is_a_visitor(client: httpx.Client) -> None:
    for cookie in ("tl_session=x", "tl_session=", "a;;=;tl_session", 'tl_session="\\"'):
        assert client.get("/page", headers={"Cookie": cookie}).json()["subject"] == "anonymous"


def test_without_valkey_a_page_still_answers(make_client: Make, settled: dict[str, str]) -> None:
    gone = redis.Redis(port=1, retry=Retry(NoBackoff(), 0), socket_timeout=0.2)
    answer = make_client(sessions=ValkeySessions(gone)).get("/page", headers=settled)
    assert (answer.status_code, answer.json()["subject"]) == (200, "anonymous")


def test_without_postgres_a_token_gets_503_and_a_session_the_public_page(
    make_client: Make, settled: dict[str, str]
) -> None:
    gone = connect("postgresql://x:x@127.0.0.1:1/x")
    client = make_client(accounts=PostgresAccounts(gone), tokens=PostgresTokens(gone))
    assert client.get("/page", headers=bearer("tl_x")).status_code == 503
    assert client.get("/page", headers=settled).json()["subject"] == "anonymous"


def test_who_has_signed_in_is_not_sent_to_sign_in_again_while_a_server_is_away(
    make_client: Make, settled: dict[str, str]
) -> None:
    gone = connect("postgresql://x:x@127.0.0.1:1/x")
    client = make_client(accounts=PostgresAccounts(gone), tokens=PostgresTokens(gone))
    answer = client.post("/api/v1/observations", json={}, headers=settled)
    assert (answer.status_code, answer.json()["type"]) == (503, "tonglan:store-unavailable")
    nobody = client.post("/api/v1/observations", json={})
    assert nobody.status_code == 401  # nobody has signed in: the server's absence is no reason


def test_a_write_that_cannot_be_recorded_is_not_done(make_client: Make, issuer: Issuer) -> None:
    _, secret = issuer.issue(["observations:write"], by="t")
    gone = PostgresAudit(connect("postgresql://x:x@127.0.0.1:1/x"))
    answer = make_client(audit=gone).post("/api/v1/observations", json={}, headers=bearer(secret))
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://city"},
        {"Origin": "http://city:81"},
    ],
)
def test_an_unsafe_request_from_another_site_is_refused(
    client: httpx.Client, settled: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post("/api/v1/observations", json={}, headers=settled | headers)
    assert answer.status_code == 403
    assert "别的网站" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://city"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_an_unsafe_request_from_our_pages_passes(
    client: httpx.Client, settled: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post("/api/v1/observations", json={}, headers=settled | headers)
    assert answer.status_code == 200


def test_a_token_is_not_bound_to_a_site(client: httpx.Client, issuer: Issuer) -> None:
    _, secret = issuer.issue(["observations:write"], by="t")
    headers = bearer(secret) | {"Origin": "https://elsewhere.example"}
    assert client.post("/api/v1/observations", json={}, headers=headers).status_code == 200


def test_a_login_from_another_site_is_refused_too(client: httpx.Client) -> None:
    assert client.post("/login", headers={"Origin": "https://evil.example"}).status_code == 403


def test_refusals_carry_the_security_headers(client: httpx.Client) -> None:
    headers = client.post("/api/v1/observations").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_no_policy_allows_inline_scripts_or_eval(client: httpx.Client) -> None:
    policy = client.get("/open").headers["content-security-policy"]
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    assert "frame-ancestors 'self'" in policy


def test_hsts_is_sent_behind_https_only(make_client: Make) -> None:
    name = "strict-transport-security"
    secure = make_client(replace(Config(), web=WebConfig(secure_cookies=True)))
    assert name not in make_client().get("/open").headers
    assert name in secure.get("/open").headers


def test_sockets_are_closed(
    accounts: PostgresAccounts,
    tokens: PostgresTokens,
    sessions: ValkeySessions,
    audit: PostgresAudit,
) -> None:
    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    identifier = Identifier(accounts, tokens, sessions, "demo")
    gate = Gate(FastAPI(), identifier=identifier, audit=audit, brand=Brand("x", "x"), secure=False)
    asyncio.run(gate({"type": "websocket", "path": "/"}, receive=None, send=send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_an_unknown_address_is_left_to_the_router(client: httpx.Client) -> None:
    assert client.post("/nowhere").status_code in (404, 405)
    assert client.delete("/page").status_code == 405


def callback(client: httpx.Client, prop: str, headers: dict[str, str]) -> tuple[int, str]:
    body = {
        "output": f"a.{prop}",
        "outputs": {"id": "a", "property": prop},
        "inputs": [{"id": "b", "property": "children", "value": 1}],
        "changedPropIds": ["b.children"],
    }
    answer = client.post("/_dash-update-component", json=body, headers=headers)
    return answer.status_code, answer.text


def test_a_callback_knows_who_asks(
    client: httpx.Client, settled: dict[str, str], people: People
) -> None:
    status, text = callback(client, "children", settled)
    assert status == 200
    assert people.accounts.require("zhangsan").id in text


def test_a_callback_behind_a_closed_door_changes_nothing(
    client: httpx.Client, settled: dict[str, str], people: People
) -> None:
    assert callback(client, "title", settled) == (204, "")
    people.grant("zhangsan", Grant(Role.ADMIN), by="t")


def test_a_callback_behind_the_admins_door_runs_for_the_admin(
    client: httpx.Client, settled: dict[str, str], people: People
) -> None:
    people.grant("zhangsan", Grant(Role.ADMIN), by="t")
    status, text = callback(client, "title", settled)
    assert status == 200
    assert "for the admin" in text
