"""What the gate reads from a request: headers, cookies, origin. Nothing of its body."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OWN_SITE = frozenset({"same-origin", "none"})


def cookie_name(*, secure: bool) -> str:
    """The session cookie's name; __Host- makes browsers insist on HTTPS and this very host."""
    return "__Host-tl_session" if secure else "tl_session"


def session_secret(headers: Headers, name: str) -> str | None:
    """The session id in the cookie header; None when there is none."""
    for raw in headers.getlist("cookie"):
        try:
            found = SimpleCookie(raw).get(name)
        except CookieError:
            continue
        if found is not None and found.value:
            return found.value
    return None


def bearer_token(headers: Headers) -> str | None:
    """The token of `Authorization: Bearer …`; None for other schemes or none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether a browser says that another site caused this unsafe request.

    Scripts send neither header; every browser sends Origin with a cross-site POST.
    """
    if method in _SAFE:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN_SITE
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def wants_page(scope: Scope, headers: Headers) -> bool:
    """Whether a person looks at the answer: a navigation to a page, not a call of the API."""
    path = str(scope["path"])
    return "text/html" in headers.get("accept", "") and not path.startswith(
        ("/api/", "/tiles/", "/_dash", "/live")
    )


def changes_something(method: str) -> bool:
    """Whether the method may change something."""
    return method not in _SAFE


def client_address(scope: Scope) -> str:
    """The address the request came from; empty when unknown (a unix socket)."""
    client = scope.get("client")
    return str(client[0]) if client else ""
