"""Tiles: cache classes, the permission on every request, and addresses."""

from __future__ import annotations

import gzip
from typing import Any

import mapbox_vector_tile
import pytest

from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from tests.api.layer_server import Routes, who

PUBLIC, INTERNAL = "demo.counties", "water.sections"
TILE = "6/52/27"  # holds all of Shaoguan


def tile(registry: LayerRegistry, layer: str, address: str = TILE) -> str:
    return f"/tiles/{layer}/{registry.require(layer).version}/{address}.mvt"


def test_a_public_tile_may_be_kept_for_ever_by_anybody(
    routes: Routes, registry: LayerRegistry
) -> None:
    answer = routes.get(tile(registry, PUBLIC))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    features = mapbox_vector_tile.decode(answer.content)[PUBLIC]["features"]
    assert {one["properties"]["code"]: one["id"] for one in features} == {"440203": 1, "440204": 2}


def test_any_other_tile_is_asked_for_every_time(routes: Routes, registry: LayerRegistry) -> None:
    answer = routes.get(tile(registry, INTERNAL), headers=who("viewer"))
    assert answer.headers["cache-control"] == "private, no-cache"
    again = {"if-none-match": answer.headers["etag"]}
    known = routes.get(tile(registry, INTERNAL), headers=again | who("viewer"))
    assert (known.status_code, known.content) == (304, b"")


def test_a_known_tag_opens_no_door(routes: Routes, registry: LayerRegistry) -> None:
    address = tile(registry, INTERNAL)
    tag = routes.get(address, headers=who("viewer")).headers["etag"]
    assert routes.get(address, headers={"if-none-match": tag}).status_code == 401


@pytest.mark.parametrize("address", [TILE, "6/0/0", "99/0/0", "a/b/c"])
@pytest.mark.parametrize("version", ["latest", "0123456789abcdef", "..", "x"])
def test_to_a_visitor_an_unknown_layer_looks_like_a_hidden_one(
    routes: Routes, version: str, address: str
) -> None:
    hidden, unknown = (
        routes.get(f"/tiles/{layer}/{version}/{address}.mvt") for layer in (INTERNAL, "no.such")
    )
    assert hidden.status_code == unknown.status_code
    assert hidden.content == unknown.content
    assert hidden.status_code in {401, 404}  # 404: the client itself resolves ".."


