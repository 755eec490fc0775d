"""Looking into a submission: rows behind an issue, the quarantine, a preview, the candidates."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.api.review_city import ReviewCity, review_city, stations
from tests.api.test_submissions import MESSY


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url)


def test_the_rows_of_an_issue_are_shown_with_values_and_reasons(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    issue = next(
        one for one in made["report"]["checks"]["issues"] if one["kind"] == "date_impossible"
    )
    path = f"/api/v1/submissions/{made['id']}/rows"
    page = city.ask("clerk", "GET", path, params={"issue": issue["id"]}).json()
    assert [one["row"] for one in page["items"]] == [4]
    row = page["items"][0]
    assert row["values"]["日期"] == "2026.9.31"
    assert row["values"]["几何"] == "113.6200000,24.8200000"
    assert issue["id"] in [one["id"] for one in row["reasons"]]


def test_the_quarantine_holds_what_has_errors_and_what_has_no_place(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    page = city.get("clerk", f"/api/v1/submissions/{made['id']}/rows?quarantined=true")
    assert [one["row"] for one in page["items"]] == [3, 4, 6]
    assert all(one["held"] for one in page["items"])
    assert page["items"][-1]["values"]["name"] == "戊"
    assert len(page["items"]) == made["report"]["checks"]["quarantined"]


def test_rows_come_in_pages(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    path = f"/api/v1/submissions/{made['id']}/rows?limit=2"
    first = city.get("clerk", path)
    second = city.get("clerk", f"{path}&next={first['next']}")
    rows = [one["row"] for one in [*first["items"], *second["items"]]]
    assert rows == [2, 3, 4, 5]


def test_a_preview_shows_the_features_with_what_is_wrong(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    answer = city.ask("reviewer", "GET", f"/api/v1/submissions/{made['id']}/preview")
    assert answer.headers["content-type"] == "application/geo+json"
    drawn = answer.json()
    assert len(drawn["features"]) == drawn["total"] == 4
    first = drawn["features"][0]
    assert (first["id"], first["geometry"]["coordinates"]) == (2, [113.6, 24.8])
    assert first["properties"]["name"] == "甲"
    assert not first["properties"]["held"]


def test_the_work_is_made_again_when_it_is_gone(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    path = f"/api/v1/submissions/{made['id']}"
    before = [city.get("clerk", f"{path}/{what}") for what in ("rows", "preview", "candidates")]
    shutil.rmtree(city.services.config.home_path / "layers" / "work")
    again = [city.get("clerk", f"{path}/{what}") for what in ("rows", "preview", "candidates")]
    assert before == again


def test_candidates_are_drawn_while_the_question_stands(city: ReviewCity) -> None:
    made = city.hand_in(stations(), answers={"crs": "auto"})
    drawn = city.get("clerk", f"/api/v1/submissions/{made['id']}/candidates")
    assert made["state"] == "asking"
    assert {"EPSG:4326", "gcj02"} <= {one["crs"] for one in drawn["candidates"]}
    assert drawn["window_m"][0] > 0


def test_others_see_none_of_it(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    for what in ("rows", "preview", "candidates"):
        path = f"/api/v1/submissions/{made['id']}/{what}"
        assert city.ask("viewer", "GET", path).status_code == 403
        assert city.ask("nobody", "GET", path).status_code == 401


def test_the_work_of_the_ended_is_swept(city: ReviewCity) -> None:
    made = city.hand_in(stations())
    folder = city.services.config.home_path / "layers" / "work" / made["id"]
    assert city.services.submissions.sweep() == 0
    city.move("clerk", made["id"], "submit")
    city.move("reviewer", made["id"], "approve")
    assert folder.exists()
    assert city.services.submissions.sweep() == 1
    assert not folder.exists()


def test_the_report_is_a_workbook_without_a_formula_from_the_file(city: ReviewCity) -> None:
    hostile = MESSY.replace("丙".encode(), b'=HYPERLINK("http://x")')
    made = city.hand_in(hostile, name="排口.csv")
    answer = city.ask("reviewer", "GET", f"/api/v1/submissions/{made['id']}/report.xlsx")
    assert answer.status_code == 200, answer.text
    assert "%E6%A3%80%E6%9F%A5" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["概况", "问题", "待核区"]
    problems = [row[2] for row in book["问题"].iter_rows(min_row=2, values_only=True)]
    assert any("2026.9.31" in one for one in problems)
    aside = list(book["待核区"].iter_rows(min_row=2))
    assert [row[0].value for row in aside] == [3, 4, 6]
    assert all(cell.data_type != "f" for row in aside for cell in row)
