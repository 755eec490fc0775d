"""The overview of the real program in a real browser: drawn, filtered, within its frame."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import expect

from tests.e2e.city import eventually
from tests.e2e.conftest import DESK, Opened
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
CITY, QUJIANG, LECHANG = "440200", "440205", "440281"
MODEL = "tonglan.board.get().model"
TOPICS = ("economy", "ecology", "water", "market", "grid")
COLOURS = """async (picture) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const pen = Object.assign(document.createElement('canvas'),
    {width: image.width, height: image.height}).getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, image.width, image.height).data;
  const found = new Map();
  for (let n = 0; n < pixels.length; n += 4) {
    const key = [0, 1, 2].map((c) => pixels[n + c] >> 3).join();
    found.set(key, (found.get(key) || 0) + 1);
  }
  return [...found.values()].filter((many) => many > pixels.length / 4 / 100).length;
}"""
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((e) => e instanceof HTMLElement
  && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1
  && getComputedStyle(e).overflowX === 'visible')
  .map((e) => `${e.className} ${e.innerText.slice(0, 30)}`)"""


def click_county(screen: Screen, code: str) -> None:
    x, y = screen.ask(
        f"""(() => {{
          const place = tonglan.board.get().boot.places.find((one) => one.code === '{code}');
          const at = tonglan.theMap.project(place.at);
          const box = tonglan.theMap.getCanvas().getBoundingClientRect();
          return [at.x + box.left, at.y + box.top];
        }})()"""
    )
    screen.page.mouse.click(x, y)


def test_the_first_page_is_drawn_without_a_single_error(visitor: Screen) -> None:
    painted = "tonglan.theMap.queryRenderedFeatures({layers: ['yw-choropleth']}).length"
    visitor.until(f"{painted} >= 10")
    assert visitor.errors == []
    assert visitor.outside == []


def test_there_are_five_cards_of_at_least_four_rows_and_ten_counties(screen: Screen) -> None:
    expect(screen.page.locator(".yw-column .yw-card")).to_have_count(5)
    expect(screen.page.locator(".yw-m-row")).to_have_count(10)
    rows = {one: screen.page.locator(f"#topic-{one} .yw-kpi").count() for one in TOPICS}
    assert all(4 <= many <= 5 for many in rows.values()), rows


def test_no_number_of_the_fresh_demo_is_missing_on_the_page(screen: Screen) -> None:
    states = f"{MODEL}.cards.flatMap((card) => card.rows).map((row) => row.indicator + row.state)"
    missing = f"{states}.filter((one) => !one.endsWith('ok'))"
    assert eventually(lambda: screen.ask(missing) == [], 120), screen.ask(missing)


def test_the_canvas_is_painted_in_several_classes(screen: Screen) -> None:
    def classes() -> int:
        canvas = screen.page.locator("#yw-map canvas").screenshot()
        found: int = screen.page.evaluate(COLOURS, base64.b64encode(canvas).decode())
        return found

    assert eventually(lambda: classes() >= 5, 120)


@pytest.mark.parametrize(("path", "shown"), [("/login", "form"), ("/api/docs", ".opblock")])
def test_the_other_pages_load_nothing_from_elsewhere_and_break_no_policy(
    opened: Opened, path: str, shown: str
) -> None:
    screen = opened("/login")
    screen.page.goto(screen.city.url + path, wait_until="networkidle")
    screen.page.wait_for_selector(shown)
    assert screen.errors == []
    assert screen.outside == []


@pytest.mark.parametrize(
    ("size", "theme"),
    [("1366x768", "dark"), ("1920x1080", "dark"), ("2560x1440", "dark"), ("1920x1080", "light")],
)
def test_nothing_overflows_at_the_usual_sizes(screen: Screen, size: str, theme: str) -> None:
    wide, high = map(int, size.split("x"))
    screen.page.set_viewport_size({"width": wide, "height": high})
    if screen.ask("tonglan.board.get().view.theme") != theme:
        screen.ask("tonglan.acts.theme()")
    screen.until(f"innerWidth === {wide} && tonglan.board.get().view.theme === '{theme}'")
    screen.page.wait_for_timeout(1500)  # so that what only shows itself later is there
    screen.shot(f"city-{size}-{theme}")
    try:
        screen.until(f"{OVERFLOWING}.length === 0")
        screen.until("document.documentElement.scrollWidth <= innerWidth")
    finally:
        over = screen.ask(OVERFLOWING)
        screen.page.set_viewport_size(DESK)
    assert over == []


def test_a_county_on_the_map_filters_every_panel_and_the_address(screen: Screen) -> None:
    before = screen.page.inner_text("#topic-economy")
    click_county(screen, QUJIANG)
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")
    for n in range(5):
        expect(screen.page.locator(".yw-card h2 small").nth(n)).to_contain_text("曲江区")
    expect(screen.page.locator("#topic-economy")).not_to_have_text(before, use_inner_text=True)
    expect(screen.page.locator(".yw-m-row.yw-dim")).to_have_count(9)
    screen.until(f"location.search.includes('region={QUJIANG}')")
    screen.page.keyboard.press("Escape")
    screen.until(f"{MODEL}.region.code === '{CITY}'")
    screen.until("!location.href.includes('region')")


def test_a_row_of_the_table_filters_too(screen: Screen) -> None:
    screen.page.click(f".yw-m-row[data-region='{LECHANG}']")
    screen.until(f"{MODEL}.region.code === '{LECHANG}'")
    screen.until(f"location.search.includes('region={LECHANG}')")


def test_a_copied_address_shows_the_same_screen(opened: Opened) -> None:
    screen = opened(f"/?region={QUJIANG}&map=ecology.aqi_hour&layers=water.sections")
    view = screen.ask("tonglan.board.get().view")
    assert (view["region"], view["map"], view["layers"]) == (
        QUJIANG,
        "ecology.aqi_hour",
        ["water.sections"],
    )
    assert screen.ask(f"{MODEL}.region.code") == QUJIANG
    screen.until("tonglan.theMap.queryRenderedFeatures({layers: ['water.sections']}).length")
    assert screen.errors == []
