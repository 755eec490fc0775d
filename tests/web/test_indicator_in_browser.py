"""The page of an indicator in a real browser: real data and routes, the paper city's map."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import harness
import pytest
import uvicorn
from playwright.sync_api import Browser
from screen import PaperCity, Screen

from app.api import indicator_pages
from app.problems import install_problems
from app.web.vendor import BrowserFilesMissing, built
from tests.api.layer_server import Gate
from tests.indicator.indicator_city import City, stocked_city

pytestmark = pytest.mark.browser

PAGE = "/indicator/toy.rate"
TRACES = "document.querySelectorAll('.yw-chart .scatterlayer .trace').length"
CHART_WORDS = "[...document.querySelectorAll('.yw-chart .annotation')].map(e => e.textContent)"
# What holds more than it can show without being made to scroll or to cut off.
OVERFLOWING = """[...document.querySelectorAll('.yw-ind *')].filter((e) => e.clientWidth > 0
  && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX === 'visible'
  && getComputedStyle(e).display !== 'inline' && !e.closest('svg')).map((e) => e.className)"""


@pytest.fixture(scope="module")
def city(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with stocked_city(module_database_url, tmp_path_factory.mktemp("topics")) as made:
        made.forecasts.on = True
        yield made


@pytest.fixture(scope="module")
def server(city: City) -> Iterator[PaperCity]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    program, board, _ = harness.paper_program(indicator_pages.router(city.services))
    install_problems(program)
    program.add_middleware(Gate)
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(
        uvicorn.Config(program, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield PaperCity(f"http://127.0.0.1:{listener.getsockname()[1]}", board)
    running.should_exit = True
    thread.join(15)
    listener.close()


@pytest.fixture(scope="module")
def desk(chromium: Browser, server: PaperCity) -> Iterator[Screen]:
    """One page for all tests at a desk: loading map and charts is what takes the time."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield opened(Screen(context.new_page(), server).watch())
    context.close()


ASKED = """tonglan.indicatorView.path('toy.rate', tonglan.indicatorView.read(location.search),
  {theme: document.documentElement.dataset.theme})"""
# Of which question the answer stands on the page.
SHOWN = f"""(() => {{
  const {{ api }} = tonglan, get = api.get;
  window.shown = {ASKED};
  api.get = (path, options) => get(path, options).then((answer) => {{
    if (path.includes('/indicator-pages/')) tonglan.painted().then(() => (window.shown = path));
    return answer;
  }});
}})()"""


def opened(desk: Screen) -> Screen:
    desk.open(PAGE).ask(SHOWN)
    return desk


def go_to(desk: Screen, query: str) -> None:
    """The same page at another address, as the back button would bring it."""
    address = f"{PAGE}?{query}" if query else PAGE
    desk.ask(f"history.pushState(null, '', '{address}'), dispatchEvent(new Event('popstate')), 1")
    desk.until(f"window.shown === {ASKED}")


def test_the_page_draws_chart_ranking_map_and_table(desk: Screen) -> None:
    go_to(desk, "")
    desk.until(f"{TRACES} >= 4")
    desk.until(f"['超限 12.0', '目标 ≤9.0%', '现在'].some((word) => {CHART_WORDS}.includes(word))")
    assert desk.ask("document.querySelectorAll('.yw-ind-row').length") == 10
    assert desk.ask("document.querySelectorAll('.yw-ind-table tbody tr').length") == 24
    desk.until("window.tonglan.theMap.queryRenderedFeatures().length > 0")
    assert desk.ask("window.tonglan.theMap.getContainer().clientHeight") > 200


