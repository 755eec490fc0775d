"""The overview of the real program in a real browser: drawn, filtered, within its frame."""

from __future__ import annotations

import base64

import pytest

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
    assert visitor.ask(painted) >= 10
    assert visitor.errors == []
    assert visitor.outside == []


def test_there_are_five_cards_of_at_least_four_rows_and_ten_counties(screen: Screen) -> None:
    rows = {one: screen.page.locator(f"#topic-{one} .yw-kpi").count() for one in TOPICS}
    assert screen.page.locator(".yw-column .yw-card").count() == 5
    assert all(4 <= many <= 5 for many in rows.values()), rows
    assert screen.page.locator(".yw-m-row").count() == 10


def test_no_number_of_the_fresh_demo_is_missing_on_the_page(screen: Screen) -> None:
    states = f"{MODEL}.cards.flatMap((card) => card.rows).map((row) => row.indicator + row.state)"
    assert [one for one in screen.ask(states) if not one.endswith("ok")] == []


def test_the_canvas_is_painted_in_several_classes(screen: Screen) -> None:
    canvas = screen.page.locator("#yw-map canvas").screenshot()
    assert screen.page.evaluate(COLOURS, base64.b64encode(canvas).decode()) >= 5


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
    screen.page.wait_for_timeout(1500)
    screen.shot(f"city-{size}-{theme}")
    over = screen.ask(OVERFLOWING)
    fits = screen.ask("document.documentElement.scrollWidth <= innerWidth")
    screen.page.set_viewport_size(DESK)
    assert over == []
    assert fits


def test_a_county_on_the_map_filters_every_panel_and_the_address(screen: Screen) -> None:
    before = screen.page.inner_text("#topic-economy")
    click_county(screen, QUJIANG)
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'", 5)
    titles = screen.page.locator(".yw-card h2 small").all_inner_texts()[:5]
    assert all("曲江区" in title for title in titles)
    assert screen.page.inner_text("#topic-economy") != before
    assert screen.page.locator(".yw-m-row.yw-dim").count() == 9
    assert f"region={QUJIANG}" in screen.page.url
    screen.page.keyboard.press("Escape")
    screen.until(f"{MODEL}.region.code === '{CITY}'", 5)
    assert "region" not in screen.page.url


def test_a_row_of_the_table_filters_too(screen: Screen) -> None:
    screen.page.click(f".yw-m-row[data-region='{LECHANG}']")
    screen.until(f"{MODEL}.region.code === '{LECHANG}'", 5)
    assert f"region={LECHANG}" in screen.page.url


def test_a_copied_address_shows_the_same_screen(opened: Opened) -> None:
    screen = opened(f"/?region={QUJIANG}&map=ecology.aqi_hour&layers=water.sections")
    view = screen.ask("tonglan.board.get().view")
    assert (view["region"], view["map"], view["layers"]) == (
        QUJIANG,
        "ecology.aqi_hour",
        ["water.sections"],
    )
    assert screen.ask(f"{MODEL}.region.code") == QUJIANG
    screen.until("tonglan.theMap.queryRenderedFeatures({layers: ['water.sections']}).length", 10)
    assert screen.errors == []