def test_an_empty_tile_has_no_content(routes: Routes, registry: LayerRegistry) -> None:
    answer = routes.get(tile(registry, PUBLIC, "6/0/0"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert "immutable" in answer.headers["cache-control"]


def test_large_tiles_are_packed_where_the_browser_takes_it(
    routes: Routes, registry: LayerRegistry
) -> None:
    address = tile(registry, INTERNAL)
    packed = routes.get(address, headers=who("viewer") | {"accept-encoding": "gzip"})
    plain = routes.get(address, headers=who("viewer") | {"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_latest_leads_to_the_live_version_and_is_never_kept(
    routes: Routes, registry: LayerRegistry
) -> None:
    answer = routes.get(f"/tiles/{PUBLIC}/latest/{TILE}.mvt")
    assert answer.status_code == 307
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["location"] == tile(registry, PUBLIC)


@pytest.mark.parametrize("address", ["99/0/0", "1/5/0", "1/0/5", "-1/0/0", "a/0/0", "1/0/0.5"])
def test_an_address_outside_the_pyramid_is_refused(
    routes: Routes, registry: LayerRegistry, address: str
) -> None:
    answer = routes.get(tile(registry, PUBLIC, address))
    assert (answer.status_code, answer.json()["type"]) == (404, "tonglan:bad-tile-address")


@pytest.mark.parametrize("version", ["0123456789abcdef", "1", "x" * 300, "%2e%2e"])
def test_what_is_no_version_is_unknown(routes: Routes, version: str) -> None:
    assert routes.get(f"/tiles/{PUBLIC}/{version}/{TILE}.mvt").status_code == 404


def test_drafts_are_drawn_for_those_who_work_on_the_layer(
    routes: Routes, registry: LayerRegistry
) -> None:
    draft = registry.versions(INTERNAL)[0].id
    address = f"/tiles/{INTERNAL}/{draft}/{TILE}.mvt"
    assert routes.get(address, headers=who("viewer")).status_code == 404
    assert routes.get(address, headers=who("clerk")).status_code == 200


def test_no_proxy_may_keep_a_draft_of_a_public_layer(
    routes: Routes, registry: LayerRegistry
) -> None:
    frame = registry.master(PUBLIC, registry.require(PUBLIC).version or "").drop(columns="_fid")
    registry.import_frame(frame.head(1), ImportRequest(PUBLIC, key="code"))
    draft = registry.versions(PUBLIC)[0].id
    answer = routes.get(f"/tiles/{PUBLIC}/{draft}/{TILE}.mvt", headers=who("clerk"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")


def test_a_name_that_no_database_can_hold_is_an_unknown_layer(routes: Routes) -> None:
    assert routes.get(f"/tiles/%00/latest/{TILE}.mvt", headers=who("admin")).status_code == 404


def test_an_older_version_stays_drawable_after_a_newer_one_is_live(
    routes: Routes, registry: LayerRegistry
) -> None:
    before = tile(registry, INTERNAL)
    registry.publish(INTERNAL, "2")
    assert tile(registry, INTERNAL) != before
    assert routes.get(before, headers=who("viewer")).status_code == 200


def decoded(routes: Routes, registry: LayerRegistry, query: str, name: str = "viewer") -> Any:
    answer = routes.get(tile(registry, INTERNAL) + query, headers=who(name))
    assert answer.status_code == 200, answer.text
    return mapbox_vector_tile.decode(answer.content)


def test_the_address_says_which_attributes_come_and_unknown_ones_are_harmless(
    routes: Routes, registry: LayerRegistry
) -> None:
    registry.publish(INTERNAL, "1")
    found = decoded(routes, registry, "?attributes=grade,nosuch")[INTERNAL]["features"]
    assert all(set(one["properties"]) == {"grade"} for one in found)


def test_the_address_says_which_features_come(routes: Routes, registry: LayerRegistry) -> None:
    found = decoded(routes, registry, "?filter=grade%3E%3D3")[INTERNAL]["features"]
    assert {one["properties"]["grade"] for one in found} == {3, 4}


def test_a_filter_that_cannot_be_read_is_told_only_to_those_who_may(
    routes: Routes, registry: LayerRegistry
) -> None:
    address = tile(registry, INTERNAL) + "?filter=%3E%3E"
    assert routes.get(address).status_code == 401
    assert routes.get(address, headers=who("viewer")).json()["type"] == "tonglan:bad-filter"


def test_every_question_has_a_tag_of_its_own(routes: Routes, registry: LayerRegistry) -> None:
    questions = ("", "?attributes=grade", "?filter=grade%3D1", "?labels=0", "?attributes=")
    tags = {
        routes.get(tile(registry, INTERNAL) + one, headers=who("viewer")).headers["etag"]
        for one in questions
    }
    assert len(tags) == len(questions)


def test_shapes_bring_label_points_unless_they_are_not_wanted(
    routes: Routes, registry: LayerRegistry
) -> None:
    address = tile(registry, PUBLIC)
    viewer = who("viewer")
    both = mapbox_vector_tile.decode(routes.get(address, headers=viewer).content)
    assert [one["id"] for one in both[f"{PUBLIC}.labels"]["features"]] == [1, 2]
    named = mapbox_vector_tile.decode(routes.get(address + "?labels=name", headers=viewer).content)
    assert set(named[f"{PUBLIC}.labels"]["features"][0]["properties"]) == {"name"}
    bare = routes.get(address + "?labels=0", headers=viewer).content
    assert set(mapbox_vector_tile.decode(bare)) == {PUBLIC}


def test_latest_keeps_the_question(routes: Routes) -> None:
    address = f"/tiles/{PUBLIC}/latest/{TILE}.mvt?attributes=name&filter=code%3D1"
    answer = routes.get(address, headers=who("viewer"))
    assert answer.headers["location"].endswith(".mvt?attributes=name&filter=code%3D1")
