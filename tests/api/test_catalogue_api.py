"""The catalogue over HTTP: search, what is said, who may change it, masks on every way out."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import mapbox_vector_tile
import openpyxl
import pytest

from layers.registry import LayerRegistry
from tests.api.layer_server import Routes, who

BELIEVED = 1.1  # s: how long the doors may answer without asking the database
PUBLIC, INTERNAL = "demo.counties", "water.sections"
HERE = {
    "type": "Polygon",
    "coordinates": [[[113, 24.4], [113.4, 24.4], [113.4, 24.8], [113, 24.8], [113, 24.4]]],
}


def patch(routes: Routes, said: dict[str, Any], name: str = "reviewer") -> Any:
    return routes.ask("PATCH", f"/api/v1/layers/{INTERNAL}", json=said, headers=who(name))


def within(routes: Routes, name: str = "viewer", query: str = "", **asked: Any) -> Any:
    path = f"/api/v1/layers/{INTERNAL}/within{query}"
    return routes.ask("POST", path, json={"geometry": HERE} | asked, headers=who(name))


@pytest.fixture
def masked(routes: Routes) -> Any:
    """The code is covered in part for those who do not work on the layer."""
    fields = [{"name": "code", "title": "断面编码", "mask": "phone"}]
    assert patch(routes, {"catalogue": {"fields": fields}}).status_code == 200
    time.sleep(BELIEVED)
    yield
    fields[0]["mask"] = ""
    assert patch(routes, {"catalogue": {"fields": fields}}).status_code == 200
    time.sleep(BELIEVED)


def test_an_item_says_everything_the_catalogue_asks_for(routes: Routes) -> None:
    (item,) = routes.get("/api/v1/layers").json()["items"]
    assert {"catalogue", "freshness", "lineage", "thumbnail", "seen_by"} <= set(item)
    assert item["freshness"]["state"] == "unknown"
    assert item["seen_by"] == ["所有人(无需登录)"]
    assert item["catalogue"]["extent"] == pytest.approx([113.4, 24.6, 113.8, 24.9])
    assert [one["step"] for one in item["lineage"]] == ["file", "read", "published"]


def test_one_layer_says_what_its_fields_are_and_what_one_may_do(routes: Routes) -> None:
    found = routes.get(f"/api/v1/layers/{INTERNAL}", headers=who("reviewer")).json()
    assert {one["name"]: one["type"] for one in found["catalogue"]["fields"]} == {
        "code": "C",
        "grade": "N",
    }
    assert found["may"] == {"edit": True, "publish": True, "import": True}
    found = routes.get(f"/api/v1/layers/{INTERNAL}", headers=who("viewer")).json()
    assert found["may"] == {"edit": False, "publish": False, "import": False}


def test_layers_are_found_by_initials_by_those_who_may_see_them(routes: Routes) -> None:
    assert patch(routes, {"title": "水质断面"}).status_code == 200
    ask = "/api/v1/layers?q=szdm"
    found = routes.get(ask, headers=who("viewer")).json()
    assert [one["id"] for one in found["items"]] == [INTERNAL]
    assert routes.get(ask).json()["items"] == []


def test_a_topic_and_a_page_narrow_the_list(routes: Routes) -> None:
    viewer = who("viewer")
    listed = routes.get("/api/v1/layers?topic=water", headers=viewer).json()
    assert [one["id"] for one in listed["items"]] == [INTERNAL]
    first = routes.get("/api/v1/layers?limit=1", headers=viewer).json()
    assert (len(first["items"]), first["next"], first["count"]) == (1, "1", 2)
    last = routes.get("/api/v1/layers?limit=1&next=1", headers=viewer).json()
    assert (last["items"][0]["id"], last["next"]) == (INTERNAL, None)


@pytest.mark.parametrize("name", ["", "viewer", "clerk", "water-viewer"])
def test_only_reviewers_of_the_topic_and_administrators_change_what_is_said(
    routes: Routes, name: str
) -> None:
    assert patch(routes, {"title": "x"}, name).status_code in {401, 403}


def test_a_change_is_audited_with_what_was_said_before(routes: Routes) -> None:
    before = routes.get(f"/api/v1/layers/{INTERNAL}", headers=who("viewer")).json()
    assert patch(routes, {"owner": "市水务局", "cadence": "每月"}).status_code == 200
    history = routes.get(f"/api/v1/layers/{INTERNAL}/history", headers=who("reviewer")).json()
    newest = history["items"][0]
    assert (newest["kind"], newest["by"]) == ("layer.described", "u5")
    assert newest["changes"]["owner"] == [before["owner"], "市水务局"]


def test_what_a_form_sends_back_unchanged_changes_nothing(routes: Routes) -> None:
    shown = routes.get(f"/api/v1/layers/{INTERNAL}", headers=who("reviewer")).json()
    assert patch(routes, {"catalogue": shown["catalogue"]}).status_code == 200
    once = patch(routes, {"catalogue": {"abstract": "断面"}}).json()["catalogue"]
    again = patch(routes, {"catalogue": once}).json()["catalogue"]
    assert again["revision"] == once["revision"]


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(routes: Routes) -> None:
    seen = patch(routes, {"catalogue": {"abstract": "一"}}).json()["catalogue"]["revision"]
    assert patch(routes, {"catalogue": {"abstract": "二"}}).status_code == 200
    late = patch(routes, {"catalogue": {"abstract": "三"}, "revision": seen})
    assert late.status_code == 409


def test_all_faults_are_told_at_once_in_chinese(routes: Routes) -> None:
    wrong = {"provider_code": "123", "share_type": "随便", "nosuch": 1}
    answer = patch(routes, {"catalogue": wrong})
    assert (answer.status_code, answer.json()["type"]) == (422, "tonglan:bad-catalogue")
    assert {one["where"] for one in answer.json()["errors"]} == set(wrong)


def test_nobody_gives_a_layer_a_class_beyond_their_own(routes: Routes) -> None:
    assert patch(routes, {"classification": "绝密"}).status_code == 422
    assert patch(routes, {"classification": "高敏"}).status_code == 200
    assert patch(routes, {"classification": "内部"}).status_code == 200


def test_a_style_is_kept_with_its_history(routes: Routes) -> None:
    style = {"kind": "single", "classes": [{"label": "", "dark": "#56C2D6", "light": "#0B7285"}]}
    assert patch(routes, {"style": style}).json()["style"]["kind"] == "single"
    history = routes.get(f"/api/v1/layers/{INTERNAL}/history", headers=who("admin")).json()
    assert history["items"][0]["kind"] == "layer.styled"
    wrong = patch(routes, {"style": {"kind": "graduated", "field": "nosuch", "classes": []}})
    assert wrong.status_code == 422


def test_classes_come_with_limits_labels_and_colours_for_both_themes(routes: Routes) -> None:
    path = f"/api/v1/layers/{INTERNAL}/breaks"
    asked = {"field": "grade", "kind": "quantile", "classes": 3}
    found = routes.ask("POST", path, json=asked, headers=who("viewer")).json()
    assert len(found["breaks"]) + 1 == len(found["labels"]) == len(found["classes"])
    assert sum(one["count"] for one in found["classes"]) == 200
    assert all({"min", "max", "label", "dark", "light"} <= set(one) for one in found["classes"])


def test_inside_an_area_are_counts_sums_and_pages(routes: Routes) -> None:
    found = within(routes, sums=["grade"], limit=50).json()
    assert found["count"] == 81
    assert found["sums"]["grade"]["count"] == 81
    assert (len(found["items"]), found["next"]) == (50, "50")
    rest = within(routes, limit=50, next=found["next"]).json()
    assert (len(rest["items"]), rest["next"]) == (31, None)


def test_who_may_not_see_the_layer_is_told_nothing_of_the_question(routes: Routes) -> None:
    hidden = routes.ask("POST", f"/api/v1/layers/{INTERNAL}/within", json={"geometry": HERE})
    unknown = routes.ask("POST", "/api/v1/layers/no.such/within", json={"geometry": HERE})
    assert hidden.status_code == unknown.status_code == 401
    assert hidden.json() == unknown.json()


def test_masked_values_leave_by_no_way_for_those_without_the_right(
    routes: Routes, registry: LayerRegistry, masked: None
) -> None:
    assert masked is None
    viewer = who("viewer")
    version = registry.require(INTERNAL).version
    drawn = routes.get(f"/tiles/{INTERNAL}/{version}/6/52/27.mvt", headers=viewer)
    features = mapbox_vector_tile.decode(drawn.content)[INTERNAL]["features"]
    assert all(set(one["properties"]) == {"grade"} for one in features)
    asked = routes.get(
        f"/tiles/{INTERNAL}/{version}/6/52/27.mvt?attributes=code&labels=code", headers=viewer
    )
    features = mapbox_vector_tile.decode(asked.content)[INTERNAL]["features"]
    assert all(one["properties"] == {} for one in features)
    listed = routes.get(f"/api/v1/features/{INTERNAL}", headers=viewer).json()["items"]
    assert all("*" in one["properties"]["code"] for one in listed)
    for way in (
        f"/api/v1/features/{INTERNAL}?filter=code%3DD1",
        f"/api/v1/features/{INTERNAL}?sort=-code",
        f"/tiles/{INTERNAL}/{version}/6/52/27.mvt?filter=code%3DD1",
    ):
        assert routes.get(way, headers=viewer).status_code == 422
    assert within(routes, sums=["code"]).status_code == 422
    assert within(routes, filter="code=D1").status_code == 422
    assert all("*" in one["properties"]["code"] for one in within(routes).json()["items"])
    text = within(routes, query="?format=csv").content.decode("utf-8-sig")
    assert all("*" in row["断面编码"] for row in csv.DictReader(io.StringIO(text)))
    classes = routes.ask(
        "POST",
        f"/api/v1/layers/{INTERNAL}/breaks",
        json={"field": "code", "kind": "categorised"},
        headers=viewer,
    )
    assert classes.status_code == 422


def test_those_who_work_on_the_layer_see_masked_values_and_no_proxy_keeps_them(
    routes: Routes, registry: LayerRegistry, masked: None
) -> None:
    assert masked is None
    version = registry.require(INTERNAL).version
    address = f"/tiles/{INTERNAL}/{version}/6/52/27.mvt"
    one, other = (routes.get(address, headers=who(name)) for name in ("clerk", "viewer"))
    features = mapbox_vector_tile.decode(one.content)[INTERNAL]["features"]
    assert all("code" in each["properties"] for each in features)
    assert one.headers["cache-control"] == "private, no-cache"
    assert one.headers["etag"] != other.headers["etag"]
    known = {"if-none-match": one.headers["etag"]} | who("viewer")
    assert routes.get(address, headers=known).status_code == 200


def test_the_features_inside_come_as_a_sheet(routes: Routes) -> None:
    text = within(routes, query="?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (len(rows), len({row["要素编号"] for row in rows})) == (81, 81)
    answer = within(routes, query="?format=xlsx")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    assert page.max_row == 82
    assert within(routes, query="?format=pdf").status_code == 422


def test_a_picture_is_small_and_of_the_theme(routes: Routes) -> None:
    path = f"/api/v1/layers/{INTERNAL}/thumbnail.svg"
    assert routes.get(path).status_code == 401
    dark, light = (
        routes.get(f"{path}?theme={theme}", headers=who("viewer")) for theme in ("dark", "light")
    )
    assert light.headers["content-type"] == "image/svg+xml"
    assert dark.content != light.content
    assert len(light.content) <= 15_000
    again = {"if-none-match": light.headers["etag"]} | who("viewer")
    assert routes.get(f"{path}?theme=light", headers=again).status_code == 304
