"""Tables of cases over HTTP: a report of every refused row, nothing twice, large ones by jobs."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from app.intake.tables import AT_ONCE, IMPORT_JOB, CaseTables
from tests.api.intake_city import IntakeCity, now
from topics.kit.jobs import JobRunner
from topics.kit.periods import ZONE

AT = "/api/v1/case-imports"
HEAD = "编号,类别,区划代码,上报时间,问题描述,经度,纬度"


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> IntakeCity:
    return IntakeCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def row(number: str, region: str = "440203", text: str = "路边有垃圾") -> str:
    at = (now() - timedelta(days=3)).astimezone(ZONE)
    return f"{number},城市管理/事项/06010,{region},{at:%Y-%m-%d %H:%M},{text},113.59,24.81"


def send(city: IntakeCity, *rows: str, who: str = "clerk", query: str = "") -> Any:
    content = "\n".join((HEAD, *rows)).encode()
    answer = city.ask(who, "POST", f"{AT}?name=事件.csv{query}", content=content)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


def test_good_rows_become_cases_and_the_others_are_named(city: IntakeCity) -> None:
    found = send(city, row("A1"), row("A2", region="999999"), row("A3"))
    assert (found["accepted"], found["refused"], found["repeated"]) == (2, 1, 0)
    (refused,) = found["rows"]
    assert (refused["row"], refused["item"]) == (3, "区划")
    report = city.ask("clerk", "GET", found["report_url"] + "/refused.csv")
    assert "没有区划代码 999999" in report.content.decode("utf-8-sig")
    assert city.get("clerk", found["report_url"])["accepted"] == 2


def test_the_same_file_again_makes_nothing_twice(city: IntakeCity) -> None:
    rows = [row("B1"), row("B2")]
    assert send(city, *rows)["accepted"] == 2
    again = send(city, *rows, row("B3"))
    assert (again["accepted"], again["repeated"]) == (1, 2)


def test_cells_that_look_like_formulas_are_harmless_in_the_report(city: IntakeCity) -> None:
    found = send(city, row("C1", region="=1+1"))
    report = city.ask("clerk", "GET", found["report_url"] + "/refused.csv")
    assert ",=1" not in report.content.decode("utf-8-sig")


def test_a_large_table_is_taken_in_by_the_worker(city: IntakeCity) -> None:
    rows = [row(f"D{n}", text="垃圾" * 900) for n in range(90)]
    found = send(city, *rows, row("D90", region="9"))
    assert len("\n".join(rows).encode()) > AT_ONCE
    assert (found["accepted"], found["state"]) == (None, "排队中")
    assert city.get("clerk", found["report_url"])["state"] == "排队中"
    runner = JobRunner(
        city.services.jobs, {IMPORT_JOB: CaseTables(city.services).handler()}, worker="w"
    )
    assert runner.step(threading.Event())
    done = city.get("clerk", found["report_url"])
    assert (done["accepted"], done["refused"], done["state"]) == (90, 1, "已完成")


def test_of_very_many_refused_rows_the_download_has_every_one(city: IntakeCity) -> None:
    rows = [f"F{n},x,9,2026-13-01,t,," for n in range(2100)]
    found = send(city, *rows)
    assert (found["accepted"], found["refused"], len(found["rows"])) == (0, 2100, 2000)
    report = city.ask("clerk", "GET", found["report_url"] + "/refused.csv")
    lines = report.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2101
    assert lines[-1].startswith("2101,上报时间,“2026-13-01”")
    assert all(one["rows"] == [] for one in city.get("clerk", AT)["items"])


def test_what_is_no_table_is_refused_with_the_fix(city: IntakeCity) -> None:
    answer = city.ask("clerk", "POST", f"{AT}?name=a.csv", content="姓名,年龄\n甲,3\n".encode())
    assert (answer.status_code, answer.json()["type"]) == (422, "tonglan:bad-case-table")
    assert "类别" in answer.json()["detail"]
    broken = city.ask("clerk", "POST", f"{AT}?name=a.xlsx", content=b"PK\x03\x04broken")
    assert broken.status_code == 422
    assert city.ask("clerk", "POST", AT, content=b"").status_code == 422
    wrong = city.ask("clerk", "POST", f"{AT}?crs=mars", content=b"a")
    assert wrong.json()["type"] == "tonglan:unknown-crs"


def test_imports_are_seen_by_who_made_them_and_by_reviewers(city: IntakeCity) -> None:
    found = send(city, row("E1"), who="duty")
    assert city.ask("clerk", "GET", found["report_url"]).status_code == 404
    assert city.ask("reviewer", "GET", found["report_url"]).status_code == 200
    assert city.ask("viewer", "POST", AT, content=b"a").status_code == 403
    assert all(one["by"] == "clerk" for one in city.get("clerk", AT)["items"])


def test_the_template_is_a_table_that_is_taken(city: IntakeCity) -> None:
    template = city.ask("clerk", "GET", f"{AT}/template.csv").content
    found = city.ask("clerk", "POST", f"{AT}?name=t.csv", content=template).json()
    assert (found["accepted"], found["rows"]) == (1, [])
