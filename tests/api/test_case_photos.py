"""Photos over HTTP: cleaned before they are kept, shown only to who may see their case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.intake_city import IntakeCity, last_month, now
from tests.topics.intake.exif_writer import SECRET, phone_jpeg, picture
from topics.kit.cases.contracts import CategoryKey
from topics.kit.cases.machine import Order
from topics.kit.cases.photos import LARGEST, MOST_A_STEP
from topics.kit.errors import CaseMoved

QUARREL = CategoryKey("综治", "综治", "01002")


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> IntakeCity:
    return IntakeCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


@pytest.fixture
def case(city: IntakeCity) -> str:
    return city.kept.put(f"{last_month(now())}-10 09:00", steps=5)


def at(case: str) -> str:
    return f"/api/v1/cases/{case}/photos"


def test_a_photo_is_kept_without_what_the_phone_wrote(city: IntakeCity, case: str) -> None:
    answer = city.ask("unit", "POST", at(case), content=phone_jpeg())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["position"] == {"lon": 113.59, "lat": 24.81}
    shown = city.ask("viewer", "GET", made["url"])
    assert shown.content == picture("street.jpg")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert shown.headers["content-disposition"].startswith("inline")
    home = city.services.config.home_path
    assert not [one for one in _files(home / "cases") if SECRET in one.read_bytes()]
    assert city.services.cases.require(case).photos == 1


def test_the_answer_says_which_version_the_case_has_since(city: IntakeCity, case: str) -> None:
    before = city.services.cases.require(case).version
    for _ in range(2):  # the same photo again adds no step
        answer = city.ask("unit", "POST", at(case), content=phone_jpeg()).json()
        assert answer["version"] == city.services.cases.require(case).version == before + 1


def test_the_same_photo_twice_is_one_and_the_tenth_of_a_step_is_refused(
    city: IntakeCity, case: str
) -> None:
    first = city.ask("unit", "POST", at(case), content=phone_jpeg()).json()
    again = city.ask("unit", "POST", at(case), content=phone_jpeg()).json()
    assert first["id"] == again["id"]
    for turned in range(2, 8):
        assert city.ask("unit", "POST", at(case), content=phone_jpeg(turned)).status_code == 201
    assert city.services.cases.require(case).photos == 7
    for name in ("street.png", "street.webp"):
        assert city.ask("unit", "POST", at(case), content=picture(name)).status_code == 201
    refused = city.ask("unit", "POST", at(case), content=picture("lossless.webp"))
    assert (refused.status_code, MOST_A_STEP) == (422, 9)
    assert "最多 9 张" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<script>alert(1)</script>", 422), (b"", 422), (b"\x00" * (LARGEST + 1), 413)],
    ids=["script", "empty", "large"],
)
def test_what_is_no_photo_is_refused(
    city: IntakeCity, case: str, content: bytes, status: int
) -> None:
    assert city.ask("unit", "POST", at(case), content=content).status_code == status


def test_who_may_not_see_a_case_sees_no_photo_of_it(city: IntakeCity) -> None:
    quarrel = city.kept.put(f"{last_month(now())}-11 09:00", steps=1, category=QUARREL)
    made = city.ask("duty", "POST", at(quarrel), content=phone_jpeg()).json()
    assert city.ask("duty", "GET", made["url"]).status_code == 200
    assert city.ask("viewer", "GET", made["url"]).status_code == 404
    assert city.ask("", "GET", made["url"]).status_code in (401, 403)


def test_unknown_cases_and_photos_are_not_found(city: IntakeCity) -> None:
    assert city.ask("unit", "POST", at("nobody"), content=phone_jpeg()).status_code == 404
    assert city.ask("unit", "GET", "/api/v1/case-photos/nobody").status_code == 404


def test_a_viewer_adds_no_photo(city: IntakeCity, case: str) -> None:
    assert city.ask("viewer", "POST", at(case), content=phone_jpeg()).status_code == 403


def test_an_ended_case_takes_no_photo_more(city: IntakeCity) -> None:
    ended = city.kept.put(f"{last_month(now())}-11 09:00", steps=8)
    before = city.services.cases.events(ended)
    answer = city.ask("unit", "POST", at(ended), content=phone_jpeg())
    assert answer.status_code == 409
    assert "事件已结案,不能再加照片" in answer.text
    assert city.services.cases.events(ended) == before
    assert city.services.case_photos.of([f"case:{ended}"]) == []


def test_a_photo_that_comes_while_somebody_takes_a_step_goes_on_top_of_it(
    city: IntakeCity, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    move, moved = type(city.services.cases).move, []

    def slower(self: Any, name: str, order: Any, person: Any, **more: Any) -> Any:
        if order.word == "照片" and not moved:
            moved.append(move(self, name, Order("备注", note="快一步"), person, now=now()))
            raise CaseMoved("快一步")
        return move(self, name, order, person, **more)

    monkeypatch.setattr(type(city.services.cases), "move", slower)
    answer = city.ask("unit", "POST", at(case), content=phone_jpeg())
    assert answer.status_code == 201, answer.text
    assert [one.step.value for one in city.services.cases.events(case)[-2:]] == ["备注", "照片"]
    assert city.services.cases.require(case).photos == 1


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]
