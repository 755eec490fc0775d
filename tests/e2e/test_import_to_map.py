"""One command puts a real file on the map; a bad file changes nothing and is explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.city import ROOT, City
from tests.e2e.conftest import Opened
from tests.web.screen import Screen

FIELDS = Path(__file__).with_name("fields.geojson")
DATAV = ROOT.parent / "shared" / "data" / "admin" / "datav_gcj02" / "440200_full.json"
KEYS = {"outcome", "layer", "version", "features", "format", "encoding", "crs", "problems"}
CRS_KEYS = {"decided", "declared", "confidence", "candidates", "evidence"}
PASSWORD = "Danxia-Mountain-2026"


@pytest.fixture(scope="module")
def viewer(city: City) -> Iterator[httpx.Client]:
    """A person of the city who has signed in and set a password."""
    once = city.answer("users", "add", "liulan", "--display-name", "刘览")["password"]
    with httpx.Client(base_url=city.url, follow_redirects=True, timeout=120) as person:
        person.post("/login", data={"name": "liulan", "password": once})
        change = {"old": once, "new": PASSWORD, "again": PASSWORD}
        assert person.post("/password", data=change).status_code == 200
        yield person


def switched_on(opened: Opened, viewer: httpx.Client, title: str, layer: str) -> Screen:
    """That person's overview, with a layer switched on and its tiles painted."""
    screen = opened("/?layers=", cookies=dict(viewer.cookies))
    screen.page.click(f".yw-layer:has-text('{title}')")
    rendered = f"tonglan.theMap.queryRenderedFeatures({{layers: ['{layer}']}}).length"
    return screen.until(f"tonglan.theMap.getLayer('{layer}') && {rendered} > 0")


@pytest.mark.browser
def test_a_small_file_is_on_the_map_of_a_signed_in_person_and_of_nobody_else(
    opened: Opened, city: City, viewer: httpx.Client
) -> None:
    named = ("--layer", "city.fields", "--title", "试验田块", "--crs", "gcj02", "--publish")
    answer = city.answer("import", FIELDS, *named)
    assert set(answer) == KEYS | {"message"}
    assert set(answer["crs"]) == CRS_KEYS
    assert (answer["outcome"], answer["layer"], answer["features"]) == (
        "published",
        "city.fields",
        3,
    )
    assert (answer["format"], answer["crs"]["decided"]) == ("GeoJSON", "gcj02")
    screen = switched_on(opened, viewer, "试验田块", "city.fields")
    assert screen.errors == []
    visitor = opened()
    assert visitor.page.locator(".yw-layer:has-text('试验田块')").count() == 0


@pytest.mark.browser
@pytest.mark.shared
@pytest.mark.skipif(not DATAV.exists(), reason="旁边没有 shared/data/admin/datav_gcj02")
def test_the_real_counties_are_imported_by_one_command_and_drawn(
    opened: Opened, city: City, viewer: httpx.Client
) -> None:
    outline = city.answer("reference", "set", "outline", DATAV, "--crs", "gcj02")
    assert len(outline["counties"]) == 10
    named = ("--layer", "city.datav", "--title", "真实县界", "--crs", "gcj02", "--publish")
    answer = city.answer("import", DATAV, *named)
    assert (answer["outcome"], answer["features"]) == ("published", 10)
    assert answer["crs"]["evidence"]
    screen = switched_on(opened, viewer, "真实县界", "city.datav")
    screen.shot("city-imported-counties")
    assert screen.errors == []


BAD = {
    "空文件.geojson": ("", ("--crs", "EPSG:4490"), "是空文件"),
    "登录页.geojson": ("<!doctype html><html><body>登录</body></html>", (), "网页"),
    "坐标系.geojson": (FIELDS.read_text(encoding="utf-8"), ("--crs", "EPSG:1"), "坐标系"),
    "地外.geojson": (
        json.dumps({"type": "Point", "coordinates": [1e9, 24.8]}),
        ("--crs", "EPSG:4490"),
        "坐标",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_chinese_and_the_old_version_stays(
    city: City, viewer: httpx.Client, tmp_path: Path, name: str
) -> None:
    before = viewer.get("/api/v1/layers/city.fields").json()["version"]
    content, more, words = BAD[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    named = ("--layer", "city.fields", "--publish", "--json")
    done = city.call("import", tmp_path / name, *named, *more)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert set(answer) == KEYS | {"message"}
    assert (answer["outcome"], answer["version"]) == ("refused", None)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert viewer.get("/api/v1/layers/city.fields").json()["version"] == before


def test_a_forgotten_option_is_wrong_usage(city: City) -> None:
    assert city.call("import", FIELDS).returncode == 2
