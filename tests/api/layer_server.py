"""A server with the layer routes alone; a header says who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import httpx
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import (
    features,
    layer_edit,
    layer_pictures,
    layer_styles,
    layer_within,
    layers,
    tiles,
)
from app.config import Config
from app.main import REFERENCE
from app.problems import install_problems
from app.security.context import acting_as
from app.security.contracts import Grant, Role, Subject
from app.security.subjects import anonymous
from app.services import Services
from app.stores.postgres import PostgresAccounts, PostgresAudit
from layers.catalogue.service import LayerCatalogue
from layers.registry import LayerRegistry
from layers.stores.postgres_catalogue import PostgresCatalogue
from layers.stores.postgres_submissions import PostgresSubmissions
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.organisations import Organisations
from topics.kit.stores.postgres_events import PostgresEvents

PEOPLE = {
    "viewer": Subject("u1", "甲", frozenset({Grant(Role.VIEWER)})),
    "clerk": Subject("u2", "乙", frozenset({Grant(Role.CLERK)})),
    "reviewer": Subject("u5", "戊", frozenset({Grant(Role.REVIEWER, "water")})),
    "water-viewer": Subject("u4", "丁", frozenset({Grant(Role.VIEWER, "water")})),
    "admin": Subject("u3", "丙", frozenset({Grant(Role.ADMIN)})),
}


class Gate:
    """Puts the subject named in `x-who` into the context; nobody named is the visitor."""

    def __init__(self, app: ASGIApp, people: Mapping[str, Subject] = PEOPLE) -> None:
        self.app = app
        self.people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        who = headers.get(b"x-who", b"").decode()
        with acting_as(self.people.get(who, anonymous("demo"))):
            await self.app(scope, receive, send)


class Routes:
    """A client that asks one request at a time and follows no redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self.server = app
        self._transport = httpx.ASGITransport(app)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET the path."""
        return self.ask("GET", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                return await client.request(method, path, **options)

        return asyncio.run(asked())


def client(registry: LayerRegistry, engine: sa.Engine) -> Routes:
    """A client of the layer routes over this registry, which is in the same database."""
    services = cast(
        Services,
        SimpleNamespace(
            layers=registry,
            layer_catalogue=LayerCatalogue(registry, PostgresCatalogue(engine)),
            config=Config(),
            organisations=Organisations.load(REFERENCE / "organisations.csv"),
            catalogue=Catalogue.load([SHIPPED]),
            accounts=PostgresAccounts(engine),
            audit=PostgresAudit(engine),
            events=PostgresEvents(engine),
            submissions=SimpleNamespace(store=PostgresSubmissions(engine)),
        ),
    )
    modules = (layers, layer_edit, layer_pictures, layer_styles, layer_within, tiles, features)
    return serve(*(module.router(services) for module in cast(Any, modules)))


def serve(*routers: APIRouter) -> Routes:
    """A client of these routes."""
    server = FastAPI()
    install_problems(server)
    for one in routers:
        server.include_router(one)
    server.add_middleware(Gate)
    return Routes(server)


def who(name: str) -> dict[str, str]:
    """The header that says who asks."""
    return {"x-who": name}
