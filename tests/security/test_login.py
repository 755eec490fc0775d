from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Config, WebConfig
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.next_page import local_path
from app.stores.postgres import PostgresAudit
from app.stores.valkey import ValkeySessions

Make = Callable[..., httpx.Client]
GOOD = "Str0ng-enough"


def sign_in(
    client: httpx.Client, password: str, name: str = "zhangsan", **more: str
) -> httpx.Response:
    return client.post("/login", data={"name": name, "password": password, **more})


def carry(client: httpx.Client, answer: httpx.Response) -> None:
    """Keep the cookie by hand: the tests' host name is not the socket's."""
    client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]


def settle(client: httpx.Client, password: str) -> None:
    """Sign in with the one-time password and set an own one."""
    carry(client, sign_in(client, password))
    answer = client.post("/password", data={"old": password, "new": GOOD, "again": GOOD})
    assert answer.status_code == 303
    carry(client, answer)


def test_the_form_is_chinese_works_without_scripts_and_loads_nothing(client: httpx.Client) -> None:
    page = client.get("/login")
    assert page.status_code == 200
    assert "登录" in page.text
    assert "<script" not in page.text
    assert 'src="' not in page.text


def test_the_first_login_leads_to_a_new_password_and_then_in(
    client: httpx.Client, clerk: str
) -> None:
    answer = sign_in(client, clerk)
    assert (answer.status_code, answer.headers["location"]) == (303, "/password")
    settle(client, clerk)
    me = client.get("/api/v1/me").json()
    assert (me["name"], me["anonymous"]) == ("张三", False)
    assert me["roles"] == [{"role": "clerk", "topic": "water"}]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx.Client, clerk: str
) -> None:
    cookie = sign_in(client, clerk).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie


def test_behind_https_the_cookie_is_bound_to_it(make_client: Make, clerk: str) -> None:
    client = make_client(replace(Config(), web=WebConfig(secure_cookies=True)))
    cookie = sign_in(client, clerk).headers["set-cookie"]
    assert cookie.startswith("__Host-tl_session=")
    assert "Secure" in cookie


