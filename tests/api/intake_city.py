"""The routes of photos, imports and 考核 with people, on a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.api import case_imports, case_photos, evaluation
from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.contracts import Grant, Role, Subject
from tests.api.layer_server import Gate
from tests.topics.evaluation.kept_cases import KeptCases
from topics.kit.periods import ZONE

PEOPLE = {
    "duty": Subject("duty", "值班", frozenset({Grant(Role.DUTY)})),
    "unit": Subject("unit", "经办", frozenset({Grant(Role.HANDLER)}), unit="cgj"),
    "place": Subject("place", "武江", frozenset({Grant(Role.HANDLER)}), unit="region:440203"),
    "clerk": Subject("clerk", "录入", frozenset({Grant(Role.CLERK, "grid")})),
    "reviewer": Subject("reviewer", "审核", frozenset({Grant(Role.REVIEWER, "grid")})),
    "other": Subject("other", "另审", frozenset({Grant(Role.REVIEWER, "grid")})),
    "water": Subject("water", "水务", frozenset({Grant(Role.REVIEWER, "water")})),
    "viewer": Subject("viewer", "看", frozenset({Grant(Role.VIEWER)})),
    "leader": Subject("leader", "领导", frozenset({Grant(Role.LEADER)})),
}


class IntakeCity:
    """Asks the routes as somebody."""

    def __init__(self, home: Path, database: str, valkey: str) -> None:
        config = replace(Config(), home_path=home)
        self.services = compose(config, EngineUrls(valkey=valkey, postgres=database))
        self.kept = KeptCases(database)
        server = FastAPI()
        install_problems(server)
        for one in (case_photos, case_imports, evaluation):
            server.include_router(one.router(self.services))
        server.add_middleware(Gate, people=PEOPLE)
        self._transport = httpx.ASGITransport(server)

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                return await client.request(method, path, headers={"x-who": who}, **options)

        return asyncio.run(asked())

    def get(self, who: str, path: str) -> Any:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def last_month(now: datetime) -> str:
    """The month that is over: 2026-10."""
    first = now.astimezone(ZONE).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def now() -> datetime:
    return datetime.now(UTC)
