"""What cannot be of a case is answered in words that say how to mend it, and nothing is kept."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from app.api import case_imports, duty_roster, evaluation
from app.security.contracts import Grant, Role, Subject
from layers.contracts import Classification, ImportRequest
from tests.api.case_city import PEOPLE, REPORT, CaseCity
from topics.kit.words.clock import local

TABLE = Path(__file__).resolve().parents[2] / "data" / "reference" / "work_calendar.csv"
HEAD = "编号,类别,区划代码,上报时间,问题描述,经度,纬度"


class BadInputCity(CaseCity):
    year = 0  # the one that the table of holidays lacks
    people = PEOPLE | {"clerk": Subject("clerk", "录入", frozenset({Grant(Role.CLERK, "grid")}))}


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> BadInputCity:
    home = tmp_path_factory.mktemp("home")
    made = BadInputCity(home, module_database_url, valkey_url, case_imports)
    shapes = {"440203": box(113.4, 24.6, 113.6, 24.95), "440204": box(113.6, 24.6, 113.8, 24.95)}
    frame = gpd.GeoDataFrame(
        {"code": list(shapes), "name": list(shapes)}, geometry=list(shapes.values()), crs=4326
    )
    public = Classification.PUBLIC
    request = ImportRequest("city.counties", key="code", publish=True, classification=public)
    made.services.layers.import_frame(frame, request)
    return made


@pytest.fixture(scope="module")
def unknown_year(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> BadInputCity:
    """A city whose table of holidays ends before this year."""
    home = tmp_path_factory.mktemp("home")
    (home / "reference").mkdir()
    year = local(datetime.now(UTC)).year
    rows = TABLE.read_text("utf-8").splitlines(keepends=True)
    known = [one for one in rows if one[:4] == "day," or one[:4] < str(year)]
    (home / "reference" / "work_calendar.csv").write_text("".join(known), encoding="utf-8")
    made = BadInputCity(
        home, module_database_url, valkey_url, case_imports, evaluation, duty_roster
    )
    made.year = year
    return made


def at(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


def count(city: BadInputCity) -> int:
    total: int = city.get("duty", "/cases?limit=1")["total"]
    return total


@pytest.mark.parametrize(
    ("more", "status", "item", "said"),
    [
        (
            {"at": timedelta(days=1)},
            422,
            "at",
            "上报时间在将来;请核对时间和时区(北京时间写 +08:00)",
        ),
        ({"at": timedelta(days=-2000)}, 422, "at", "上报时间在五年以前;请核对年份"),
        (
            {"at": "2026-02-31T10:00"},
            422,
            "at",
            "at '2026-02-31T10:00' 不是时间;写成 2026-11-28T18:00:00+08:00",
        ),
        ({"category": "城市管理/事项/99001"}, 422, "category", "没有大类 99"),
        ({"category": "城市/事项/06017"}, 422, "category", "方案"),
        ({"region": "999999"}, 404, "region", "没有区划代码"),
        (
            {"region": "440203", "lon": 113.7},
            422,
            "lon",
            "坐标在浈江区,离武江区 10.1 km;请改坐标,或改区划",
        ),
        (
            {"region": "440203", "lon": 100.0},
            422,
            "lon",
            "坐标不在市域内,离武江区 1352.1 km;请改坐标,或改区划",
        ),
        ({"lon": 24.8, "lat": 113.57}, 422, "lon", "不在地球上;请写 WGS-84 的经度、纬度(度)"),
        ({"lat": None}, 422, "lon", "经度和纬度要么都写,要么都不写"),
    ],
)
def test_a_report_that_cannot_be_names_the_field_and_the_fix_and_makes_no_case(
    city: BadInputCity, more: dict[str, Any], status: int, item: str, said: str
) -> None:
    before = count(city)
    if isinstance(later := more.get("at"), timedelta):
        more = more | {"at": (datetime.now(UTC) + later).isoformat()}
    answer = city.ask("duty", "POST", "/cases", json=REPORT | more)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert said in told["detail"]
    assert [one["item"] for one in told["errors"]] == [item]
    assert said in told["errors"][0]["problem"]
    assert "Traceback" not in answer.text
    assert count(city) == before


@pytest.mark.parametrize("hours", [-1, 400 * 24, None])
def test_a_deadline_that_cannot_be_leaves_the_case_where_it_stood(
    city: BadInputCity, hours: int | None
) -> None:
    until = "2026-02-31T10:00" if hours is None else at(hours=hours)
    made = city.report(lon=None, lat=None)["id"]
    for word in ("受理", "立案"):
        city.move("duty", made, word)
    before = city.move("duty", made, "派遣", unit="cgj")
    answer = city.step("duty", made, "挂账", note="等材料", until=until)
    assert answer.status_code == 422, answer.text
    assert [one["item"] for one in answer.json()["errors"]] == ["until"]
    assert "写成" in answer.text or "应晚于现在且在一年之内" in answer.text
    assert city.get("duty", f"/cases/{made}")["version"] == before["version"]


def test_a_table_names_each_wrong_row_and_keeps_the_right_ones(city: BadInputCity) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}"
    when = f"{day} 09:30"
    later = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d} 09:30"
    rows = (
        f"R1,城市管理/事项/06010,440203,{when},好的一行,113.55,24.81",
        f"R2,城市管理/事项/06010,440203,{day[:4]}-02-31 10:00,没有这一天,113.55,24.81",
        f"R3,城市管理/事项/06010,440203,{later},将来,113.55,24.81",
        f"R4,城市管理/事项/99999,440203,{when},没有这类,113.55,24.81",
        f"R5,城市管理/事项/06010,999999,{when},没有这个区,113.55,24.81",
        f"R6,城市管理/事项/06010,440203,{when},坐标不是数,东,24.81",
        f"R7,城市管理/事项/06010,440203,{when},,,",
    )
    content = "\n".join((HEAD, *rows)).encode()
    before = count(city)
    found = city.ask("clerk", "POST", "/case-imports?name=坏表.csv", content=content).json()
    assert (found["accepted"], found["refused"]) == (1, 6)
    assert count(city) == before + 1
    report = city.ask("clerk", "GET", f"/case-imports/{found['id']}/refused.csv")
    lines = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert [(line[0], line[1]) for line in lines[1:]] == [
        ("3", "上报时间"),
        ("4", "上报时间"),
        ("5", "类别"),
        ("6", "区划"),
        ("7", "坐标"),
        ("8", "问题描述"),
    ]
    assert all(problem and remedy for _, _, problem, remedy in lines[1:])
    assert "日历上没有这一天" in lines[1][2]
    assert "在将来" in lines[2][2]
    assert "没有区划代码 999999" in lines[4][2]


def test_a_row_outside_its_region_is_kept_to_be_verified_and_says_how_far(
    city: BadInputCity,
) -> None:
    when = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d} 09:30"
    row = f"Z1,城市管理/事项/06010,440203,{when},越界的一行,113.7,24.81"
    content = f"{HEAD}\n{row}".encode()
    assert city.ask("clerk", "POST", "/case-imports?name=界.csv", content=content).json()[
        "accepted"
    ]
    (case,) = city.get("duty", "/cases?q=越界的一行")["items"]
    assert case["state"] == "待核实"
    doubt = city.get("duty", f"/cases/{case['id']}")["doubt"]
    assert doubt == "坐标在浈江区,离武江区 10.1 km;请改坐标,或改区划"


def test_without_the_years_holidays_nothing_is_due_and_the_reason_names_year_file_and_fix(
    unknown_year: BadInputCity,
) -> None:
    city = unknown_year
    made = city.report(lon=None, lat=None, text="年份不在表里")["id"]
    for word in ("受理", "立案"):
        city.move("duty", made, word)
    case = city.move("duty", made, "派遣", unit="cgj")
    (row,) = city.get("duty", "/cases?q=年份不在表里")["items"]
    for shown in (case, row):
        assert shown["due"] is None
        assert shown["overdue"] is False
        assert f"没有 {city.year} 年" in shown["due_text"]
        assert "work_calendar.csv" in shown["due_text"]
        assert "请管理员" in shown["due_text"]
    for word in ("签收", "处置", "反馈"):
        city.move("cgj", made, word, note="已清理")
    city.move("duty", made, "核查")
    assert city.move("duty", made, "结案")["state"] == "结案"


def test_without_the_years_holidays_the_other_pages_stay_live(unknown_year: BadInputCity) -> None:
    city = unknown_year
    for path in ("/cases", "/case-funnel", "/evaluation", f"/evaluation?month={city.year}-01"):
        assert city.ask("duty", "GET", path).status_code == 200, path
    shown = city.get("duty", "/duty/roster")
    assert [one["off"] for one in shown["days"]] == [None] * 14
    (note, *_) = shown["notes"]
    assert f"没有 {city.year} 年" in note
    assert "reference/work_calendar.csv" in note
    assert note.endswith("此前不标休息日和调休")


def test_with_the_years_holidays_the_roster_has_no_note(city: BadInputCity) -> None:
    days = city.services.duty.days
    assert days.missing([local(datetime.now(UTC)).date()]) == []
