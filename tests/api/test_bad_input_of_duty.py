"""What cannot be of 值班, 督办 and 考核 is answered beside its field, and nothing is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api import evaluation
from app.web_program import DUTY
from tests.api.directive_city import DirectiveCity, soon
from topics.kit.words.clock import local

D = "/api/v1/duty"
PEOPLE = """姓名,单位,职务,电话,邮箱,账号
何平,市应急局,副局长,13800000001,,
张伟,市应急局,值班长,13800000002,,
"""


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    home = tmp_path_factory.mktemp("home")
    made = DirectiveCity(home, module_database_url, valkey_url, *DUTY, evaluation)
    answer = made.ask(
        "zhang",
        "POST",
        f"{D}/contacts/imports",
        content=PEOPLE.encode(),
        params={"name": "通讯录.csv", "apply": "1"},
    )
    assert answer.json()["applied"], answer.text
    return made


def moment(**later: float) -> str:
    return f"{local(datetime.now(UTC)) + timedelta(**later):%Y-%m-%dT%H:%M}"


def refused(answer: Any, *items: str) -> dict[str, str]:
    """What is said of each field; 422, in Chinese, never a traceback."""
    assert answer.status_code == 422, answer.text
    assert "Traceback" not in answer.text
    told = answer.json()
    assert told["detail"]
    said = {one["item"]: one["problem"] for one in told["errors"]}
    assert set(said) == set(items), told
    return said


def who(city: DirectiveCity, name: str) -> str:
    found: str = city.get("zhang", f"{D}/contacts?q={name}")["items"][0]["id"]
    return found


@pytest.mark.parametrize(
    ("times", "item", "said"),
    [
        ((18, 8), "ends", "结束要晚于开始;夜班的结束写次日"),
        ((8, 8), "ends", "结束要晚于开始;夜班的结束写次日"),
        ((8, 24 * 5), "ends", "这一班长 112 小时;一班不超过 72 小时,请分成几班"),
        ((-48, -40), "ends", "已经过去;请选以后的时间"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_beside_its_time(
    city: DirectiveCity, times: tuple[float, float], item: str, said: str
) -> None:
    day = local(datetime.now(UTC)).replace(hour=0, minute=0) + timedelta(days=20)
    if times[0] < 0:
        day -= timedelta(days=20)
    starts, ends = (f"{day + timedelta(hours=one):%Y-%m-%dT%H:%M}" for one in times)
    body = {"starts": starts, "ends": ends, "leader": who(city, "何平"), "chief": who(city, "张伟")}
    answer = city.ask("zhang", "POST", f"{D}/roster/shifts", json=body | {"reason": "补排"})
    assert refused(answer, item)[item] == said
    first = f"{day:%Y-%m-%d}"
    shown = city.get("zhang", f"{D}/roster?from={first}&to={day + timedelta(days=7):%Y-%m-%d}")
    assert not any(one["shifts"] for one in shown["days"])


@pytest.mark.parametrize("wrong", ["2026-02-31T08:00", "明天", ""])
def test_a_time_that_is_none_is_refused_with_how_to_write_it(
    city: DirectiveCity, wrong: str
) -> None:
    body = {"starts": wrong, "ends": moment(days=3), "leader": "x", "chief": "x", "reason": "x"}
    answer = city.ask("zhang", "POST", f"{D}/roster/shifts", json=body)
    said = refused(answer, "starts")["starts"]
    assert "写成 2026-11-28T18:00" in said or "缺少 starts" in said


def test_rows_of_a_roster_that_cannot_be_are_named_with_the_fix(city: DirectiveCity) -> None:
    year = datetime.now(UTC).year + 1
    rows = (
        f"{year}-02-31,08:00,18:00,何平,张伟",
        f"{year}-03-01,25:00,18:00,何平,张伟",
        f"{year}-03-02,08:00,18:00,无名,张伟",
        f"{year}-03-03,08:00,18:00,,张伟",
    )
    table = "日期,开始,结束,带班领导,值班长\n" + "\n".join(rows)
    asked = {"name": "排班.csv", "apply": "1"}
    answer = city.ask(
        "zhang", "POST", f"{D}/roster/imports", content=table.encode(), params=asked
    ).json()
    assert (answer["accepted"], answer["refused"], answer["applied"]) == (0, 4, False)
    assert [(one["row"], one["item"]) for one in answer["rows"] if one["refused"]] == [
        (2, "日期"),
        (3, "开始"),
        (4, "带班领导"),
        (5, "带班领导"),
    ]
    assert all(one["problem"] and one["remedy"] for one in answer["rows"])


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (
            {"happened_at": {"hours": -1}, "known_at": {"hours": -2}},
            {"happened_at": "发生时间晚于接报时间;请改正其中一个"},
        ),
        (
            {"happened_at": {"hours": -1}, "known_at": {"hours": 2}},
            {"known_at": "接报时间在将来;请核对日期和钟点"},
        ),
        (
            {"happened_at": {"hours": 3}, "known_at": {"hours": 2}},
            {
                "happened_at": "发生时间晚于接报时间;请改正其中一个",
                "known_at": "接报时间在将来;请核对日期和钟点",
            },
        ),
    ],
)
def test_an_incident_out_of_order_says_which_time_is_wrong(
    city: DirectiveCity, times: dict[str, dict[str, float]], said: dict[str, str]
) -> None:
    body = {"title": "火情", "region": "440205", "kind": "火灾"}
    body |= {name: moment(**later) for name, later in times.items()}
    answer = city.ask("zhang", "POST", f"{D}/incidents", json=body)
    assert refused(answer, *said) == said
    assert city.get("zhang", f"{D}/incidents")["items"] == []


def test_an_incident_of_an_unknown_region_says_so_beside_the_region(city: DirectiveCity) -> None:
    body = {"title": "火情", "region": "999999", "kind": "火灾"}
    answer = city.ask("zhang", "POST", f"{D}/incidents", json=body)
    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        {"item": "region", "problem": "没有区划 '999999';请用区划代码,如 440205"}
    ]
    assert city.get("zhang", f"{D}/incidents")["items"] == []


def test_a_line_of_the_journal_from_tomorrow_is_refused(city: DirectiveCity) -> None:
    body = {"kind": "来电", "text": "试线", "at": moment(days=1)}
    answer = city.ask("zhang", "POST", f"{D}/journal", json=body)
    assert refused(answer, "at")["at"] == "发生时间晚于现在;请改正"
    assert city.get("zhang", f"{D}/journal")["items"] == []


@pytest.mark.parametrize(
    ("wrong", "item", "said"),
    [
        ({"deadline": soon(-1)}, "deadline", "办理期限已经过去;请选以后的时间"),
        ({"deadline": soon(800)}, "deadline", "办理期限超过一年;请分阶段督办"),
        ({"deadline": "2026-02-31T10:00"}, "deadline", "写成 2026-11-28T18:00"),
        ({"unit": "nobody"}, "unit", "没有单位 'nobody';写单位编号(如 swj)"),
        ({"text": "  "}, "text", "缺少 text"),
    ],
)
def test_a_directive_that_cannot_be_is_refused_beside_its_field(
    city: DirectiveCity, wrong: dict[str, str], item: str, said: str
) -> None:
    assert said in refused(city.issue(**wrong), item)[item]
    assert city.get("he", "/api/v1/directives")["items"] == []


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "x", "1999-01", "2099-01"])
def test_a_month_that_is_none_is_refused_with_how_to_write_it(
    city: DirectiveCity, month: str
) -> None:
    answer = city.ask("he", "GET", f"/api/v1/evaluation?month={month}")
    assert refused(answer, "month")["month"].endswith("写成 2026-10")
