"""The gate before every route: who asks, may they at all, and only then is anything read.

Pure ASGI, so that event streams pass untouched.
"""

from __future__ import annotations

from urllib.parse import quote

from anyio import to_thread
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Forbidden, NotSignedIn
from app.problems import answer_for, problem
from app.security import requests
from app.security.context import acting_as
from app.security.contracts import Subject
from app.security.doors import Door
from app.security.identify import Identifier
from app.security.matrix import PASSWORD
from app.security.may import could, enforce
from app.security.pages import Brand, refused_page
from app.security.people import AuditEvent
from app.security.routes import GuardedRoute, guarded_routes
from app.stores.postgres import PostgresAudit
from layers.errors import StoreUnavailable


class Gate:
    """Sets the subject of each request and holds the coarse decision of its door."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        identifier: Identifier,
        audit: PostgresAudit,
        brand: Brand,
        secure: bool,
    ) -> None:
        """Guard `app`; `secure` names the cookie for HTTPS."""
        self._app = app
        self._identifier = identifier
        self._audit = audit
        self._brand = brand
        self._cookie = requests.cookie_name(secure=secure)
        self._routes: list[GuardedRoute] = []
        self._seen = -1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through as its subject, or answer with the refusal."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        subject, away = self._identifier.visitor(), None
        try:
            subject, away = await self._subject(headers)
            self._same_site(scope, headers)
            await self._decide(scope, subject)
        except (NotSignedIn, Forbidden, StoreUnavailable) as wrong:
            # Who has signed in is not told to do so again because a server does not answer.
            told = away if away is not None and isinstance(wrong, NotSignedIn) else wrong
            await self._refusal(told, scope, headers, subject)(scope, receive, send)
            return
        with acting_as(subject):
            await self._app(scope, receive, send)

    async def _subject(self, headers: Headers) -> tuple[Subject, StoreUnavailable | None]:
        """Who asks; the visitor, and why, while a session cannot be looked up.

        A lost session store must never turn a public page into an error page.
        """
        token = requests.bearer_token(headers)
        secret = token or requests.session_secret(headers, self._cookie)
        if secret is None:
            return self._identifier.visitor(), None
        known = self._identifier.remembered("token" if token else "session", secret)
        if known is not None:
            return known, None
        look_up = self._identifier.by_token if token else self._identifier.by_session
        try:
            return await to_thread.run_sync(look_up, secret), None
        except StoreUnavailable as away:
            if token:
                raise
            return self._identifier.visitor(), away

    def _same_site(self, scope: Scope, headers: Headers) -> None:
        if requests.bearer_token(headers) is None and requests.from_elsewhere(
            scope["method"], headers
        ):
            raise Forbidden("这个请求来自别的网站,已拒绝;请在本平台页面上重新操作")

    async def _decide(self, scope: Scope, subject: Subject) -> None:
        route = self._route(scope)
        if route is None:
            return  # the router answers 404 or 405; nothing of ours runs
        if route.door is None:
            raise Forbidden("这个地址没有登记权限,已拒绝;请联系开发人员")
        decision = could(subject, route.door.action, route.door.kind)
        if subject.id.startswith("token:") and requests.changes_something(scope["method"]):
            event = _token_use(subject, route.door, scope, allowed=bool(decision))
            # Before the body is read: what cannot be recorded is not done.
            await to_thread.run_sync(self._audit.append, event)
        enforce(subject, decision)

    def _route(self, scope: Scope) -> GuardedRoute | None:
        server: FastAPI = scope["app"]
        if len(server.router.routes) != self._seen:  # Dash adds its last route at start-up
            self._seen = len(server.router.routes)
            self._routes = guarded_routes(server)
        method, path = scope["method"], scope["path"]
        return next((one for one in self._routes if one.matches(method, path)), None)

    def _refusal(
        self, wrong: Exception, scope: Scope, headers: Headers, subject: Subject
    ) -> Response:
        answer = answer_for(wrong)
        if not requests.wants_page(scope, headers):
            return problem(answer, str(wrong))
        if isinstance(wrong, NotSignedIn):
            back = f"?next={_address(scope)}" if scope["method"] == "GET" else ""
            return RedirectResponse(f"/login{back}", status_code=303)
        if subject.scopes == {PASSWORD}:
            return RedirectResponse("/password", status_code=303)
        return HTMLResponse(
            refused_page(self._brand, answer.title, str(wrong)), status_code=answer.status
        )


def _address(scope: Scope) -> str:
    here = quote(str(scope["path"]), safe="/")
    query = scope.get("query_string", b"").decode("latin-1")
    return quote(f"{here}?{query}" if query else here, safe="/")


def _token_use(subject: Subject, door: Door, scope: Scope, *, allowed: bool) -> AuditEvent:
    return AuditEvent(
        actor=subject.id,
        action=f"token.{door.action}",
        object=str(scope["path"])[:200],
        outcome="ok" if allowed else "refused",
        address=requests.client_address(scope),
        detail={"kind": door.kind, "method": scope["method"]},
    )
