"""The catalogue page on the running city: find, look, measure, count, style, roll back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.conftest import STILL, Opened
from tests.web.screen import Screen

pytestmark = pytest.mark.browser

LAYER = "water.catalogue_e2e"
PASSWORD = "Xiaoshan-Beijiang-2026"
IDENTIFIED = ".yw-identified dl"
DRAWING = "tonglan.theMap.getCanvas().style.cursor === 'crosshair'"  # the tool hears the pointer


def outfalls(file: Path, names: Mapping[str, str]) -> Path:
    """A file of outfalls along one line, by key and name."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "flow": 10 * at},
            "geometry": {"type": "Point", "coordinates": [113.55 + 0.02 * at, 24.80]},
        }
        for at, (code, name) in enumerate(names.items(), start=1)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    file.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def reviewer(city: City) -> Iterator[httpx.Client]:
    """A reviewer who has signed in and set a password; two versions of a layer are published."""
    names = {"GD-1": "北江一号口", "GD-2": "北江二号口", "GD-3": "北江三号口"}
    named = ("--layer", LAYER, "--title", "入河排污口", "--crs", "EPSG:4490", "--key", "code")
    file = city.home.parent / "入河排污口.geojson"
    city.answer("import", outfalls(file, names), *named, "--publish")
    again = {"GD-1": "北江一号口", "GD-2": "北江二号口(改)", "GD-4": "新口"}
    city.answer("import", outfalls(file, again), *named, "--publish")
    once = city.answer("users", "add", "shenhe", "--display-name", "沈核", "--role", "reviewer")
    with httpx.Client(base_url=city.url, follow_redirects=True, timeout=120) as person:
        person.post("/login", data={"name": "shenhe", "password": once["password"]})
        change = {"old": once["password"], "new": PASSWORD, "again": PASSWORD}
        assert person.post("/password", data=change).status_code == 200
        yield person


@pytest.fixture
def catalogue(opened: Opened, reviewer: httpx.Client) -> Screen:
    """The catalogue with the layer chosen and drawn, its map at rest."""
    screen = opened(f"/layers/{LAYER}", cookies=dict(reviewer.cookies))
    screen.page.wait_for_selector("text=第 2 版")
    screen.until(f"tonglan.theMap && tonglan.theMap.getLayer('{LAYER}')")
    drawn = f"tonglan.theMap.queryRenderedFeatures({{layers: ['{LAYER}']}}).length >= 3"
    return screen.until(drawn).until(STILL)


def place(screen: Screen, across: float, down: float) -> tuple[float, float]:
    box = screen.page.locator(".yw-cat-map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def at(screen: Screen, lon: float, lat: float) -> tuple[float, float]:
    """Where a position is on the screen."""
    box = screen.page.locator(".yw-cat-map canvas").bounding_box()
    assert box is not None
    x, y = screen.ask(f"(() => {{ const p = tonglan.theMap.project([{lon}, {lat}]);"
                      " return [p.x, p.y]; })()")  # fmt: skip
    return box["x"] + x, box["y"] + y


def test_a_layer_is_found_by_the_first_letters_of_its_name(opened: Opened) -> None:
    screen = opened("/layers")
    screen.page.fill("input[type=search]", "hlsx")
    screen.page.wait_for_selector(".yw-cat-list h2:has-text('1 个图层')")
    expect(screen.page.locator(".yw-cat-row b").first).to_have_text("河流水系")
    screen.page.fill("input[type=search]", "没有这样的图层")
    screen.page.wait_for_selector("text=没有符合条件的图层")
    assert screen.errors == []
    assert screen.outside == []


def test_a_visitor_sees_no_buttons_that_change_anything(opened: Opened) -> None:
    screen = opened("/layers/city.rivers")
    screen.page.wait_for_selector("text=15 个要素")
    assert screen.page.locator("text=编辑说明").count() == 0
    assert screen.page.locator("text=上传新版本").count() == 0


def test_a_feature_is_identified_by_a_click(catalogue: Screen) -> None:
    catalogue.page.mouse.click(*at(catalogue, 113.57, 24.80))
    expect(catalogue.page.locator(IDENTIFIED).first).to_contain_text("北江一号口")


def test_the_table_lists_what_is_in_view(catalogue: Screen) -> None:
    catalogue.page.click("text=视野内表格")
    catalogue.page.wait_for_selector(".yw-results td:has-text('新口')")
    expect(catalogue.page.locator(".yw-results tbody tr")).to_have_count(3)


def test_a_distance_is_measured_on_the_sphere(catalogue: Screen) -> None:
    catalogue.page.click("text=测距")
    catalogue.until(DRAWING)
    for lon in (113.4, 113.8):
        catalogue.page.mouse.click(*at(catalogue, lon, 24.8))
        catalogue.page.wait_for_timeout(350)
    catalogue.page.keyboard.press("Enter")
    catalogue.page.wait_for_selector(".yw-measured dd:has-text('km')")
    length = float(catalogue.page.inner_text(".yw-measured dd").removesuffix(" km"))
    assert length == pytest.approx(40.4, abs=0.5)  # 0.4° of a parallel at 24.8° N


def test_an_area_is_counted_summed_and_exported(catalogue: Screen) -> None:
    catalogue.page.click("text=画区统计")
    catalogue.until(DRAWING)
    for corner in ((113.5, 24.9), (113.6, 24.9), (113.6, 24.7), (113.5, 24.7)):
        catalogue.page.mouse.click(*at(catalogue, *corner))
        catalogue.page.wait_for_timeout(350)
    catalogue.page.keyboard.press("Enter")
    catalogue.page.wait_for_selector("text=范围内 2 个要素")
    assert catalogue.page.inner_text(".yw-sums tbody tr").split() == ["flow", "30", "15", "2"]
    with catalogue.page.expect_download() as told:
        catalogue.page.click("text=导出 CSV")
    rows = Path(told.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "北江一号口" in rows[1]


def test_a_style_is_seen_at_once_and_kept(catalogue: Screen, city: City) -> None:
    catalogue.page.click("[role=tab]:has-text('样式')")
    catalogue.page.select_option(".yw-cat-body select >> nth=0", "graduated")
    catalogue.page.wait_for_selector(".yw-classes tbody tr >> nth=1")
    colour = f"tonglan.theMap.getPaintProperty('{LAYER}', 'circle-color')"
    catalogue.until(f"JSON.stringify({colour}).includes('step')")
    catalogue.page.click("text=保存样式")
    catalogue.page.wait_for_selector("text=已保存")
    found = city.answer("layers", "show", LAYER)
    assert found["style"]["kind"] == "graduated"


def test_versions_are_compared_and_an_older_one_is_back_and_how_fast_is_told(
    catalogue: Screen, city: City
) -> None:
    page = catalogue.page
    page.click("[role=tab]:has-text('版本')")
    page.click("text=与上一版比较")
    page.wait_for_selector("text=+1 新增 · −1 移除 · 1 变化")
    expect(page.locator("td:has-text('北江二号口(改)')")).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("text=回退到此版")
    said = page.wait_for_selector("text=已回退到第 1 版")
    assert said is not None
    assert said.inner_text().split("(")[1].split()[0].isdigit()  # milliseconds
    assert city.answer("layers", "show", LAYER)["version"]
