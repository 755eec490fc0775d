"""Static files and compression, spoken to as a browser does."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from app.web import vendor
from app.web.static import Asset, Compressed, StaticApp
from app.web.vendor import BrowserFilesMissing

SCRIPT = b"let answer = 42;" * 200


async def _suite(request: Request) -> Response:
    request.app.state.asked = getattr(request.app.state, "asked", 0) + 1
    return Response(SCRIPT, media_type="text/javascript")


async def _events(_: Request) -> Response:
    async def lines() -> AsyncIterator[str]:
        yield "data: " + "x" * 5000 + "\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def _tile(_: Request) -> Response:
    return Response(
        gzip.compress(SCRIPT), media_type="application/json", headers={"Content-Encoding": "gzip"}
    )


async def _small(_: Request) -> Response:
    return JSONResponse({"ok": True})


class Client:
    """Asks an ASGI application in this process."""

    def __init__(self, application: Starlette) -> None:
        self._transport = httpx.ASGITransport(application)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://here"
            ) as client:
                return await client.request(method, path, **options)

        # Playwright's own loop runs in this thread when browser tests came before.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(asyncio.run, send()).result()


@pytest.fixture
def client() -> Client:
    routes = [
        Mount("/static", StaticApp({"v1/a.mjs": Asset.of(SCRIPT, "a.mjs")})),
        Route("/_dash-component-suites/dash/x.js", _suite),
        Route("/live", _events),
        Route("/tile", _tile),
        Route("/small", _small),
    ]
    application = Starlette(routes=routes)
    application.add_middleware(Compressed)
    return Client(application)


def test_a_static_file_comes_packed_and_is_kept_for_ever(client: Client) -> None:
    answer = client.get("/static/v1/a.mjs")
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 10


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0"])
def test_a_browser_without_gzip_gets_the_plain_file(client: Client, accepted: str) -> None:
    answer = client.get("/static/v1/a.mjs", headers={"Accept-Encoding": accepted})
    assert answer.content == SCRIPT
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/static/v1/b.mjs", "/static/../conftest.py", "/static/", "/static/v1"]
)
def test_what_is_not_listed_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_writing_to_a_static_file_is_refused(client: Client) -> None:
    assert client.ask("POST", "/static/v1/a.mjs").status_code == 405


def test_dash_s_files_are_packed_to_the_same_content(client: Client) -> None:
    first, second = (client.get("/_dash-component-suites/dash/x.js") for _ in range(2))
    assert first.content == second.content == SCRIPT
    assert second.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in second.headers["vary"].lower()


def test_an_event_stream_passes_untouched(client: Client) -> None:
    answer = client.get("/live")
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("data: xxx")


def test_what_is_packed_already_is_not_packed_twice(client: Client) -> None:
    assert client.get("/tile").content == SCRIPT


def test_a_tiny_answer_is_not_worth_packing(client: Client) -> None:
    assert "content-encoding" not in client.get("/small").headers


def test_missing_browser_files_name_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(vendor, "BUILT", tmp_path)
    with pytest.raises(BrowserFilesMissing, match="npm ci"):
        vendor.built()


def test_the_npm_lock_names_no_host() -> None:
    lock = (vendor.BROWSER / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in lock
    assert '"integrity"' in lock
