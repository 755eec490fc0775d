"""A small server with one route of every kind, guarded like the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Annotated, Any, cast

from dash import Dash, Input, Output, html
from fastapi import APIRouter, Body, Depends, FastAPI
from starlette.responses import StreamingResponse

from app.api import accounts as accounts_api
from app.api import login as login_api
from app.config import Config
from app.problems import install_problems
from app.security.context import current, current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door, guarded_callback
from app.security.install import protect
from app.security.routes import close_sockets
from app.services import Services

Asking = Annotated[Subject, Depends(current_subject)]


def services(config: Config, **stores: Any) -> Services:
    """The part of the services that security uses."""
    return cast(Services, SimpleNamespace(config=config, **stores))


def toy_routes() -> APIRouter:
    routes = APIRouter()

    @routes.get("/page")
    @door(Action.READ, "page")
    async def page(subject: Asking) -> dict[str, str]:
        return {"subject": subject.id, "name": subject.name}

    @routes.get("/threaded")
    @door(Action.READ, "page")
    def threaded() -> dict[str, str]:
        return {"subject": current().id}

    @routes.get("/open")
    @door(Action.READ, "health")
    async def everybody() -> str:
        return "ok"

    @routes.post("/api/v1/observations")
    @door(Action.WRITE, "observation")
    async def write(body: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return body

    @routes.get("/live")
    @door(Action.READ, "indicator")
    async def live() -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            yield f"data: {current().id}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return routes


def bare_server() -> tuple[FastAPI, Dash]:
    """Dash on FastAPI with guarded routes and callbacks, not protected yet."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    dash_app = Dash("toy", server=server, assets_folder="/nonexistent")
    dash_app.layout = html.Div([html.Div(id="a"), html.Div(id="b")])

    @guarded_callback(dash_app, Output("a", "children"), Input("b", "children"))
    def who(_: object) -> str:
        return current().id

    @guarded_callback(
        dash_app,
        Output("a", "title"),
        Input("b", "children"),
        action=Action.ADMINISTER,
        kind="user",
    )
    def secret(_: object) -> str:
        return "for the admin"

    close_sockets(server)
    server.include_router(toy_routes())
    return server, dash_app


def guarded_server(all_services: Services) -> FastAPI:
    """The small server with login, behind the gate."""
    server, dash_app = bare_server()
    server.include_router(login_api.router(all_services))
    server.include_router(accounts_api.router(all_services))
    install_problems(server)
    protect(server, all_services, dash_app=dash_app)
    return server
