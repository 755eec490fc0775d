"""Who may come in and what is hidden from those who may not."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.city import City
from tests.e2e.conftest import Opened

SECRET = "e2e.hidden"
NEW_PASSWORD = "Shaoguan-2026-Beijiang"
HIDDEN = """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":
{"name": "内部点"}, "geometry": {"type": "Point", "coordinates": [113.6, 24.8]}}]}"""


@pytest.fixture(scope="module")
def hidden(city: City) -> str:
    """The version of a published layer classed 内部."""
    file = city.home.parent / "内部.geojson"
    file.write_text(HIDDEN, encoding="utf-8")
    named = ("--layer", SECRET, "--title", "内部图层", "--crs", "EPSG:4490", "--publish")
    return str(city.answer("import", file, *named)["version"])


@pytest.mark.browser
def test_the_one_time_password_opens_nothing_but_the_form_for_a_new_one(
    opened: Opened, city: City
) -> None:
    screen = opened("/login")
    page = screen.page
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", city.one_time_password())
    page.click("button[type=submit]")
    page.wait_for_url("**/password")
    page.goto(city.url + "/")
    assert page.url.endswith("/password")
    page.fill("[name=old]", city.one_time_password())
    page.fill("[name=new]", NEW_PASSWORD)
    page.fill("[name=again]", NEW_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(city.url + "/")
    screen.until("document.body.dataset.ready === '1'")
    assert page.inner_text("form.yw-user span") == screen.ask("tonglan.board.get().boot.user.name")
    assert screen.errors == []
    assert screen.outside == []
    again = {"name": "admin", "password": city.one_time_password()}
    refused = httpx.post(f"{city.url}/login", data=again, timeout=120)
    assert refused.status_code == 401
    assert "口令" in refused.text


@pytest.mark.parametrize("path", ["", "/versions"])
def test_a_visitor_does_not_learn_that_an_internal_layer_exists(
    city: City, hidden: str, path: str
) -> None:
    listed = httpx.get(f"{city.url}/api/v1/layers", timeout=120).json()["items"]
    assert SECRET not in {one["id"] for one in listed}
    assert all(one["classification"] == "公开" for one in listed)
    secret, unknown = (
        httpx.get(f"{city.url}/api/v1/layers/{layer}{path}", timeout=120)
        for layer in (SECRET, "no.such")
    )
    assert secret.status_code == unknown.status_code == 401
    assert secret.json() == unknown.json()


def test_a_visitor_gets_neither_tiles_nor_features_of_it(city: City, hidden: str) -> None:
    for version in (hidden, "latest"):
        tile = f"{city.url}/tiles/{SECRET}/{version}/10/834/440.mvt"
        assert httpx.get(tile, timeout=120).status_code == 401
    assert httpx.get(f"{city.url}/api/v1/features/{SECRET}", timeout=120).status_code == 401
    assert SECRET not in httpx.get(city.url, timeout=120).text


def test_who_may_read_it_gets_it_and_no_shared_cache_keeps_it(city: City, hidden: str) -> None:
    token = city.answer("tokens", "add", "--scope", "read")["token"]
    headers = {"Authorization": f"Bearer {token}"}
    found = httpx.get(f"{city.url}/api/v1/features/{SECRET}", headers=headers, timeout=120)
    assert [one["properties"]["name"] for one in found.json()["items"]] == ["内部点"]
    tile = httpx.get(f"{city.url}/tiles/{SECRET}/{hidden}/0/0/0.mvt", headers=headers, timeout=120)
    assert (tile.status_code, tile.headers["cache-control"]) == (200, "private, no-cache")
    body = {"indicator": "economy.gdp", "region": "440200", "period": "2026-07-01", "value": 1}
    push = httpx.post(f"{city.url}/api/v1/observations", json=body, headers=headers, timeout=120)
    assert (push.status_code, push.json()["type"]) == (403, "tonglan:forbidden")
