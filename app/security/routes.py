"""The doors of every route of the program: what the gate asks, and what still lacks one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any

from dash import Dash
from dash._callback import GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount, WebSocketRoute, compile_path

from app.security.contracts import Action
from app.security.doors import STATIC, Door, declared

_PAGE = Door(Action.READ, "page")

_LIBRARY_DOORS: Mapping[tuple[str, str], Door] = {
    ("dash", "/_dash-component-suites/{package_name}/{fingerprinted_path:path}"): STATIC,
    ("dash", "/_favicon.ico"): STATIC,
    ("dash", "/_reload-hash"): STATIC,
    ("dash", "/_dash-layout"): _PAGE,
    ("dash", "/_dash-dependencies"): _PAGE,
    ("dash", "/_dash-update-component"): _PAGE,  # each callback has its own door besides
    ("dash", "/"): _PAGE,
    ("dash", "{path:path}"): _PAGE,
    ("dash", "/{path:path}"): _PAGE,
    ("fastapi", "/api/openapi.json"): STATIC,
}
"""The routes that Dash and FastAPI add themselves, by package and path."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """One route: what it matches and the door before it (None: undeclared, never opened)."""

    path: str
    methods: frozenset[str] | None  # None: every method (mounts)
    pattern: Pattern[str]
    door: Door | None
    public_write: bool

    def matches(self, method: str, path: str) -> bool:
        """Whether the route answers this request."""
        if self.methods is not None and method not in self.methods:
            return False
        return self.pattern.match(path) is not None


def guarded_routes(server: FastAPI) -> list[GuardedRoute]:
    """Every HTTP and socket route in the order in which the server tries them."""
    return [_guarded(context) for context in iter_route_contexts(server.routes)]


def unguarded(server: FastAPI, dash_app: Dash | None = None) -> list[str]:
    """What lacks a door, in words a developer can act on; empty when the program may start.

    Also names routes with anonymous writes that do not carry `x-public: true`.
    """
    missing = [text for route in guarded_routes(server) for text in _complaints(route)]
    return missing + ([] if dash_app is None else list(_callbacks_without_door(dash_app)))


def close_sockets(server: FastAPI) -> None:
    """Remove the WebSocket routes: nothing of ours uses them, Dash's own gives up on retries."""
    kept = [route for route in server.router.routes if not isinstance(route, WebSocketRoute)]
    server.router.routes[:] = kept


def _guarded(context: RouteContext) -> GuardedRoute:
    route = context.original_route
    path = context.path or ""
    if isinstance(route, Mount):
        pattern, door, methods = compile_path(path.rstrip("/") + "/{path:path}")[0], None, None
        door = declared(route.app)
    else:
        pattern, methods = compile_path(path)[0], context.methods
        door = declared(context.endpoint) or _library_door(context.endpoint, path)
    extra: dict[str, Any] = getattr(context, "openapi_extra", None) or {}
    return GuardedRoute(
        path=path,
        methods=None if methods is None else frozenset(methods),
        pattern=pattern,
        door=door,
        public_write=extra.get("x-public") is True,
    )


def _library_door(endpoint: object, path: str) -> Door | None:
    package = str(getattr(endpoint, "__module__", "")).partition(".")[0]
    return _LIBRARY_DOORS.get((package, path))


def _complaints(route: GuardedRoute) -> Iterator[str]:
    name = f"{'/'.join(sorted(route.methods or {'*'}))} {route.path}"
    if route.door is None:
        yield f"{name}: declare @door(Action.…, kind) on its endpoint"
        return
    writes = route.methods is not None and not route.methods <= _SAFE
    open_write = writes and route.door.kind == "login" and route.door.action is Action.WRITE
    if open_write != route.public_write:
        yield f"{name}: x-public in openapi_extra must be true exactly for anonymous writes"


def _callbacks_without_door(dash_app: Dash) -> Iterator[str]:
    callbacks = {**GLOBAL_CALLBACK_MAP, **dash_app.callback_map}
    listed = [*GLOBAL_CALLBACK_LIST, *dash_app._callback_list]
    in_browser = {one["output"] for one in listed if one.get("clientside_function")}
    for output, callback in callbacks.items():
        if output not in in_browser and declared(callback.get("callback")) is None:
            yield f"callback {output}: register it with guarded_callback"
