"""Login, logout and the own password: small pages that work without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.errors import BadCredentials, BadRequest
from app.problems import answer_for
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.identify import Identifier
from app.security.login import Reception, SignedIn
from app.security.matrix import PASSWORD
from app.security.next_page import local_path
from app.security.pages import Brand, login_page, logout_page, password_page
from app.security.requests import client_address, cookie_name
from app.services import Services
from layers.errors import StoreUnavailable

Asking = Annotated[Subject, Depends(current_subject)]
Text = Annotated[str, Form(max_length=1000)]

_SEE_OTHER = 303
_DESKS = 4


def router(services: Services) -> APIRouter:
    """The routes /login, /logout and /password."""
    pages = _Pages(services, _reception(services), _brand(services))
    routes = APIRouter(default_response_class=HTMLResponse, tags=["登录"])
    routes.add_api_route("/login", pages.login_form, methods=["GET"], include_in_schema=False)
    routes.add_api_route(
        "/login",
        pages.login,
        methods=["POST"],
        summary="登录,得到会话 Cookie",
        openapi_extra={"x-public": True},
    )
    routes.add_api_route("/logout", pages.logout_form, methods=["GET"], include_in_schema=False)
    routes.add_api_route("/logout", pages.logout, methods=["POST"], include_in_schema=False)
    routes.add_api_route("/password", pages.password_form, methods=["GET"], include_in_schema=False)
    routes.add_api_route("/password", pages.password, methods=["POST"], include_in_schema=False)
    return routes


@dataclass(frozen=True, slots=True)
class _Pages:
    services: Services
    reception: Reception
    brand: Brand
    # One argon2 hash takes 64 MiB and tens of milliseconds: a flood of logins queues here and
    # leaves memory and the threads of the other routes alone.
    desk: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_DESKS))

    @door(Action.READ, "login")
    async def login_form(self, subject: Asking, request: Request) -> Response:
        target = local_path(request.query_params.get("next", "/"))
        if not subject.anonymous:
            return RedirectResponse(target, _SEE_OTHER)
        return HTMLResponse(login_page(self.brand, target=target))

    @door(Action.WRITE, "login")
    async def login(
        self,
        request: Request,
        name: Text = "",
        password: Text = "",
        target: Annotated[str, Form(alias="next", max_length=2000)] = "/",
    ) -> Response:
        target = local_path(target)
        address = client_address(request.scope)
        try:
            sign_in = partial(self.reception.sign_in, name, password, address=address)
            signed_in = await to_thread.run_sync(sign_in, limiter=self.desk)
        except (BadCredentials, StoreUnavailable) as wrong:
            page = login_page(self.brand, name=name, target=target, wrong=str(wrong))
            return HTMLResponse(page, status_code=_status(wrong), headers=_retry(wrong))
        to = "/password" if signed_in.must_change else target
        return self._enter(request, signed_in, to)

    @door(Action.READ, "login")
    async def logout_form(self, subject: Asking) -> Response:
        if subject.anonymous:
            return RedirectResponse("/login", _SEE_OTHER)
        return HTMLResponse(logout_page(self.brand, subject.name))

    @door(Action.WRITE, PASSWORD)
    async def logout(self, subject: Asking, request: Request) -> Response:
        answer = RedirectResponse("/login", _SEE_OTHER)
        secret = request.cookies.get(self._cookie)
        if secret is not None:
            address = client_address(request.scope)
            sign_out = partial(self.reception.sign_out, secret, actor=subject.id, address=address)
            await to_thread.run_sync(sign_out)
            _identifier(request).forget(secret)
        answer.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True)
        return answer

    @door(Action.READ, "login")
    async def password_form(self, subject: Asking) -> Response:
        if subject.anonymous:
            return RedirectResponse("/login?next=/password", _SEE_OTHER)
        return HTMLResponse(password_page(self.brand, must=subject.scopes == {PASSWORD}))

    @door(Action.WRITE, PASSWORD)
    async def password(
        self, subject: Asking, request: Request, old: Text = "", new: Text = "", again: Text = ""
    ) -> Response:
        try:
            if new != again:
                raise BadRequest("两次输入的新口令不一致,请重新输入")
            change = partial(self.reception.change_password, subject.id, old=old, new=new)
            signed_in = await to_thread.run_sync(change, limiter=self.desk)
        except (BadCredentials, BadRequest, StoreUnavailable) as wrong:
            must = subject.scopes == {PASSWORD}
            page = password_page(self.brand, must=must, wrong=str(wrong))
            return HTMLResponse(page, status_code=_status(wrong), headers=_retry(wrong))
        return self._enter(request, signed_in, "/")

    def _enter(self, request: Request, signed_in: SignedIn, to: str) -> Response:
        former = request.cookies.get(self._cookie)
        if former is not None:
            _identifier(request).forget(former)
        answer = RedirectResponse(to, _SEE_OTHER)
        answer.set_cookie(
            self._cookie,
            signed_in.secret,
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return answer

    @property
    def _secure(self) -> bool:
        return self.services.config.web.secure_cookies

    @property
    def _cookie(self) -> str:
        return cookie_name(secure=self._secure)


def _reception(services: Services) -> Reception:
    return Reception(services.accounts, services.sessions, services.audit, services.config.security)


def _brand(services: Services) -> Brand:
    return Brand(title=services.config.city.title, mark=services.config.city.mark)


def _identifier(request: Request) -> Identifier:
    found = request.app.state.identifier
    assert isinstance(found, Identifier)
    return found


def _status(wrong: Exception) -> int:
    return answer_for(wrong).status


def _retry(wrong: Exception) -> dict[str, str] | None:
    return {"Retry-After": "5"} if isinstance(wrong, StoreUnavailable) else None
