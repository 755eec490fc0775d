"""One shift added, changed or taken out over HTTP: with a reason, audited, the former kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api import duty_people, duty_roster, duty_shifts
from tests.api.directive_city import DirectiveCity
from topics.kit.words.clock import local

D = "/api/v1/duty"
SHIFTS = f"{D}/roster/shifts"


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    home = tmp_path_factory.mktemp("home")
    made = DirectiveCity(
        home, module_database_url, valkey_url, duty_people, duty_roster, duty_shifts
    )
    for name in ("何平", "张伟", "钱进"):
        body = {"unit": "yjj", "name": name, "post": "值班员", "phone": "13800000001"}
        assert made.ask("zhang", "PUT", f"{D}/contacts", json=body).status_code == 200
    return made


def who(city: DirectiveCity, name: str) -> str:
    found = city.get("zhang", f"{D}/contacts?q={name}")["items"][0]["id"]
    return str(found)


def at(days: int, hour: int) -> str:
    day = local(datetime.now(UTC)).date() + timedelta(days=days)
    return f"{day}T{hour:02d}:00"


def save(city: DirectiveCity, person: str = "zhang", **more: Any) -> Any:
    body = {
        "starts": at(2, 8), "ends": at(2, 18), "leader": who(city, "何平"),
        "chief": who(city, "张伟"), "reason": "补排",
    }  # fmt: skip
    return city.ask(person, "POST", SHIFTS, json=body | more)


def on(city: DirectiveCity, days: int) -> list[dict[str, Any]]:
    first = at(days, 0)[:10]
    last = at(days + 1, 0)[:10]
    return list(city.get("he", f"{D}/roster?from={first}&to={last}")["days"][0]["shifts"])


def crew(shift: dict[str, Any]) -> dict[str, str]:
    return {one["post"]: one["person"]["name"] for one in shift["crew"]}


def test_a_shift_is_added_changed_and_taken_out_and_was_what_it_was(city: DirectiveCity) -> None:
    made = save(city, seats={"联络席": who(city, "钱进"), "指挥席": ""})
    assert made.status_code == 200, made.text
    assert crew(on(city, 2)[0]) == {"带班领导": "何平", "值班长": "张伟", "联络席": "钱进"}
    then = datetime.now(UTC)
    was = made.json()["starts"]
    changed = save(city, was=was, chief=who(city, "钱进"), ends=at(2, 20), reason="张伟病假")
    assert changed.status_code == 200, changed.text
    assert [(one["text"], crew(one)["值班长"]) for one in on(city, 2)] == [("08:00–20:00", "钱进")]
    asked = f"{D}/roster?from={at(2, 0)[:10]}&as_of={then.isoformat().replace('+', '%2B')}"
    assert crew(city.get("he", asked)["days"][0]["shifts"][0])["值班长"] == "张伟"
    gone = city.ask("zhang", "POST", f"{SHIFTS}/remove", json={"was": was, "reason": "合并"})
    assert gone.status_code == 200, gone.text
    assert on(city, 2) == []
    told = [str(one.detail) for one in city.services.audit.list(action="duty.shift", limit=5)]
    assert any("张伟病假" in one for one in told)


def test_two_shifts_at_one_time_are_refused_and_nothing_is_changed(city: DirectiveCity) -> None:
    assert save(city, starts=at(4, 8), ends=at(4, 18)).status_code == 200
    other = save(city, starts=at(4, 18), ends=at(5, 8))
    assert other.status_code == 200
    refused = save(city, starts=at(4, 17), ends=at(4, 20))
    assert refused.status_code == 422
    assert "重叠" in refused.text
    moved = save(city, was=other.json()["starts"], starts=at(4, 12), ends=at(5, 8))
    assert moved.status_code == 422
    assert [one["text"][:5] for one in on(city, 4)] == ["08:00", "18:00"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "reason"),
        ({"ends": "2020-01-01T08:00"}, "结束要晚于开始"),
        ({"starts": "2020-01-01T08:00", "ends": "2020-01-01T18:00"}, "已经过去"),
        ({"leader": "nobody"}, "不在通讯录"),
        ({"starts": "明天"}, "读不懂"),
        ({"was": "2026-01-01T00:00:00+08:00"}, "刚被别人改过"),
        ({"seats": ["联络席"]}, "seats"),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(
    city: DirectiveCity, wrong: dict[str, Any], said: str
) -> None:
    answer = save(city, **({"starts": at(9, 8), "ends": at(9, 18)} | wrong))
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert on(city, 9) == []


def test_only_the_shift_edits_the_roster(city: DirectiveCity) -> None:
    assert save(city, "viewer", starts=at(11, 8), ends=at(11, 18)).status_code == 403
    assert on(city, 11) == []
