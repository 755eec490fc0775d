"""A small program with the routes of cases and the people who use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from app.api import cases
from app.security.contracts import Grant, Role, Subject
from tests.api.asked_city import AskedCity, composed

WRITE = frozenset({"cases:write"})
PEOPLE = {
    "duty": Subject("u-duty", "张值班", frozenset({Grant(Role.DUTY)})),
    "duty-2": Subject("u-duty-2", "钱值班", frozenset({Grant(Role.DUTY)})),
    "cgj": Subject("u-cgj", "王经办", frozenset({Grant(Role.HANDLER)}), unit="cgj"),
    "zjj": Subject("u-zjj", "李经办", frozenset({Grant(Role.HANDLER)}), unit="zjj"),
    "leader": Subject("u-he", "何市长", frozenset({Grant(Role.LEADER)})),
    "viewer": Subject("u-viewer", "甲", frozenset({Grant(Role.VIEWER)})),
    "water": Subject("u-water", "乙", frozenset({Grant(Role.CLERK, "water")})),
    "grid-app": Subject("token:g", "网格通", frozenset({Grant(Role.CLERK)}), scopes=WRITE),
    "checker": Subject("token:c", "核查", frozenset({Grant(Role.CLERK)}), scopes=WRITE),
}
REPORT = {
    "category": "城市管理/事项/06017",
    "region": "440203001",
    "lon": 113.5787,
    "lat": 24.8483,
    "text": "绿地里有垃圾",
}


class CaseCity(AskedCity):
    """Asks the routes of cases, and others, as somebody."""

    people = PEOPLE
    prefix = "/api/v1"

    def __init__(self, home: Path, database: str, valkey: str, *routers: Any) -> None:
        super().__init__(composed(home, database, valkey), cases, *routers)

    def report(self, who: str = "duty", **more: Any) -> Any:
        answer = self.ask(who, "POST", "/cases", json=REPORT | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def step(self, who: str, case: str, to: str, **more: Any) -> httpx.Response:
        return self.ask(who, "POST", f"/cases/{case}/transitions", json={"to": to, **more})

    def move(self, who: str, case: str, to: str, **more: Any) -> Any:
        condition = {"confirmed": True} if to in ("立案", "结案") else {}
        answer = self.step(who, case, to, **(condition | more))
        assert answer.status_code == 200, answer.text
        return answer.json()
