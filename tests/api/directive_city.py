"""A small program with the routes of 督办 and 值班 and the people who use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.api import directives
from app.security.contracts import Grant, Role, Subject
from tests.api.asked_city import AskedCity, composed

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


class DirectiveCity(AskedCity):
    """Asks the routes of 督办, and others, as somebody."""

    people = PEOPLE

    def __init__(self, home: Path, database: str, valkey: str, *routers: Any) -> None:
        super().__init__(composed(home, database, valkey), directives, *routers)

    def issue(self, who: str = "he", **changes: Any) -> httpx.Response:
        body = {"about": ABOUT, "unit": "swj", "text": "查明原因并整改", "deadline": soon()}
        return self.ask(who, "POST", "/api/v1/directives", json=body | changes)

    def move(self, who: str, directive: str, to: str, note: str = "") -> httpx.Response:
        path = f"/api/v1/directives/{directive}/transitions"
        return self.ask(who, "POST", path, json={"to": to, "note": note})


def soon(days: float = 2) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()
