"""Earlier versions back in one call, differences, and exports that keep rights and masks."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import psycopg
import pytest

from app.api import layer_changes, layer_diff, layer_export
from app.api.live_versions import LiveVersions
from layers.contracts import ImportRequest
from tests.api.review_city import LAYER, ReviewCity, review_city, stations, words

Import = Callable[..., str]


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url, layer_changes, layer_diff, layer_export)


@pytest.fixture
def bring(city: ReviewCity, tmp_path: Path) -> Import:
    """Import a version past all reviews; returns its id."""

    def run(*rows: tuple[str, str, float, float], by: str = "clerk", publish: bool = True) -> str:
        path = tmp_path / "站点.csv"
        path.write_bytes(stations(*rows))
        request = ImportRequest(
            LAYER, title="排污口", crs="EPSG:4490", key="code", by=by, publish=publish
        )
        return city.services.layers.import_file(path, request).version or ""

    return run


ONE = ("S1", "甲", 113.6, 24.8)
TWO = ("S2", "乙", 113.7, 24.9)
MOVED = ("S1", "甲二", 113.61, 24.8)


def test_a_rollback_is_one_call_that_computes_nothing_and_is_recorded(
    city: ReviewCity, bring: Import
) -> None:
    first = bring(ONE)
    bring(ONE, TWO)
    jobs = city.services.jobs.list()
    back = city.ask("reviewer", "POST", f"/api/v1/layers/{LAYER}/rollback", json={})
    assert back.json()["id"] == first == city.live()
    assert city.services.jobs.list() == jobs
    event = city.services.events.read(objects=[LAYER], as_of=None, limit=1)[0]
    assert (event.kind, event.actor) == ("layer.rolled-back", "reviewer")
    assert city.services.audit.list(action="layer.rollback")


def test_nothing_goes_back_to_what_never_was_live(city: ReviewCity, bring: Import) -> None:
    live = bring(ONE)
    draft = bring(TWO, publish=False)
    refused = city.ask(
        "reviewer", "POST", f"/api/v1/layers/{LAYER}/rollback", json={"version": draft}
    )
    assert refused.status_code == 404
    assert "从未发布过" in words(refused)
    assert city.live() == live


def test_a_clerk_and_another_topics_people_change_nothing(city: ReviewCity, bring: Import) -> None:
    bring(ONE)
    for who in ("clerk", "grid-clerk", "viewer"):
        for what in ("rollback", "publish"):
            path = f"/api/v1/layers/{LAYER}/{what}"
            assert city.ask(who, "POST", path, json={"version": "1"}).status_code == 403


def test_an_imported_draft_is_published_by_anybody_but_its_importer(
    city: ReviewCity, bring: Import
) -> None:
    draft = bring(ONE, by="reviewer", publish=False)
    path = f"/api/v1/layers/{LAYER}/publish"
    own = city.ask("reviewer", "POST", path, json={"version": draft})
    assert own.status_code == 409
    assert city.ask("second", "POST", path, json={"version": draft}).json()["id"] == city.live()


def test_the_draft_of_a_submission_is_published_by_its_review_only(city: ReviewCity) -> None:
    made = city.hand_in(stations())
    city.move("clerk", made["id"], "submit")
    draft = city.submission("reviewer", made["id"])["version"]["id"]
    path = f"/api/v1/layers/{LAYER}/publish"
    refused = city.ask("reviewer", "POST", path, json={"version": draft})
    assert refused.status_code == 409
    assert made["id"] in words(refused)


def test_a_difference_is_told_as_a_table_and_as_features(city: ReviewCity, bring: Import) -> None:
    old, new = bring(ONE), bring(MOVED, TWO)
    told = city.get("viewer", f"/api/v1/layers/{LAYER}/diff?old={old}&new={new}")
    assert told["counts"] == {"added": 1, "removed": 0, "changed": 1}
    assert told["added"][0]["key"] == "S2"
    assert told["changed"][0]["fields"]["name"] == ["甲", "甲二"]
    drawn = city.get("viewer", f"/api/v1/layers/{LAYER}/diff.geojson?old={old}&new={new}")
    assert {one["properties"]["change"] for one in drawn["features"]} == {"added", "changed"}


def test_a_submission_is_compared_with_what_is_live(city: ReviewCity, bring: Import) -> None:
    bring(ONE)
    made = city.hand_in(stations(MOVED, TWO))
    path = f"/api/v1/submissions/{made['id']}/diff"
    assert city.ask("clerk", "GET", path).status_code == 422
    city.move("clerk", made["id"], "submit")
    assert city.get("reviewer", path)["counts"] == {"added": 1, "removed": 0, "changed": 1}
    assert city.get("reviewer", f"{path}.geojson")["counts"]["changed"] == 1
    assert city.ask("viewer", "GET", path).status_code == 403


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "csv", "xlsx", "parquet"])
def test_a_version_is_exported_under_a_telling_name(
    city: ReviewCity, bring: Import, kind: str
) -> None:
    version = bring(ONE, TWO)
    path = f"/api/v1/layers/{LAYER}/versions/{version}/export?format={kind}&crs=gcj02"
    answer = city.ask("viewer", "GET", path)
    assert answer.status_code == 200, answer.text
    ending = {"shp": "zip"}.get(kind, kind)
    name = unquote(answer.headers["content-disposition"])
    assert "排污口_v1_GCJ-02" in name
    assert name.endswith(f".{ending}")
    assert len(answer.content) > 50
    staging = city.services.config.home_path / "layers" / "staging"
    assert list(staging.iterdir()) == []
    told = json.loads(city.services.audit.list(action="layer.export")[0].detail)
    assert (told["format"], told["crs"], told["number"]) == (kind, "gcj02", 1)


def test_an_export_opens_and_holds_the_features(city: ReviewCity, bring: Import) -> None:
    version = bring(ONE, TWO)
    path = f"/api/v1/layers/{LAYER}/versions/{version}/export?format="
    shp = city.ask("viewer", "GET", f"{path}shp").content
    with zipfile.ZipFile(io.BytesIO(shp)) as archive:
        assert any(one.endswith(".cpg") for one in archive.namelist())
    xlsx = city.ask("viewer", "GET", f"{path}xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["code", "S1", "S2"]


def test_a_draft_and_odd_requests_are_not_exported(city: ReviewCity, bring: Import) -> None:
    bring(ONE)
    draft = bring(TWO, publish=False)
    path = f"/api/v1/layers/{LAYER}/versions/{draft}/export"
    assert city.ask("viewer", "GET", path).status_code == 404
    assert city.ask("nobody", "GET", path).status_code == 401
    assert city.ask("clerk", "GET", path).status_code == 200
    assert city.ask("clerk", "GET", f"{path}?format=exe").status_code == 422
    assert city.ask("clerk", "GET", f"{path}?crs=mars").status_code == 422


def test_old_versions_go_by_the_rule_but_never_what_is_live_or_in_review(
    city: ReviewCity, bring: Import
) -> None:
    old = bring(ONE)
    for number in range(11):
        live = bring((f"N{number}", "甲", 113.6, 24.8))
    made = city.hand_in(stations(MOVED))
    city.edit("clerk", city.submission("clerk", made["id"]), answers={"accept_schema": True})
    city.move("clerk", made["id"], "submit")
    draft = city.submission("reviewer", made["id"])["version"]["id"]
    with psycopg.connect(city.database, autocommit=True) as past:
        past.execute("UPDATE layer_versions SET created_at = now() - interval '3 years'")
        past.execute(
            "UPDATE layer_versions SET published_at = now() - interval '2 years'"
            " WHERE published_at IS NOT NULL"
        )
    gone = LiveVersions(city.services).prune(by="system")
    left = {one.id for one in city.services.layers.versions(LAYER)}
    assert old not in left
    assert {live, draft} <= left
    assert len(city.services.audit.list(action="layer.prune")) == len(gone) > 0
    folders = city.services.config.home_path / "layers" / "versions" / LAYER
    assert {one.name for one in folders.iterdir()} == left
