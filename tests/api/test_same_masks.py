"""One value, asked for by every door: covered the same way everywhere, whole nowhere."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest

from app.api import features, layer_diff, layer_edit, layer_export, layer_within, tiles
from layers.contracts import ImportRequest
from tests.api.review_city import LAYER, ReviewCity, review_city

ROWS = ["S1,欧阳修文,13812345678,粤F12345,113.6,24.8", "S2,张三,13987654321,粤F54321,113.7,24.9"]
COVERED = {"联系人": "欧阳**", "电话": "138****5678", "车牌": "粤F****5"}
KINDS = {"联系人": "name", "电话": "phone", "车牌": "plate"}
SECRETS = ("欧阳修文", "修文", "13812345678", "粤F12345")
HERE = {"type": "Polygon", "coordinates": [[[113, 24], [115, 24], [115, 26], [113, 26], [113, 24]]]}


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str, tmp_path: Path) -> ReviewCity:
    """Two versions of a layer with three masked fields."""
    made = review_city(
        home, database_url, valkey_url,
        features, layer_diff, layer_edit, layer_export, layer_within, tiles,
    )  # fmt: skip
    path = tmp_path / "a.csv"
    for rows in (ROWS[1:], ROWS):
        path.write_text("\n".join(["code,联系人,电话,车牌,lon,lat", *rows, ""]), encoding="utf-8")
        request = ImportRequest(LAYER, title="排口", crs="EPSG:4490", key="code", publish=True)
        assert made.services.layers.import_file(path, request).version
    fields = [{"name": name, "mask": kind} for name, kind in KINDS.items()]
    said = {"catalogue": {"fields": fields}}
    assert made.ask("reviewer", "PATCH", f"/api/v1/layers/{LAYER}", json=said).status_code == 200
    return made


def of_s1(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [one for one in rows if one["code"] == "S1"]
    return {name: row[name] for name in COVERED}


def test_lists_areas_and_files_cover_a_value_the_same_way(city: ReviewCity, tmp_path: Path) -> None:
    listed = city.get("viewer", f"/api/v1/features/{LAYER}")["items"]
    assert of_s1([one["properties"] for one in listed]) == COVERED
    path = f"/api/v1/layers/{LAYER}/within"
    inside = city.ask("viewer", "POST", path, json={"geometry": HERE})
    assert of_s1([one["properties"] for one in inside.json()["items"]]) == COVERED
    sheet = city.ask("viewer", "POST", f"{path}?format=csv", json={"geometry": HERE})
    assert of_s1(rows_of_csv(sheet.content)) == COVERED
    book = city.ask("viewer", "POST", f"{path}?format=xlsx", json={"geometry": HERE})
    assert of_s1(rows_of_book(book.content)) == COVERED
    export = f"/api/v1/layers/{LAYER}/versions/{city.live()}/export?format="
    answers = {
        kind: city.ask("viewer", "GET", export + kind) for kind in ("csv", "xlsx", "parquet")
    }
    assert of_s1(rows_of_csv(answers["csv"].content)) == COVERED
    assert of_s1(rows_of_book(answers["xlsx"].content)) == COVERED
    frame = gpd.read_parquet(io.BytesIO(answers["parquet"].content))
    assert of_s1(frame.to_dict("records")) == COVERED
    plain = json.loads(city.ask("viewer", "GET", export + "geojson").content)
    assert of_s1([one["properties"] for one in plain["features"]]) == COVERED


def test_a_difference_covers_values_the_same_way_and_names_no_covered_key(
    city: ReviewCity,
) -> None:
    new, old = (one.id for one in city.services.layers.versions(LAYER)[:2])
    found = city.get("viewer", f"/api/v1/layers/{LAYER}/diff?old={old}&new={new}")
    (added,) = found["added"]
    assert {name: added["values"][name] for name in COVERED} == COVERED


def test_no_door_gives_the_value_whole(city: ReviewCity) -> None:
    live = city.live()
    old = next(one.id for one in city.services.layers.versions(LAYER) if one.id != live)
    within = f"/api/v1/layers/{LAYER}/within"
    for method, path in (
        ("GET", f"/api/v1/features/{LAYER}"),
        ("POST", within),
        ("POST", f"{within}?format=csv"),
        ("GET", f"/api/v1/layers/{LAYER}/diff?old={old}&new={live}"),
        ("GET", f"/api/v1/layers/{LAYER}/diff.geojson?old={old}&new={live}"),
        ("GET", f"/api/v1/layers/{LAYER}/versions/{live}/export?format=geojson"),
        ("GET", f"/tiles/{LAYER}/{live}/6/52/27.mvt"),
        ("GET", f"/tiles/{LAYER}/{live}/6/52/27.mvt?attributes=联系人,电话&labels=联系人"),
    ):
        more = {"json": {"geometry": HERE}} if method == "POST" else {}
        answer = city.ask("viewer", method, path, **more)
        assert answer.status_code == 200, path
        text = answer.content.decode("utf-8", "replace")
        assert not [one for one in SECRETS if one in text], path
    worker = city.get("clerk", f"/api/v1/features/{LAYER}")["items"]
    assert "欧阳修文" in {one["properties"]["联系人"] for one in worker}


def rows_of_csv(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of_book(content: bytes) -> list[dict[str, Any]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]