def test_nothing_overflows_and_no_type_in_the_chart_is_too_small(desk: Screen) -> None:
    go_to(desk, "")
    desk.until_is(OVERFLOWING, [])
    sizes = (
        "[...document.querySelectorAll('.yw-chart text')].filter((e) => e.textContent)"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    desk.until(f"{TRACES} >= 4 && Math.min(...{sizes}) >= 12")


def test_a_row_chosen_by_key_brings_its_period_to_the_front_and_into_the_address(
    desk: Screen,
) -> None:
    go_to(desk, "")
    desk.until("document.querySelector('.yw-ind-said')?.textContent.includes('10 月')")
    desk.page.locator(".yw-ind-table tbody tr").nth(4).focus()
    desk.page.keyboard.press("Enter")
    desk.until("location.search.includes('period=2026-06')")
    desk.until("document.querySelector('.yw-ind-said')?.textContent.includes('还没有数据')")
    desk.until_is("document.querySelector('.yw-ind-number').textContent", "—")


def test_a_county_is_drilled_into_and_escape_goes_up_again(desk: Screen) -> None:
    go_to(desk, "")
    desk.page.locator(".yw-ind-row").nth(1).click()
    desk.until("location.search.includes('region=4402')")
    desk.until("document.querySelectorAll('.yw-ind-crumbs button').length === 1")
    desk.page.keyboard.press("Escape")
    desk.until("new URLSearchParams(location.search).get('region') === '440200'")
    desk.until("document.querySelectorAll('.yw-ind-crumbs button').length === 0")


def test_pointing_at_a_county_in_the_ranking_dims_the_other_lines(desk: Screen) -> None:
    go_to(desk, "compare=440203,440204")
    desk.until(f"{CHART_WORDS}.includes('武江')")
    desk.page.locator(".yw-ind-row", has_text="武江区").hover()
    traces = "[...document.querySelectorAll('.yw-chart .trace')]"
    desk.until(f"{traces}.filter((one) => one.style.opacity === '0.3').length === 2")


def test_the_past_is_marked_and_left_with_one_click(desk: Screen) -> None:
    go_to(desk, "as_of=2026-09-10")
    desk.until("document.querySelector('.yw-ind-replay')")
    assert "回放 截至 2026-09-10" in desk.ask(
        "document.querySelector('.yw-ind-replay').textContent"
    )
    desk.page.locator(".yw-ind-replay button").click()
    desk.until("!document.querySelector('.yw-ind-replay') && !location.search.includes('as_of')")


def test_a_pushed_value_is_shown_without_reloading_the_page(desk: Screen) -> None:
    opened(desk).heard().ask("window.sameDocument = true")  # on a stream that speaks
    asked: list[str] = []
    desk.page.on("request", lambda one: asked.append(one.url))
    row = ["toy.rate", "440200", "2026-10-01T00:00:00+08:00", 8.4, "ok", None]
    desk.city.tell("push", {"delta": [row]})
    desk.until_here(lambda: any("/indicator-pages/toy.rate?" in one for one in asked))
    assert desk.ask("window.sameDocument")


def test_the_chart_can_be_saved_as_a_picture(desk: Screen) -> None:
    go_to(desk, "")
    with desk.page.expect_download() as saved:
        desk.page.locator(".yw-ind-exports button").click()
    assert saved.value.suggested_filename == "韶关市漏损率.png"


def test_the_dark_theme_redraws_the_chart_in_its_own_colours(desk: Screen) -> None:
    go_to(desk, "")
    ink = "getComputedStyle(document.querySelector('.yw-chart .xtick text')).fill"
    desk.until(ink)
    light = desk.ask(ink)
    desk.page.locator(".yw-workhead .yw-link").first.click()
    desk.until(f"{ink} !== '{light}'")
    assert "theme=dark" in desk.ask("location.search")


def test_an_unknown_indicator_says_so(desk: Screen) -> None:
    with desk.page.context.new_page() as other:
        other.goto(f"{desk.city.url}/indicator/toy.secret")
        other.wait_for_selector(".yw-failure")
        assert "登录" in other.text_content(".yw-failure")  # type: ignore[operator]


def test_on_a_phone_nothing_is_wider_than_the_screen(chromium: Browser, server: PaperCity) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    phone = Screen(context.new_page(), server).watch().open(f"{PAGE}?theme=dark")
    phone.until("document.getElementById('yw-content').scrollWidth <= 390")
    phone.until_is(OVERFLOWING, [])
    assert phone.errors == []
    context.close()


def test_the_console_stayed_clean_and_nothing_was_fetched_from_outside(desk: Screen) -> None:
    assert desk.errors == []
    assert desk.outside == []
