"""The whole wizard on the real program: a GBK shapefile, a clerk, a reviewer, everybody's map."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from shapely import Point

from app.demo.layers import demo_layers
from tests.e2e.city import City
from tests.e2e.people import PATIENCE
from tests.web.screen import Screen

pytestmark = pytest.mark.browser

LAYER = "water.outfalls_e2e"
PASSWORD = "Beijiang-2026-Danxia"
TOWNS = ("马坝镇", "大塘镇", "樟市镇", "白土镇", "乌石镇", "沙溪镇")
CLASSES = ("Ⅱ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅰ")
IDLE = (
    "(({submission, saving}) => submission && !saving && !tonglan.deskState.busy(submission))"
    "(tonglan.desk.get())"
)
Enter = Callable[[str], Screen]


def demo(layer: str) -> gpd.GeoDataFrame:
    found = next(one for one in demo_layers() if one.id == layer)
    return found.frame(datetime.now(UTC))


def outfalls(rows: int) -> gpd.GeoDataFrame:
    """Points beside the rivers in CGCS2000 zone 38, each with a Chinese name."""
    dice = np.random.default_rng(11)
    rivers = list(demo("city.rivers").geometry)
    along = [
        rivers[n % len(rivers)].interpolate(dice.random(), normalized=True) for n in range(rows)
    ]
    table = {
        "排口编码": [f"GD0440-{n:03}" for n in range(rows)],
        "排口名称": [f"{TOWNS[n % len(TOWNS)]}{n}号排口" for n in range(rows)],
        "水质类别": [CLASSES[n % len(CLASSES)] for n in range(rows)],
        "日期": [f"2026-10-{n % 28 + 1:02}" for n in range(rows)],
    }
    points = [Point(p.x + dice.normal(0, 4e-4), p.y + dice.normal(0, 4e-4)) for p in along]
    return gpd.GeoDataFrame(table, geometry=points, crs=4490).to_crs(4526)


def zipped(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """As many a bureau's program exports it: GBK, no .cpg, in a sub-folder."""
    folder = path.with_suffix("")
    folder.mkdir()
    frame.to_file(folder / "入河排污口.shp", encoding="GBK", engine="pyogrio")
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix != ".cpg":
                archive.write(part, f"导出/{part.name}")
    return path


