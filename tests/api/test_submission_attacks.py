"""What somebody with a little power over uploads cannot get by asking cleverly."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.api import features, layer_changes, layer_edit, layer_pictures
from layers.contracts import Classification, ImportRequest
from tests.api.review_city import LAYER, ReviewCity, review_city, stations, words

VERSIONS = f"/api/v1/layers/{LAYER}/versions"


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(
        home, database_url, valkey_url, layer_changes, layer_pictures, layer_edit, features
    )


def submitted(city: ReviewCity) -> str:
    made = city.hand_in(stations())
    assert city.move("clerk", made["id"], "submit").status_code == 200
    return str(made["id"])


def closed_layer(city: ReviewCity, tmp_path: Path) -> None:
    path = tmp_path / "站点.csv"
    path.write_bytes(stations())
    request = ImportRequest(
        LAYER, crs="EPSG:4490", publish=True, classification=Classification.HIGHLY_SENSITIVE
    )
    city.services.layers.import_file(path, request)


def test_saying_a_lower_class_opens_no_layer_above_ones_own(
    city: ReviewCity, tmp_path: Path
) -> None:
    closed_layer(city, tmp_path)
    upload = city.upload("clerk", stations())
    for about in ({}, {"classification": "公开"}):
        refused = city.ask("clerk", "POST", VERSIONS, json={"upload": upload, "about": about})
        assert refused.status_code == 403
    assert city.get("reviewer", "/api/v1/submissions")["items"] == []


def test_an_approval_holds_for_what_was_seen_and_nothing_else(city: ReviewCity) -> None:
    made = submitted(city)
    path = f"/api/v1/submissions/{made}/transitions"
    seen = city.submission("reviewer", made)
    edited = city.edit(
        "clerk", city.submission("clerk", made), answers={"edits": {"2": {"name": "丙"}}}
    )
    assert edited.status_code == 200
    city.move("clerk", made, "submit")
    blind = city.ask("reviewer", "POST", path, json={"action": "approve"})
    assert blind.status_code == 422
    late = city.ask(
        "reviewer", "POST", path, json={"action": "approve", "revision": seen["revision"]}
    )
    assert late.status_code == 409
    assert city.live() is None


def test_a_draft_that_was_sent_back_is_published_by_no_other_way(city: ReviewCity) -> None:
    made = submitted(city)
    draft = city.submission("reviewer", made)["version"]["id"]
    city.move("reviewer", made, "return", note="不对")
    path = f"/api/v1/layers/{LAYER}/publish"
    refused = city.ask("reviewer", "POST", path, json={"version": draft})
    assert (refused.status_code, city.live()) == (409, None)
    assert made in words(refused)


def test_a_move_to_another_topic_needs_a_reviewer_of_both(city: ReviewCity) -> None:
    made = submitted(city)
    store = city.services.submissions.store
    found = store.require(made)
    about = {**found.about, "topic": "grid"}
    store.save(replace(found, about=about), None, now=found.updated_at)
    assert city.move("reviewer", made, "approve").status_code == 409
    assert city.live() is None


@pytest.mark.parametrize(
    "style",
    [
        {"kind": "single", "classes": [{"light": '"/><script>alert(1)</script>'}]},
        {"kind": "single", "classes": ["#112233"]},
        {"kind": "single", "field": "\ud800"},
        {"kind": "a\x00b"},
        {"kind": "single", "size": float("nan")},
        {"kind": "single", "classes": [{"value": n} for n in range(5000)]},
    ],
)
def test_a_style_is_a_style_or_it_is_refused(city: ReviewCity, style: object) -> None:
    upload = city.upload("clerk", stations())
    body = json.dumps({"upload": upload, "about": {"style": style}})
    refused = city.ask("clerk", "POST", VERSIONS, content=body)
    assert refused.status_code == 422
    assert "请" in words(refused)


@pytest.mark.parametrize(
    "answers",
    [
        {"fixes": ["x" * 3000]},
        {"fixes": ["x"] * 3000},
        {"fixes": ["\x00"]},
        {"part": "\ud800"},
        {"columns": {f"c{n}": "x" for n in range(3000)}},
        {"columns": {"lon\ud800": "x"}},
        {"edits": {"2": {"name": "\ud800"}}},
        {"edits": {"2": {f"c{n}": "x" for n in range(3000)}}},
    ],
)
def test_answers_no_store_can_keep_are_refused(city: ReviewCity, answers: object) -> None:
    made = city.hand_in(stations())
    body = json.dumps({"revision": made["revision"], "answers": answers})
    refused = city.ask("clerk", "PATCH", f"/api/v1/submissions/{made['id']}", content=body)
    assert refused.status_code == 422


def test_a_picture_takes_colours_and_nothing_else(city: ReviewCity, tmp_path: Path) -> None:
    path = tmp_path / "站点.csv"
    path.write_bytes(stations())
    style = {"kind": "single", "classes": [{"light": '"/><script>alert(1)</script>'}]}
    request = ImportRequest(LAYER, crs="EPSG:4490", publish=True, style=style)
    city.services.layers.import_file(path, request)
    picture = city.ask("clerk", "GET", f"/api/v1/layers/{LAYER}/thumbnail.svg")
    assert picture.status_code == 200
    assert "script" not in picture.text
    assert "script" not in picture.headers["etag"]


def test_a_rollback_tells_the_trail_from_where_to_where(city: ReviewCity) -> None:
    for name in ("甲", "乙"):
        made = city.hand_in(stations(("S1", name, 113.6, 24.8)))
        city.move("clerk", made["id"], "submit")
        city.move("reviewer", made["id"], "approve")
    newer = city.live()
    city.ask("reviewer", "POST", f"/api/v1/layers/{LAYER}/rollback", json={})
    record = city.services.audit.list(limit=1, action="layer.rollback")[0]
    assert json.loads(record.detail) == {"from": newer, "to": city.live()}


def published(city: ReviewCity, name: str, classification: str) -> str:
    made = city.hand_in(
        stations(("S1", name, 113.6, 24.8)), about={"classification": classification}
    )
    city.move("clerk", made["id"], "submit")
    done = city.move("reviewer", made["id"], "approve")
    assert done.status_code == 200, done.text
    return str(city.live())


def test_a_less_secret_version_does_not_open_those_before_it(city: ReviewCity) -> None:
    secret = published(city, "某某家", "敏感")
    plain = published(city, "甲", "内部")
    path = f"/api/v1/features/{LAYER}"
    assert city.get("viewer", path)["version"] == plain
    assert city.ask("viewer", "GET", f"{path}?version={secret}").status_code == 404
    assert city.get("clerk", f"{path}?version={secret}")["version"] == secret
    assert [one["id"] for one in city.get("viewer", VERSIONS)["items"]] == [plain]
    assert [one["id"] for one in city.get("clerk", VERSIONS)["items"]] == [plain, secret]


def test_a_rollback_to_a_more_secret_version_makes_the_layer_as_secret_again(
    city: ReviewCity,
) -> None:
    secret = published(city, "某某家", "敏感")
    published(city, "甲", "内部")
    city.ask("reviewer", "POST", f"/api/v1/layers/{LAYER}/rollback", json={})
    assert city.live() == secret
    assert city.services.layers.require(LAYER).classification is Classification.SENSITIVE
    assert city.ask("viewer", "GET", f"/api/v1/features/{LAYER}").status_code == 403
    record = city.services.audit.list(limit=1, action="layer.rollback")[0]
    assert json.loads(record.detail)["classification"] == ["内部", "敏感"]


def test_the_trail_tells_what_was_said_before_and_after(city: ReviewCity) -> None:
    published(city, "某某家", "敏感")
    made = city.hand_in(stations(("S1", "甲", 113.6, 24.8)))
    about, answers = {"classification": "内部"}, {"edits": {"2": {"name": "丙丁"}}}
    assert city.edit("clerk", made, about=about, answers=answers).status_code == 200
    edited = city.services.audit.list(limit=1, action="submission.edit")[0]
    told = json.loads(edited.detail)
    assert told["changes"] == {"classification": [None, "内部"]}
    assert (told["rows"], told["rows_changed"]) == (["2"], 1)
    assert "丙丁" not in edited.detail
    city.move("clerk", made["id"], "submit")
    city.move("reviewer", made["id"], "approve")
    approved = city.services.audit.list(limit=1, about=made["id"])[0]
    assert json.loads(approved.detail)["described"]["classification"] == ["敏感", "内部"]


def test_a_field_that_only_an_older_version_has_is_hidden_where_anything_is_covered(
    city: ReviewCity,
) -> None:
    old = _brought(city, b"code,name,phone,lon,lat\nS1,x,13800138000,113.6,24.8\n")
    _brought(city, b"code,name,lon,lat\nS1,x,113.6,24.8\n")
    path = f"/api/v1/features/{LAYER}?version={old}"
    assert "phone" in city.get("viewer", path)["items"][0]["properties"]
    fields = [{"name": "name", "title": "名称", "mask": "name"}]
    said = {"catalogue": {"fields": fields}}
    assert city.ask("reviewer", "PATCH", f"/api/v1/layers/{LAYER}", json=said).status_code == 200
    time.sleep(1.1)  # how long the doors believe what they know
    assert "phone" not in city.get("viewer", path)["items"][0]["properties"]
    assert "phone" in city.get("clerk", path)["items"][0]["properties"]
    assert city.ask("viewer", "GET", f"{path}&filter=phone=13800138000").status_code == 422
    assert city.ask("viewer", "GET", f"{path}&sort=phone").status_code == 422


def _brought(city: ReviewCity, content: bytes) -> str:
    """A version imported and published past all reviews."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "站点.csv"
        path.write_bytes(content)
        request = ImportRequest(
            LAYER,
            crs="EPSG:4490",
            key="code",
            publish=True,
            classification=Classification.INTERNAL,
        )
        outcome = city.services.layers.import_file(path, request)
    assert outcome.version is not None, outcome
    return outcome.version


def test_a_layer_that_never_was_live_is_known_to_those_who_work_on_it(city: ReviewCity) -> None:
    submitted(city)
    path = "/api/v1/layers"
    assert [one["id"] for one in city.get("reviewer", path)["items"]] == [LAYER]
    assert city.get("viewer", path)["items"] == []
    assert city.ask("viewer", "GET", f"{path}/{LAYER}").status_code == 404
    assert city.get("clerk", f"{path}/{LAYER}")["version"] is None