def test_a_wrong_password_and_an_unknown_name_look_the_same(
    client: httpx.Client, clerk: str
) -> None:
    wrong, unknown = sign_in(client, "x"), sign_in(client, "x", name="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("zhangsan", "N") == unknown.text.replace("nobody", "N")
    assert "set-cookie" not in wrong.headers


def test_a_disabled_account_looks_like_a_wrong_password(
    client: httpx.Client, clerk: str, people: People
) -> None:
    people.set_disabled("zhangsan", disabled=True, by="t")
    assert sign_in(client, clerk).status_code == 401


def test_after_five_wrong_tries_even_the_right_password_waits(
    client: httpx.Client, clerk: str
) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    answer = sign_in(client, clerk)
    assert answer.status_code == 401
    assert "10 分钟后再试" in answer.text


def test_a_success_starts_the_count_anew(client: httpx.Client, clerk: str) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in(client, "wrong")
        assert sign_in(client, clerk).status_code == 303


def test_logins_and_failures_are_in_the_trail_without_passwords(
    client: httpx.Client, clerk: str, audit: PostgresAudit
) -> None:
    sign_in(client, "wr0ng-secret")
    sign_in(client, "wr0ng-secret", name="ghost")
    sign_in(client, clerk)
    events = audit.list(action="login")
    assert [one.outcome for one in events] == ["ok", "failed", "failed"]
    assert [one.actor == "anonymous" for one in events] == [False, True, False]
    assert all(one.address == "127.0.0.1" for one in events)
    assert "wr0ng-secret" not in "".join(one.detail for one in events)


def test_what_was_typed_as_name_comes_back_harmless(client: httpx.Client) -> None:
    page = sign_in(client, "x", name='"><script>alert(1)</script>', next='/"><b>')
    assert "<script>" not in page.text
    assert "<b>x" not in page.text


def test_a_login_leads_to_where_one_wanted_to_go(client: httpx.Client, clerk: str) -> None:
    settle(client, clerk)
    answer = sign_in(client, GOOD, next="/topic/water?region=440203")
    assert answer.headers["location"] == "/topic/water?region=440203"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_a_login_never_leads_elsewhere(client: httpx.Client, clerk: str, target: str) -> None:
    settle(client, clerk)
    assert sign_in(client, GOOD, next=target).headers["location"] == "/"


@given(st.text(st.sampled_from("/\\:.@ \t\nahttps?#"), max_size=12))
def test_only_paths_of_this_server_are_followed(wanted: str) -> None:
    found = httpx.URL("http://city/login").join(local_path(wanted))
    assert found.host == "city"


def test_a_session_ends_with_the_logout(client: httpx.Client, clerk: str) -> None:
    settle(client, clerk)
    assert client.get("/api/v1/me").json()["anonymous"] is False
    answer = client.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert client.get("/api/v1/me").json()["anonymous"] is True


def test_a_link_cannot_sign_anybody_out(client: httpx.Client, clerk: str) -> None:
    settle(client, clerk)
    assert client.get("/logout").status_code == 200
    assert client.get("/api/v1/me").json()["anonymous"] is False


def test_other_sessions_end_with_a_new_password(make_client: Make, clerk: str) -> None:
    mine, thief = make_client(), make_client()
    settle(mine, clerk)
    carry(thief, sign_in(thief, GOOD))
    new = "An0ther-one"
    carry(mine, mine.post("/password", data={"old": GOOD, "new": new, "again": new}))
    assert thief.get("/api/v1/me").json()["anonymous"] is True
    assert mine.get("/api/v1/me").json()["anonymous"] is False


@pytest.mark.parametrize(
    ("old", "new", "again", "text"),
    [
        (None, GOOD, "different-1A", "不一致"),
        (None, "short", "short", "长度"),
        ("wrong", GOOD, GOOD, "原口令不正确"),
    ],
)
def test_a_new_password_that_cannot_be_taken_says_why(
    client: httpx.Client, clerk: str, old: str | None, new: str, again: str, text: str
) -> None:
    carry(client, sign_in(client, clerk))
    answer = client.post("/password", data={"old": old or clerk, "new": new, "again": again})
    assert answer.status_code in (401, 422)
    assert text in answer.text


def test_a_stolen_session_cannot_guess_the_password_for_ever(
    client: httpx.Client, clerk: str
) -> None:
    settle(client, clerk)
    for _ in range(5):
        client.post("/password", data={"old": "x", "new": "An0ther-one", "again": "An0ther-one"})
    answer = client.post(
        "/password", data={"old": GOOD, "new": "An0ther-one", "again": "An0ther-one"}
    )
    assert "次数过多" in answer.text


def test_a_visitor_is_led_from_password_and_logout_to_the_login(client: httpx.Client) -> None:
    assert client.get("/password").headers["location"] == "/login?next=/password"
    assert client.get("/logout").headers["location"] == "/login"
    assert client.post("/password", data={"old": "x"}).status_code == 401


def test_whoever_is_in_already_goes_on(client: httpx.Client, clerk: str) -> None:
    settle(client, clerk)
    assert client.get("/login?next=/topic/water").headers["location"] == "/topic/water"


def test_without_valkey_the_login_says_so_and_when_to_retry(make_client: Make, clerk: str) -> None:
    gone = redis.Redis(port=1, retry=Retry(NoBackoff(), 0), socket_timeout=0.2)
    answer = sign_in(make_client(sessions=ValkeySessions(gone)), clerk)
    assert answer.status_code == 503
    assert "暂时不可用" in answer.text
    assert answer.headers["retry-after"]


def test_the_list_of_users_is_for_the_admin(
    client: httpx.Client, clerk: str, people: People
) -> None:
    assert client.get("/api/v1/users").status_code == 401
    settle(client, clerk)
    assert client.get("/api/v1/users").status_code == 403
    people.add("boss", grants=[Grant(Role.ADMIN)], by="t")
    one_time = people.reset_password("boss", by="t")
    admin_password = "Long-en0ugh-pass"
    carry(client, sign_in(client, one_time, name="boss"))
    carry(
        client,
        client.post(
            "/password", data={"old": one_time, "new": admin_password, "again": admin_password}
        ),
    )
    names = [one["name"] for one in client.get("/api/v1/users").json()["items"]]
    assert names == ["boss", "zhangsan"]
