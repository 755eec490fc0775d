"""A small program with the routes of reporting, people to use them, and some history."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.api import observations, reporting
from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from tests.api.layer_server import Gate
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.periods import ZONE

PEOPLE = {
    "wang": Subject("wang", "王芳", frozenset({Grant(Role.CLERK, "water")})),
    "li": Subject("li", "李文", frozenset({Grant(Role.CLERK, "water")})),
    "zhou": Subject("zhou", "周敏", frozenset({Grant(Role.REVIEWER, "water")})),
    "market": Subject("market", "陈晨", frozenset({Grant(Role.CLERK, "market")})),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER)})),
    "admin": Subject("admin", "管理员", frozenset({Grant(Role.ADMIN)})),
}
FORM, INDICATOR = "water.sewage_report", "water.sewage_rate"
CITY = "440200"
COUNTIES = tuple(
    f"4402{one}" for one in ("03", "04", "05", "22", "24", "29", "32", "33", "81", "82")
)


def month(year: int, number: int) -> Period:
    return Period(datetime(year, number, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind.MONTH)


class ReportCity:
    """Asks the routes as somebody."""

    def __init__(self, services: Services, *routers: Any) -> None:
        self.services = services
        server = FastAPI()
        install_problems(server)
        for one in (reporting, observations, *routers):
            server.include_router(one.router(services))
        server.add_middleware(Gate, people=PEOPLE)
        self._transport = httpx.ASGITransport(server)

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"x-who": who, **options.pop("headers", {})}

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(asked())

    def get(self, who: str, path: str) -> Any:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def filing(self, period: str, who: str = "wang") -> Any:
        return self.get(who, f"/api/v1/reporting/{FORM}/{period}")

    def save(self, who: str, period: str, cells: dict[str, Any], revision: int) -> httpx.Response:
        body = {"revision": revision, "cells": cells}
        return self.ask(who, "PUT", f"/api/v1/reporting/{FORM}/{period}/draft", json=body)

    def move(self, who: str, period: str, action: str, note: str = "") -> httpx.Response:
        seen = self.filing(period, "admin")["revision"]
        body = {"action": action, "revision": seen, "note": note}
        return self.ask(who, "POST", f"/api/v1/reporting/{FORM}/{period}/transitions", json=body)

    def fill(self, period: str, text: str = "95.5", who: str = "wang", note: str = "") -> Any:
        """All cells, the same number."""
        cells = {f"{INDICATOR}|{one}": {"text": text, "note": note} for one in (CITY, *COUNTIES)}
        answer = self.save(who, period, cells, self.filing(period)["revision"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stored(self, period: Period, region: str = CITY) -> Observation | None:
        found = self.services.observations.series(
            INDICATOR, region, start=period.start, as_of=None, limit=1
        )
        return found[0] if found and found[0].period == period else None


def report_city(home: Path, database: str, valkey: str, *routers: Any) -> ReportCity:
    config = replace(Config(), home_path=home)
    services = compose(config, EngineUrls(valkey=valkey, postgres=database))
    history = [
        Observation(INDICATOR, region, month(year, number), 95.0, unit="%", source="历史")
        for region in (CITY, *COUNTIES)
        for year, number in ((2024, 10), (2025, 9), (2025, 10), (2025, 11), (2025, 12))
    ]
    services.observations.append(history, live=False)
    return ReportCity(services, *routers)
