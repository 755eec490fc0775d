"""Bodies that are too large are refused, whatever they promise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI, Request

from app.problems import install_problems
from app.security.bodies import BodyLimit


@pytest.fixture
def server() -> FastAPI:
    made = FastAPI()
    install_problems(made)

    @made.post("/told")
    def told(body: Annotated[dict[str, Any], Body()]) -> int:
        return len(body)

    @made.patch("/api/v1/uploads/x")
    async def upload(request: Request) -> int:
        return len(await request.body())

    made.add_middleware(BodyLimit, most=1000)
    return made


def send(server: FastAPI, method: str, path: str, content: Any, kind: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(server)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            headers = {"Content-Type": kind}
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(asked())


async def _in_parts(text: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(text), 100):
        yield text[at : at + 100]


SMALL, LARGE = b'{"a": 1}', b'{"a": "' + b"x" * 2000 + b'"}'
JSON = "application/json"


def test_a_small_body_passes(server: FastAPI) -> None:
    assert send(server, "POST", "/told", SMALL, JSON).json() == 1


def test_a_body_that_says_it_is_large_is_refused(server: FastAPI) -> None:
    refused = send(server, "POST", "/told", LARGE, JSON)
    assert (refused.status_code, refused.json()["type"].endswith("body-too-large")) == (413, True)


def test_a_body_that_does_not_say_how_large_it_is_is_counted(server: FastAPI) -> None:
    refused = send(server, "POST", "/told", _in_parts(LARGE), JSON)
    assert refused.status_code == 413
    assert "uploads" in refused.json()["detail"]


def test_only_uploads_in_their_own_type_are_streamed(server: FastAPI) -> None:
    path, kind = "/api/v1/uploads/x", "application/offset+octet-stream"
    assert send(server, "PATCH", path, LARGE, kind).json() == len(LARGE)
    assert send(server, "PATCH", path, LARGE, JSON).status_code == 413
    assert send(server, "POST", "/told", LARGE, kind).status_code == 413
