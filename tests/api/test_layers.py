"""GET /api/v1/layers: what one may see, and nothing that gives the rest away."""

from __future__ import annotations

import pytest

from tests.api.layer_server import Routes, who

PUBLIC, INTERNAL = "demo.counties", "water.sections"


def test_a_visitor_sees_the_public_demo_layers_only(routes: Routes) -> None:
    answer = routes.get("/api/v1/layers")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.json()["next"] is None
    assert [one["id"] for one in answer.json()["items"]] == [PUBLIC]


def test_a_viewer_sees_internal_layers_too(routes: Routes) -> None:
    found = routes.get("/api/v1/layers", headers=who("viewer")).json()
    assert [one["id"] for one in found["items"]] == [PUBLIC, INTERNAL]


def test_one_layer_says_what_is_live(routes: Routes) -> None:
    found = routes.get(f"/api/v1/layers/{PUBLIC}").json()
    assert (found["demo"], found["classification"], found["key"]) == (True, "公开", "code")
    assert found["live"]["id"] == found["version"]
    assert found["live"]["bounds"] == pytest.approx([113.4, 24.6, 113.8, 24.9])


@pytest.mark.parametrize("path", ["", "/versions"])
def test_to_a_visitor_an_unknown_layer_looks_like_a_hidden_one(routes: Routes, path: str) -> None:
    hidden, unknown = (
        routes.get(f"/api/v1/layers/{layer}{path}") for layer in (INTERNAL, "no.such")
    )
    assert hidden.status_code == unknown.status_code == 401
    assert hidden.json() == unknown.json()


def test_to_those_who_see_everything_an_unknown_layer_is_unknown(routes: Routes) -> None:
    answer = routes.get("/api/v1/layers/no.such", headers=who("admin"))
    assert (answer.status_code, answer.json()["type"]) == (404, "tonglan:unknown-layer")


def test_drafts_are_listed_for_those_who_work_on_the_layer(routes: Routes) -> None:
    numbers = {
        name: [
            one["number"]
            for one in routes.get(f"/api/v1/layers/{INTERNAL}/versions", headers=who(name)).json()[
                "items"
            ]
        ]
        for name in ("viewer", "clerk")
    }
    assert numbers == {"viewer": [1], "clerk": [2, 1]}
