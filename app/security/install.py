"""Puts the security of the program around its server, in the one right order."""

from __future__ import annotations

from collections.abc import Iterable

from dash import Dash
from fastapi import FastAPI

from app.errors import AppError
from app.security.bodies import BodyLimit
from app.security.gate import Gate
from app.security.headers import SecurityHeaders
from app.security.identify import Identifier
from app.security.pages import Brand
from app.security.routes import unguarded
from app.services import Services


class Unguarded(AppError):
    """A route or callback has no door: the program must not start."""


def protect(
    server: FastAPI,
    services: Services,
    *,
    script_hashes: Iterable[str] = (),
    dash_app: Dash | None = None,
) -> None:
    """Guard every route of the server; call it last, when all routes and callbacks are there.

    Raises Unguarded, naming each route or callback that lacks a door. Headers lie outside the
    gate, so that refusals carry them too.
    """
    missing = unguarded(server, dash_app)
    if missing:
        raise Unguarded("这些地址或回调没有登记权限,程序不能启动:\n" + "\n".join(missing))
    settings = services.config
    identifier = Identifier(
        services.accounts, services.tokens, services.sessions, settings.security.anonymous
    )
    secure = settings.web.secure_cookies
    server.state.identifier = identifier
    brand = Brand(title=settings.city.title, mark=settings.city.mark)
    server.add_middleware(BodyLimit)
    server.add_middleware(
        Gate, identifier=identifier, audit=services.audit, brand=brand, secure=secure
    )
    server.add_middleware(SecurityHeaders, script_hashes=tuple(script_hashes), secure=secure)