@pytest.fixture(scope="module")
def people(city: City, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One-time passwords of a clerk and a reviewer; the city trusts its borders."""
    outline = tmp_path_factory.mktemp("outline") / "counties.geojson"
    demo("city.counties").to_file(outline, driver="GeoJSON")
    city.answer("reference", "set", "outline", outline, "--crs", "EPSG:4490")
    made = {}
    for name, shown, role in (("e2e-li", "李文", "clerk"), ("e2e-zhou", "周敏", "reviewer")):
        named = ("--display-name", shown, "--role", role, "--topic", "water")
        made[name] = city.answer("users", "add", name, *named)["password"]
    return made


@pytest.fixture(scope="module")
def enter(chromium: Browser, city: City, people: dict[str, str]) -> Iterator[Enter]:
    """The window of a person who has signed in; the same one when asked again."""
    windows: dict[str, tuple[BrowserContext, Screen]] = {}

    def window(name: str) -> Screen:
        if name not in windows:
            context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            context.set_default_timeout(PATIENCE)
            screen = Screen(context.new_page(), city).watch()
            windows[name] = (context, screen)
            sign_in(screen, name, people[name])
        return windows[name][1]

    yield window
    for context, _ in windows.values():
        context.close()


def sign_in(screen: Screen, name: str, once: str) -> None:
    page = screen.page
    page.goto(f"{screen.city.url}/login?next=/upload")
    page.fill("[name=name]", name)
    page.fill("[name=password]", once)
    page.click("button[type=submit]")
    page.wait_for_url("**/password*")
    page.fill("[name=old]", once)
    page.fill("[name=new]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/password" not in url)


STANDING = """(() => { const now = tonglan.desk.get().submission || {};
    return JSON.stringify([now.state, now.question, now.message, now.job]); })()"""


def wait(screen: Screen, state: str) -> Screen:
    try:
        return screen.until(f"tonglan.desk.get().submission?.state === '{state}'", 240).until(IDLE)
    except AssertionError as wrong:
        raise AssertionError(f"not {state}: {screen.ask(STANDING)}") from wrong


def hand_in(screen: Screen, file: Path) -> None:
    """From the chosen file to what was found in it."""
    screen.page.set_input_files("input[type=file]", file)
    screen.until("tonglan.desk.get().transfer?.state === 'done'", 240)
    screen.page.get_by_role("button", name="下一步:识别").click()
    wait(screen, "checked")


def submit(screen: Screen) -> str:
    screen.page.get_by_role("button", name="下一步:审核").click()
    screen.page.get_by_role("button", name="提交审核").click()
    wait(screen, "submitted")
    return str(screen.ask("location.pathname"))


def live(city: City, enter: Enter, name: str = "e2e-zhou") -> dict[str, Any]:
    """The layer as a person of the topic sees it in the catalogue."""
    cookies = {one["name"]: one["value"] for one in enter(name).page.context.cookies()}
    answer = httpx.get(f"{city.url}/api/v1/layers/{LAYER}", cookies=cookies, timeout=120)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["live"]
    return found


def test_whoever_has_not_signed_in_is_sent_there_and_back(city: City) -> None:
    answer = httpx.get(f"{city.url}/upload", headers={"Accept": "text/html"}, timeout=120)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/upload")


def test_a_gbk_shapefile_goes_from_the_clerk_over_the_reviewer_to_the_map(
    city: City, enter: Enter, tmp_path: Path
) -> None:
    frame = outfalls(120)
    frame.loc[40, "日期"] = "2026.9.31"
    file = zipped(frame, tmp_path / "入河排污口_2026年9月.zip")
    clerk = enter("e2e-li").open("/upload")
    page = clerk.page
    page.get_by_text("新建图层").click()
    page.get_by_label("标题").fill("入河排污口")
    page.get_by_label("专题").select_option("water")
    page.get_by_label("编号").fill(LAYER)
    page.get_by_label("主键字段").fill("排口编码")
    hand_in(clerk, file)
    expect(page.locator(".yw-found")).to_contain_text("GBK")
    expect(page.locator(".yw-found")).to_contain_text("EPSG:4526")
    page.locator("tr", has_text="2026.9.31").get_by_role("button", name="逐行编辑").click()
    page.get_by_label("第 41 行 日期").fill("2026-09-30")
    page.get_by_role("button", name="保存并重新检查").click()
    clerk.until("!document.querySelector('.yw-dialog')")
    clerk.until("tonglan.desk.get().submission.report?.checks?.manual === 0", 240).until(IDLE)
    address = submit(clerk)
    expect(page.get_by_role("button", name="通过")).to_have_count(0)
    clerk.shot("upload-wizard-clerk")

    reviewer = enter("e2e-zhou").open("/submissions")
    expect(reviewer.page.locator(".yw-list-table")).to_contain_text("李文")
    reviewer.open(address)
    reviewer.page.get_by_role("button", name="通过", exact=True).click()
    reviewer.page.get_by_role("dialog").get_by_role("button", name="通过").click()
    wait(reviewer, "published")
    assert live(city, enter)["features"] == 120
    reviewer.open(f"/?layers={LAYER}")
    drawn = f"tonglan.theMap.queryRenderedFeatures({{layers: ['{LAYER}']}}).length > 0"
    reviewer.until(drawn, 240)
    assert (clerk.errors, clerk.outside) == ([], [])
    assert (reviewer.errors, reviewer.outside) == ([], [])


def test_a_second_version_is_returned_with_a_reason_and_its_uploader_sees_it(
    city: City, enter: Enter, tmp_path: Path
) -> None:
    frame = outfalls(126)
    frame.loc[3:6, "水质类别"] = "劣Ⅴ"
    clerk = enter("e2e-li").open(f"/upload?layer={LAYER}")
    clerk.page.get_by_label("说明").fill("10 月")
    hand_in(clerk, zipped(frame, tmp_path / "入河排污口_2026年10月.zip"))
    address = submit(clerk)
    reviewer = enter("e2e-zhou").open(address)
    expect(reviewer.page.locator(".yw-decision")).to_contain_text("10 月")
    expect(reviewer.page.locator(".yw-publish")).to_contain_text("+6 新增")
    reviewer.page.get_by_label("审核意见").fill("劣Ⅴ类请附监测报告")
    reviewer.page.get_by_role("button", name="退回").click()
    wait(reviewer, "returned")
    clerk.open(address)
    expect(clerk.page.locator(".yw-notice-warn").first).to_contain_text("劣Ⅴ类请附监测报告")
    assert live(city, enter)["features"] == 120
