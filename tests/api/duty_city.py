"""A small program with the routes of 值班, people in the contacts, and short ways to ask it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.web_program import DUTY
from tests.api.directive_city import DirectiveCity
from topics.kit.words.clock import local

D = "/api/v1/duty"
PEOPLE = """姓名,单位,职务,电话,邮箱,账号
何平,市应急局,副局长,13800000001,he@city.cn,
张伟,市应急局,值班长,13800000002,,
钱进,市应急局,值班长,13800000003,,
王芳,市水务局,联络员,13800000004,,
"""


def duty_city(home: Path, database: str, valkey: str) -> DirectiveCity:
    """The city with four people in its contacts."""
    made = DirectiveCity(home, database, valkey, *DUTY)
    taken = upload(made, "contacts", PEOPLE, name="通讯录.csv")
    assert (taken["accepted"], taken["applied"]) == (4, True), taken
    return made


def upload(city: DirectiveCity, what: str, text: str, *, name: str, **query: str) -> Any:
    asked = {"name": name, "apply": "1", **query}
    answer = city.ask("zhang", "POST", f"{D}/{what}/imports", content=text.encode(), params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(city: DirectiveCity, who: str, path: str, **body: Any) -> Any:
    answer = city.ask(who, "POST", f"{D}/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def day(ahead: int) -> str:
    return (local(datetime.now(UTC)) + timedelta(days=ahead)).date().isoformat()


def roster(city: DirectiveCity, *rows: str, **query: str) -> Any:
    head = "日期,开始,结束,带班领导,值班长,联络席\n"
    return upload(city, "roster", head + "\n".join(rows), name="排班.csv", **query)


def whole_days(city: DirectiveCity, *days: int) -> None:
    rows = [f"{day(n)},00:00,24:00,何平,{'张伟' if n % 2 else '钱进'},王芳" for n in days]
    taken = roster(city, *rows)
    assert taken["applied"] or all(n < 0 for n in days), taken
