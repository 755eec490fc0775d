"""Features in a window: who may, which ones, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.layer_server import Routes, who

PUBLIC, INTERNAL = "demo.counties", "water.sections"


def ask(routes: Routes, layer: str = INTERNAL, name: str = "viewer", **query: Any) -> Any:
    answer = routes.get(f"/api/v1/features/{layer}", params=query, headers=who(name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_features_carry_their_stable_id_and_properties(routes: Routes) -> None:
    found = ask(routes, PUBLIC, "")
    assert found["next"] is None
    ids = {one["properties"]["code"]: one["id"] for one in found["items"]}
    assert ids == {"440203": 1, "440204": 2}
    assert found["items"][0]["type"] == "Feature"
    assert found["items"][0]["geometry"]["type"] == "Polygon"


def test_a_window_limits_what_comes(routes: Routes) -> None:
    found = ask(routes, bbox="113,24,113.0974,26")["items"]
    assert {one["properties"]["code"] for one in found} == {f"D{n}" for n in range(20)}


def test_a_filter_limits_what_comes(routes: Routes) -> None:
    found = ask(routes, filter="grade>=4")["items"]
    assert len(found) == 40
    assert {one["properties"]["grade"] for one in found} == {4}


def test_pages_follow_each_other_without_gap_or_repeat(routes: Routes) -> None:
    codes: list[str] = []
    query: dict[str, Any] = {"limit": 70}
    while True:
        page = ask(routes, **query)
        codes += [one["properties"]["code"] for one in page["items"]]
        if page["next"] is None:
            break
        query["next"] = page["next"]
    assert sorted(codes) == sorted(f"D{n}" for n in range(200))


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "a"},
        {"bbox": "1,2,3"},
        {"bbox": "3,2,1,4"},
        {"bbox": "nan,nan,nan,nan"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "alle"},
        {"filter": "grade>>1"},
        {"filter": "nosuch=1"},
        {"next": "zzz"},
    ],
)
def test_what_cannot_be_read_is_refused_in_words(routes: Routes, query: dict[str, str]) -> None:
    answer = routes.get(f"/api/v1/features/{PUBLIC}", params=query)
    assert (answer.status_code, answer.json()["type"]) == (422, "tonglan:bad-filter")


@pytest.mark.parametrize("query", [{}, {"bbox": "a"}, {"limit": "alle"}, {"filter": ">>"}])
def test_who_may_not_is_told_so_before_anything_is_read(
    routes: Routes, query: dict[str, str]
) -> None:
    hidden, unknown = (
        routes.get(f"/api/v1/features/{layer}", params=query) for layer in (INTERNAL, "no.such")
    )
    assert hidden.status_code == unknown.status_code == 401
    assert hidden.json() == unknown.json()


def test_a_draft_is_not_read_by_viewers(routes: Routes, registry: Any) -> None:
    draft = registry.versions(INTERNAL)[0].id
    path = f"/api/v1/features/{INTERNAL}"
    assert routes.get(path, params={"version": draft}, headers=who("viewer")).status_code == 404
    assert len(ask(routes, name="clerk", version=draft)["items"]) == 5
