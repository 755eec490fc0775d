"""Rasters shown small: while people work on them, and as versions; to those who may see them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.io import MemoryFile

from app.api import layer_pictures
from layers.contracts import ImportRequest
from tests.api.review_city import LAYER, ReviewCity, review_city, stations
from tests.layers.readers.test_raster import png, tif

PNG = b"\x89PNG\r\n\x1a\n"
SAID = {"key": None, "title": "高程"}
ANSWERS = {"crs": "EPSG:4526"}


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url, layer_pictures, confined=True)


@pytest.fixture
def raster(tmp_path: Path) -> bytes:
    values = np.arange(1200, dtype="f4").reshape(30, 40)
    values[0, 0] = -9999
    return tif(tmp_path / "a.tif", values, nodata=-9999).path.read_bytes()


def hand_in(city: ReviewCity, raster: bytes, **answers: Any) -> dict[str, Any]:
    return city.hand_in(raster, name="高程.tif", about=SAID, answers=answers or ANSWERS)


def publish(city: ReviewCity, submission: str) -> str:
    assert city.move("clerk", submission, "submit").status_code == 200
    assert city.move("reviewer", submission, "approve").status_code == 200
    return city.live() or ""


def test_the_report_says_what_the_raster_is_and_where_its_picture_is(
    city: ReviewCity, raster: bytes
) -> None:
    made = hand_in(city, raster)
    about = made["report"]["raster"]
    assert about == {
        "width": 40, "height": 30, "bands": 1, "dtype": "float32", "crs": "EPSG:4526",
        "nodata": -9999.0, "band_names": ["波段 1"],
        "bounds": [38_450_000, 2_749_100, 38_451_200, 2_750_000],
        "quicklook": f"/api/v1/submissions/{made['id']}/quicklook.png",
    }  # fmt: skip
    answer = city.ask("reviewer", "GET", about["quicklook"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.content.startswith(PNG)
    shown = png(answer.content)
    assert (shown.shape, shown[1, 0, 0]) == ((2, 30, 40), 0)
    again = {"if-none-match": answer.headers["etag"]}
    assert city.ask("clerk", "GET", about["quicklook"], headers=again).status_code == 304


def test_the_picture_is_there_while_the_question_about_coordinates_stands(
    city: ReviewCity, tmp_path: Path
) -> None:
    values = np.arange(1200, dtype="f4").reshape(30, 40)
    nowhere = tif(tmp_path / "b.tif", values, crs=None).path.read_bytes()
    made = hand_in(city, nowhere, crs="auto")
    assert made["state"] == "asking"
    assert city.ask("clerk", "GET", made["report"]["raster"]["quicklook"]).status_code == 200


def test_the_picture_is_made_again_when_the_work_is_gone(city: ReviewCity, raster: bytes) -> None:
    path = hand_in(city, raster)["report"]["raster"]["quicklook"]
    before = city.ask("clerk", "GET", path).content
    shutil.rmtree(city.services.config.home_path / "layers" / "work")
    assert city.ask("clerk", "GET", path).content == before


def test_a_version_keeps_its_picture_for_those_who_may_see_the_layer(
    city: ReviewCity, raster: bytes
) -> None:
    made = hand_in(city, raster)
    of_submission = city.ask("clerk", "GET", made["report"]["raster"]["quicklook"]).content
    version = publish(city, made["id"])
    layer = city.get("viewer", f"/api/v1/layers/{LAYER}")
    path = f"/api/v1/layers/{LAYER}/versions/{version}/quicklook.png"
    assert layer["live"]["quicklook"] == path
    answer = city.ask("viewer", "GET", path)
    assert answer.content == of_submission
    assert answer.headers["cache-control"] == "private, no-cache"
    known = {"if-none-match": answer.headers["etag"]}
    assert city.ask("viewer", "GET", path, headers=known).status_code == 304
    assert city.ask("", "GET", path).status_code == 401
    city.services.submissions.sweep()
    assert city.ask("clerk", "GET", made["report"]["raster"]["quicklook"]).content == of_submission


def test_a_drafts_picture_is_for_those_who_work_on_the_layer(
    city: ReviewCity, raster: bytes
) -> None:
    publish(city, hand_in(city, raster)["id"])
    with MemoryFile(raster) as memory, memory.open() as source:
        values, profile = source.read(), source.profile
    with MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(values[:, ::-1])
        made = hand_in(city, memory.read())
    assert city.move("clerk", made["id"], "submit").status_code == 200
    draft = city.submission("reviewer", made["id"])["version"]["id"]
    path = f"/api/v1/layers/{LAYER}/versions/{draft}/quicklook.png"
    assert city.ask("reviewer", "GET", path).status_code == 200
    assert city.ask("viewer", "GET", path).status_code == 404
    assert city.ask("grid-clerk", "GET", path).status_code in {403, 404}


def test_strangers_see_no_picture_of_a_submission(city: ReviewCity, raster: bytes) -> None:
    path = hand_in(city, raster)["report"]["raster"]["quicklook"]
    assert city.ask("viewer", "GET", path).status_code == 403
    assert city.ask("grid-clerk", "GET", path).status_code == 403
    assert city.ask("", "GET", path).status_code == 401


def test_what_is_no_raster_has_no_picture_and_says_so(city: ReviewCity) -> None:
    made = city.hand_in(stations(("S1", "甲", 113.6, 24.8), ("S2", "乙", 113.7, 24.9)))
    answer = city.ask("clerk", "GET", f"/api/v1/submissions/{made['id']}/quicklook.png")
    assert (answer.status_code, answer.json()["type"]) == (404, "tonglan:no-picture")
    version = publish(city, made["id"])
    assert city.get("viewer", f"/api/v1/layers/{LAYER}")["live"]["quicklook"] is None
    path = f"/api/v1/layers/{LAYER}/versions/{version}/quicklook.png"
    assert city.ask("viewer", "GET", path).json()["type"] == "tonglan:no-picture"
    for odd in ("0" * 16, "..", "x"):
        path = f"/api/v1/layers/{LAYER}/versions/{odd}/quicklook.png"
        assert city.ask("viewer", "GET", path).status_code == 404


def test_an_import_without_a_review_keeps_the_picture_too(
    city: ReviewCity, raster: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "高程.tif"
    path.write_bytes(raster)
    request = ImportRequest("water.relief", title="高程", crs="EPSG:4526", publish=True)
    done = city.services.layers.import_file(path, request)
    picture = city.services.layers.quicklook("water.relief", done.version or "")
    assert picture is not None
    assert picture.startswith(PNG)
