"""A small program with some routes, and people who ask them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
from fastapi import FastAPI

from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.contracts import Subject
from app.services import Services
from tests.api.layer_server import Gate


class AskedCity:
    """Asks the routes as somebody; what it asks begins with `prefix`."""

    people: ClassVar[Mapping[str, Subject]] = {}
    prefix: ClassVar[str] = ""

    def __init__(self, services: Services, *routers: Any) -> None:
        self.services = services
        server = FastAPI()
        install_problems(server)
        for one in routers:
            server.include_router(one.router(services))
        server.add_middleware(Gate, people=dict(self.people))
        self._transport = httpx.ASGITransport(server)

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                headers = {"x-who": who, **options.pop("headers", {})}
                return await client.request(method, self.prefix + path, headers=headers, **options)

        return asyncio.run(asked())

    def get(self, who: str, path: str, **options: Any) -> Any:
        answer = self.ask(who, "GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


def composed(home: Path, database: str, valkey: str, config: Config | None = None) -> Services:
    """The program's services on these servers."""
    made = replace(config or Config(), home_path=home)
    return compose(made, EngineUrls(valkey=valkey, postgres=database))
