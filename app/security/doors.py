"""Doors: what each route and callback is for, declared where it is written.

A door is coarse ("reads layers"): it is checked before the body is read. Which layer, is asked
inside the endpoint with `require`. A route or callback without a door stops the program's start.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from dash import Dash
from dash.exceptions import PreventUpdate
from starlette.staticfiles import StaticFiles

from app.security.context import current
from app.security.contracts import Action
from app.security.may import could

Function = TypeVar("Function", bound=Callable[..., Any])

_MARK = "__door__"


@dataclass(frozen=True, slots=True)
class Door:
    """The coarse permission that a route or callback needs."""

    action: Action
    kind: str


STATIC = Door(Action.READ, "static")


def door(action: Action, kind: str) -> Callable[[Function], Function]:
    """Declare the door of an endpoint: written under the route decorator, above the function."""

    def declare(function: Function) -> Function:
        setattr(function, _MARK, Door(action, kind))
        return function

    return declare


def declared(function: object) -> Door | None:
    """The door declared on a function or mounted application; None when there is none."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, Door) else None


def static_files(directory: str, **options: Any) -> StaticFiles:
    """Files of the program itself, open to everybody; to be mounted on a path."""
    files = StaticFiles(directory=directory, **options)
    setattr(files, _MARK, STATIC)
    return files


def guarded_callback(
    dash_app: Dash,
    *dependencies: Any,
    action: Action = Action.READ,
    kind: str = "page",
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a Dash callback that runs only for those who pass its door.

    A refused callback changes nothing on the page. Finer questions (which indicator, which layer)
    are asked inside with `may(current(), …)`.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if not could(current(), action, kind):
                raise PreventUpdate
            return function(*arguments, **named)

        setattr(guarded, _MARK, Door(action, kind))
        registered: Callable[..., Any] = dash_app.callback(*dependencies, **options)(guarded)
        return registered

    return register
