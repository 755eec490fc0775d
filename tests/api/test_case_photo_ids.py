"""A step names photos of its case only, a report those that its reporter uploaded."""

from __future__ import annotations

from typing import Any

import pytest

from app.api import case_photos
from tests.api.case_city import REPORT, CaseCity
from tests.topics.intake.exif_writer import phone_jpeg


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> CaseCity:
    home = tmp_path_factory.mktemp("home")
    return CaseCity(home, module_database_url, valkey_url, case_photos)


def photo(city: CaseCity, case: str, who: str = "duty") -> str:
    made: str = city.ask(who, "POST", f"/cases/{case}/photos", content=phone_jpeg()).json()["id"]
    return made


def report(city: CaseCity, **more: Any) -> Any:
    return city.ask("duty", "POST", "/cases", json=REPORT | more)


def test_a_step_shows_the_photos_of_its_case(city: CaseCity) -> None:
    case = city.report()["id"]
    kept = photo(city, case)
    moved = city.move("duty", case, "受理", photos=[kept])
    assert moved["timeline"][-1]["photos"] == [f"/api/v1/case-photos/{kept}"]


def test_a_photo_that_is_none_or_another_cases_is_refused_and_nothing_moves(
    city: CaseCity,
) -> None:
    case, other = city.report()["id"], city.report()["id"]
    for wrong in ("nobody", photo(city, other)):
        answer = city.step("duty", case, "受理", photos=[wrong])
        assert answer.status_code == 422
        assert "不是这个事件的照片" in answer.text
    assert city.services.cases.require(case).state == "上报"


def test_a_report_names_no_photo_of_somebody_else(city: CaseCity) -> None:
    theirs = photo(city, city.report()["id"], "duty-2")
    for wrong in ("nobody", theirs):
        answer = report(city, photos=[wrong])
        assert answer.status_code == 422
        assert "不是您上传的照片" in answer.text
    own = photo(city, city.report()["id"])
    assert report(city, photos=[own]).status_code == 201
