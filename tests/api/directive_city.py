"""A small program with the routes of 督办 and 值班 and the people who use them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.api import directives
from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.contracts import Grant, Role, Subject
from tests.api.layer_server import Gate

PEOPLE = {
    "he": Subject("he", "何市长", frozenset({Grant(Role.LEADER)})),
    "gao": Subject("gao", "高副市长", frozenset({Grant(Role.LEADER)})),
    "wang": Subject("wang", "王芳", frozenset({Grant(Role.HANDLER)}), unit="swj"),
    "li": Subject("li", "李文", frozenset({Grant(Role.HANDLER)}), unit="sthjj"),
    "zhang": Subject("zhang", "张值班", frozenset({Grant(Role.DUTY)})),
    "qian": Subject("qian", "钱值班", frozenset({Grant(Role.DUTY)})),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER)})),
    "admin": Subject("admin", "管理员", frozenset({Grant(Role.ADMIN)})),
}
ABOUT = "indicator:ecology.aqi|440200"


class DirectiveCity:
    """Asks the routes as somebody."""

    def __init__(self, home: Path, database: str, valkey: str, *routers: Any) -> None:
        config = replace(Config(), home_path=home)
        self.services = compose(config, EngineUrls(valkey=valkey, postgres=database))
        server = FastAPI()
        install_problems(server)
        for one in (directives, *routers):
            server.include_router(one.router(self.services))
        server.add_middleware(Gate, people=PEOPLE)
        self._transport = httpx.ASGITransport(server)

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                headers = {"x-who": who, **options.pop("headers", {})}
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(asked())

    def get(self, who: str, path: str) -> Any:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def issue(self, who: str = "he", **changes: Any) -> httpx.Response:
        body = {"about": ABOUT, "unit": "swj", "text": "查明原因并整改", "deadline": soon()}
        return self.ask(who, "POST", "/api/v1/directives", json=body | changes)

    def move(self, who: str, directive: str, to: str, note: str = "") -> httpx.Response:
        path = f"/api/v1/directives/{directive}/transitions"
        return self.ask(who, "POST", path, json={"to": to, "note": note})


def soon(days: float = 2) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()
