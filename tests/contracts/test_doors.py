"""Every way into the program has a declared permission."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from dash import Dash, Input, Output, html
from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from app.api import accounts, login
from app.config import Config
from app.security.contracts import Action
from app.security.doors import door, guarded_callback, static_files
from app.security.install import Unguarded, protect
from app.security.routes import close_sockets, guarded_routes, unguarded
from app.services import Services

STORES = ("accounts", "tokens", "sessions", "audit")


def services() -> Services:
    return cast(Services, SimpleNamespace(config=Config(), **dict.fromkeys(STORES)))


def server() -> tuple[FastAPI, Dash]:
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    dash_app = Dash("bare", server=made, assets_folder="/nonexistent")
    dash_app.layout = html.Div()
    close_sockets(made)
    return made, dash_app


def test_dashs_own_routes_have_doors() -> None:
    made, dash_app = server()
    assert unguarded(made, dash_app) == []


def test_our_login_routes_have_doors_and_one_is_open_to_anonymous_writes() -> None:
    made, _ = server()
    made.include_router(login.router(services()))
    made.include_router(accounts.router(services()))
    assert unguarded(made) == []
    public = [(path, method) for path, methods in made.openapi()["paths"].items()
              for method, one in methods.items() if one.get("x-public")]  # fmt: skip
    assert public == [("/login", "post")]


def test_a_route_without_a_door_stops_the_start() -> None:
    made, dash_app = server()
    made.add_api_route("/bare", lambda: "x", methods=["GET"])
    with pytest.raises(Unguarded, match="GET /bare"):
        protect(made, services(), dash_app=dash_app)


def test_a_route_in_a_nested_router_is_seen() -> None:
    made, _ = server()
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")
    inner.add_api_route("/bare", lambda: "x", methods=["POST"])
    outer.include_router(inner)
    made.include_router(outer)
    assert unguarded(made) == [
        "POST /outer/inner/bare: declare @door(Action.…, kind) on its endpoint"
    ]


def test_a_folder_of_files_needs_a_door_too(tmp_path: Any) -> None:
    made, _ = server()
    made.mount("/bare", StaticFiles(directory=tmp_path))
    assert [one.partition(":")[0] for one in unguarded(made)] == ["* /bare"]


def test_declared_files_are_open(tmp_path: Any) -> None:
    made, _ = server()
    made.mount("/files", static_files(str(tmp_path)))
    assert unguarded(made) == []


def test_a_socket_route_has_no_door() -> None:
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    Dash("sockets", server=made, assets_folder="/nonexistent")
    assert any("_dash-ws-callback" in one for one in unguarded(made))


def test_an_anonymous_write_must_be_marked_public() -> None:
    made, _ = server()

    @made.post("/sneaky")
    @door(Action.WRITE, "login")
    async def sneaky() -> None: ...

    assert any("x-public" in one for one in unguarded(made))


def test_a_guarded_write_must_not_be_marked_public() -> None:
    made, _ = server()

    @made.post("/boast", openapi_extra={"x-public": True})
    @door(Action.WRITE, "layer")
    async def boast() -> None: ...

    assert any("x-public" in one for one in unguarded(made))


def test_a_callback_without_a_door_stops_the_start() -> None:
    made, dash_app = server()

    @dash_app.callback(Output("bare", "children"), Input("x", "children"))
    def bare(_: object) -> str:
        return ""

    with pytest.raises(Unguarded, match=r"callback bare\.children"):
        protect(made, services(), dash_app=dash_app)


def test_guarded_and_browser_side_callbacks_pass() -> None:
    made, dash_app = server()

    @guarded_callback(dash_app, Output("a", "children"), Input("x", "children"))
    def fine(_: object) -> str:
        return ""

    dash_app.clientside_callback("x => x", Output("b", "children"), Input("x", "children"))
    assert unguarded(made, dash_app) == []


def test_a_librarys_door_is_not_lent_to_a_route_of_ours() -> None:
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    made.add_api_route("/_dash-layout", lambda: "x")
    assert len(unguarded(made)) == 1


def test_the_first_matching_route_decides() -> None:
    made, _ = server()

    @made.get("/things/{name}")
    @door(Action.READ, "layer")
    async def thing(name: str) -> str:
        return name

    hits = [one.path for one in guarded_routes(made) if one.matches("GET", "/things/a")]
    assert hits == ["/things/{name}"]
