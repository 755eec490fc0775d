"""GET /live as the program serves it: the door, the words of the contract, what each may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.live import live_push, router
from app.config import Config
from app.problems import install_problems
from app.security.context import acting_as
from app.security.contracts import Action, Grant, Role, Subject
from app.security.doors import Door, declared
from app.security.subjects import anonymous
from topics.kit.catalogue import Catalogue
from topics.kit.definitions.releases import ReleaseCalendar
from topics.kit.errors import UnknownRegion
from topics.kit.stores.valkey import LiveStore

from .conftest import observation

MANIFEST = """
[topic]
id = "{id}"
title = "专题"
owner = "sthjj"
demo = {demo}
[[indicators]]
id = "{id}.x"
title = "指标"
definition = "口径"
unit = ""
frequency = "1h"
period_kind = "小时"
levels = ["city"]
owner = "sthjj"
source = "来源"
freshness = "2h"
classification = "{classification}"
"""


class Regions:
    def require(self, code: str, on: object) -> str:
        if code != "440200":
            raise UnknownRegion(f"没有区划 {code}")
        return code


@pytest.fixture
def services(store: LiveStore, tmp_path: Path) -> Any:
    for name, demo, classification in (("open", "true", "公开"), ("own", "false", "内部")):
        folder = tmp_path / "topics" / name
        folder.mkdir(parents=True)
        text = MANIFEST.format(id=name, demo=demo, classification=classification)
        (folder / "topic.toml").write_text(text, encoding="utf-8")
    rows = [
        observation(1, indicator="open.x", region="440200"),
        observation(2, indicator="own.x", region="440200"),
        observation(3, indicator="gone.x", region="440200"),
    ]
    return SimpleNamespace(
        config=Config(),
        regions=Regions(),
        catalogue=Catalogue.load([tmp_path / "topics"]),
        observations=SimpleNamespace(latest=lambda as_of: rows),
        live=store,
        releases=ReleaseCalendar(),
        rules=SimpleNamespace(all=dict),
    )


class As:
    """Asks everything as one subject, as the gate does."""

    subject = anonymous("demo")

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with acting_as(self.subject):
            await self._app(scope, receive, send)


@pytest.fixture
def push(services: Any) -> Iterator[Any]:
    made = live_push(services)
    yield made
    made.close()
    made.wait(timedelta(seconds=5))


def _server(services: Any, push: Any) -> FastAPI:
    server = FastAPI()
    install_problems(server)
    server.include_router(router(services, push))
    server.add_middleware(As)
    return server


def _get(services: Any, push: Any, path: str) -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(_server(services, push))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get(path)

    return asyncio.run(get())


def _indicators(services: Any, push: Any, subject: Subject, query: str = "") -> set[str]:
    As.subject = subject
    found: set[str] = set()
    original = push.hub.join

    def join(*arguments: Any, **named: Any) -> Any:
        screen = original(*arguments, **named)
        feed = push.hub._feeds[screen.audience]
        found.update(name for name in ("open.x", "own.x", "gone.x") if feed.shows(name))
        screen.mailbox.close()  # so that the answer ends
        return screen

    push.hub.join = join
    answer = _get(services, push, f"/live{query}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    return found


def test_a_visitor_sees_the_public_demo_data_only(services: Any, push: Any) -> None:
    assert _indicators(services, push, anonymous("demo")) == {"open.x"}


def test_a_viewer_sees_internal_data_and_nothing_undeclared(services: Any, push: Any) -> None:
    viewer = Subject("u", "某人", frozenset({Grant(Role.VIEWER)}))
    assert _indicators(services, push, viewer) == {"open.x", "own.x"}


def test_topics_narrow_the_stream(services: Any, push: Any) -> None:
    viewer = Subject("u", "某人", frozenset({Grant(Role.VIEWER)}))
    assert _indicators(services, push, viewer, "?topics=own,%20none") == {"own.x"}


def test_an_unknown_region_is_a_problem_document(services: Any, push: Any) -> None:
    answer = _get(services, push, "/live?region=999999")
    assert (answer.status_code, answer.json()["type"]) == (404, "tonglan:unknown-region")


def test_too_many_streams_of_one_address_are_refused_with_the_setting(
    services: Any, push: Any
) -> None:
    push.hub._per_address = 0
    answer = _get(services, push, "/live")
    assert answer.status_code == 429
    assert "streams_per_address" in answer.json()["detail"]


def test_the_stream_has_a_door(services: Any, push: Any) -> None:
    (route,) = router(services, push).routes
    assert declared(route.endpoint) == Door(Action.READ, "indicator")  # type: ignore[attr-defined]
