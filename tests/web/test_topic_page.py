"""The page of a topic in a real browser, on the paper city: links, drill, twins, keys, live."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import harness
import pytest
import uvicorn
from paper_topic import PaperTopic
from playwright.sync_api import Browser, Route
from screen import PaperCity, Screen

from app.web.vendor import BrowserFilesMissing, built

pytestmark = pytest.mark.browser
PAGE = "/topic/water"
STATE = "tonglan.board.get()"
# What holds more than it can show without being made to scroll or to cut off.
OVERFLOWING = """[...document.querySelectorAll('.yw-tp *')].filter((e) => e instanceof HTMLElement && e.clientWidth > 0
  && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX === 'visible'
  && getComputedStyle(e).display !== 'inline' && !e.closest('.maplibregl-map, .js-plotly-plot, .yw-tp-marks')).map((e) => e.className)"""


@pytest.fixture(scope="module")
def topic() -> PaperTopic:
    return PaperTopic()


@pytest.fixture(scope="module")
def server(topic: PaperTopic) -> Iterator[PaperCity]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    program, board, _ = harness.paper_program(topic.router())
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


# Like a phone that saves data: nothing is asked for in idle time, unless a test lets it.
FRUGAL = """window.frugal = true;
Object.defineProperty(Object.getPrototypeOf(navigator.connection), 'saveData', {get: () => window.frugal});"""


@pytest.fixture(scope="module")
def wall(chromium: Browser, server: PaperCity) -> Iterator[Screen]:
    """One page for all tests: loading map and charts is what takes the time."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    context.add_init_script(FRUGAL)
    screen = Screen(context.new_page(), server).watch().open(PAGE)
    screen.ask(COUNTED)
    yield screen
    context.close()


# How many answers of the server the page waits for; one has been shown when it no longer counts.
COUNTED = """(() => {
  const { api } = tonglan, get = api.get;
  window.awaited = 0;
  api.get = (...asked) => {
    window.awaited += 1;
    return get(...asked).finally(() => setTimeout(() => (window.awaited -= 1)));
  };
})()"""


def go_to(wall: Screen, query: str = "") -> None:
    """The same page at another address, as the back button would bring it."""
    address = f"{PAGE}?{query}" if query else PAGE
    wall.ask(f"history.pushState(null, '', '{address}'), dispatchEvent(new Event('popstate')), 1")
    wanted = dict(part.split("=") for part in query.split("&") if part)
    site, region = wanted.get("site", ""), wanted.get("region", "440200")
    wall.until(
        f"!window.awaited && ({STATE}.page.site?.code ?? '') === '{site}' && ('{site}' || {STATE}.page.region.code === '{region}')"
    )


# The map shows the whole city, as after a flight home, and flies no more.
AT_HOME = """((map, all) => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const side = (n, pick) => pick(...all.map((one) => one.bounds[n]));
  const city = [[side(0, Math.min), side(1, Math.min)], [side(2, Math.max), side(3, Math.max)]];
  return !map.isMoving() && Math.abs(map.getZoom() - map.cameraForBounds(city, {padding: rem, maxZoom: 12}).zoom) < 0.001;
})(tonglan.theMap, tonglan.board.get().boot.places)"""


def at_rest(wall: Screen) -> None:
    """At the city, its map standing where it belongs and nothing under the pointer."""
    go_to(wall)
    wall.page.mouse.move(5, 5)
    wall.until(f"!window.awaited && {AT_HOME}")


def test_every_panel_is_drawn_with_owner_time_and_freshness(wall: Screen) -> None:
    go_to(wall)
    assert wall.page.locator(".yw-tp-panel").count() == 7
    wall.until("document.querySelectorAll('.yw-tp-kind-trend .scatterlayer .trace').length >= 2")
    wall.until("document.querySelectorAll('.yw-tp-mark').length === 12")
    feet = wall.ask("[...document.querySelectorAll('.yw-tp-source')].map((e) => e.textContent)")
    assert all("局" in foot for foot in feet)
    assert wall.page.locator(".yw-tp-panel .yw-tp-fresh").count() == 7
    wall.until("tonglan.theMap.queryRenderedFeatures({layers: ['yw-tp-counties']}).length > 9")
    assert wall.ask("document.querySelector('.yw-approval').textContent").startswith("数据日期")


def test_a_row_and_its_mark_are_lit_together(wall: Screen) -> None:
    at_rest(wall)
    wall.page.hover("tr[data-code=SGDM11]")
    wall.until("document.querySelector('.yw-tp-mark[data-site=SGDM11].yw-tp-hovered')")
    wall.page.hover(".yw-tp-mark[data-site=SGDM09] > button")
    wall.until("document.querySelector('tr[data-code=SGDM09].yw-tp-hovered')")
    assert wall.page.locator("tr.yw-tp-hovered").count() == 1


def test_a_site_chosen_on_the_map_is_followed_by_chart_and_values_and_escape_leaves_it(
    wall: Screen,
) -> None:
    at_rest(wall)
    wall.page.click(".yw-tp-mark[data-site=SGDM11] > button")
    wall.until(
        "document.querySelector('.yw-tp-kind-trend .yw-tp-title').textContent === '官渡 · 氨氮'"
    )
    wall.until("document.querySelector('tr[data-code=SGDM11].yw-tp-chosen')")
    assert "site=SGDM11" in wall.ask("location.search")
    popup = wall.page.locator(".yw-tp-mark[data-site=SGDM11] .yw-tp-popup")
    assert "下游 6.4 km 取水口" in popup.inner_text()
    assert wall.page.inner_text(".yw-tp-crumbs b") == "官渡"
    wall.page.keyboard.press("Escape")
    wall.until("!location.search.includes('site=')")
    wall.until(f"{STATE}.page.site === null")


def test_an_item_of_the_present_values_comes_into_the_chart(wall: Screen) -> None:
    go_to(wall, "site=SGDM07")
    wall.page.click(".yw-tp-kind-current tbody tr:nth-child(2) td:first-child")
    wall.until(
        "document.querySelector('.yw-tp-kind-trend .yw-tp-title').textContent === '马坝河口 · 总磷'"
    )
    assert "item=water.tp" in wall.ask("location.search")


def test_a_click_on_a_county_drills_in_with_one_request_and_back_returns(
    wall: Screen, topic: PaperTopic
) -> None:
    at_rest(wall)
    asked = len(topic.asked)
    x, y = wall.ask(
        "(() => { const p = tonglan.theMap.project([114.02, 24.5]); const r = tonglan.theMap.getCanvas().getBoundingClientRect(); return [p.x + r.left, p.y + r.top]; })()"
    )
    wall.page.mouse.click(x, y)
    wall.until(f"{STATE}.page.region.code === '440229'")
    assert [one for one in topic.asked[asked:] if "440229" in one] == ["region=440229"]
    assert wall.ask("location.search").startswith("?region=440229")
    assert wall.page.locator(".yw-tp-kind-table tbody tr").count() == 1
    wall.page.go_back()
    wall.until(f"{STATE}.page.region.code === '440200'")
    wall.until("document.querySelectorAll('.yw-tp-kind-table tbody tr').length === 12")


def test_what_is_pointed_at_is_asked_for_before_it_is_clicked(
    wall: Screen, topic: PaperTopic
) -> None:
    at_rest(wall)
    asked = len(topic.asked)
    wall.page.hover(".yw-tp-rank[data-code='440222']")
    wall.until_here(lambda: "region=440222" in topic.asked[asked:])
    assert topic.asked[asked:].count("region=440222") == 1
    assert wall.ask(f"{STATE}.page.region.code") == "440200"


def _asked_at_rest(wall: Screen, topic: PaperTopic, below: list[str]) -> list[str]:
    """What was asked for below the city after somebody came there, until it was half of all."""
    go_to(wall, "region=440205")
    wall.page.mouse.move(5, 5)
    begun = len(topic.asked)
    go_to(wall)

    def asked() -> list[str]:
        return [one for one in topic.asked[begun:] if one in below]

    wall.until_here(lambda: len(asked()) * 2 >= len(below))
    return asked()


def test_what_lies_next_is_asked_for_while_somebody_rests_and_no_more(
    wall: Screen, topic: PaperTopic
) -> None:
    wall.ask("window.frugal = false, 1")
    below = wall.ask(f"{STATE}.boot.places.map((one) => 'region=' + one.code)")
    try:
        ahead = _asked_at_rest(wall, topic, below)
        assert len(ahead) == len(set(ahead))  # each of them once
        assert wall.ask(f"{STATE}.page.region.code") == "440200"
        code = ahead[-2].removeprefix("region=")  # the last one may be on its way yet
        shown = wall.ask(f"tonglan.acts.region('{code}'), {STATE}.page.region.code")
        assert shown == code  # in the very moment it is asked for
    finally:
        wall.ask("window.frugal = true, 1")


def test_a_page_that_nobody_sees_asks_for_nothing_ahead(wall: Screen, topic: PaperTopic) -> None:
    wall.ask(
        "window.frugal = false, Object.defineProperty(document, 'hidden', {get: () => true, configurable: true}), 1"
    )
    try:
        go_to(wall, "region=440204")
        begun = len(topic.asked)
        wall.ask(
            "window.looked = 0, window.requestIdleCallback = (act) => setTimeout(() => (window.looked += 1, act())), 1"
        )
        go_to(wall, "region=440205")
        wall.until("window.looked && !window.awaited")  # the time of rest is over
        assert set(topic.asked[begun:]) <= {"region=440205"}
    finally:
        wall.ask("window.frugal = true, delete document.hidden, 1")


def test_marks_that_lie_on_each_other_become_dots_but_never_the_bad_one(
    wall: Screen, topic: PaperTopic
) -> None:
    def crowd(answer: dict[str, Any]) -> dict[str, Any]:
        for mark in answer["map"]["marks"]:
            mark["lon"], mark["lat"] = 113.6, 24.8
        return answer

    topic.edit = crowd
    try:
        go_to(wall, "region=440205")  # answers of the city may still be kept
        go_to(wall, "tab=quality")
        wall.until("document.querySelectorAll('.yw-tp-small').length > 5")
        assert wall.ask("document.querySelectorAll('.yw-tp-worst.yw-tp-small').length") == 0
    finally:
        topic.edit = lambda answer: answer


ALERT = {
    "id": "a1", "level": "红", "title": "马坝河口氨氮 2.31 mg/L", "place": "曲江区 · 马坝河口", "state": "未确认",
    "elapsed_text": "12 分 04 秒", "site": "SGDM07", "case": {"state": "派遣"}, "drill": False,
}  # fmt: skip

SIGNED_IN = "tonglan.board.set({boot: {...tonglan.board.get().boot, work: {signed: true}}}), 1"


def test_the_card_of_open_alerts_lists_acknowledges_and_leads_to_the_rest(
    wall: Screen, topic: PaperTopic
) -> None:
    """处置: the gravest two, the first acknowledged in place, the others in the alert centre."""
    asked: list[str] = []
    state = {"now": "未确认"}

    def answer(route: Route) -> None:
        asked.append(route.request.method + " " + route.request.url)
        if route.request.method == "POST":
            state["now"] = "已确认"
            return route.fulfill(json={})
        items = [ALERT | {"state": state["now"]}, ALERT | {"id": "a2", "level": "蓝"}]
        return route.fulfill(json={"items": items, "total": 5})

    def with_card(answer: dict[str, Any]) -> dict[str, Any]:
        shown = {"topic": "water", "region": answer["region"]["code"], "place": "韶关市"}
        card = answer["panels"][-1] | {"id": "p8", "kind": "alerts", "state": "ok", "message": ""}
        answer["panels"] = [*answer["panels"][:-1], card | {"data": shown}]
        return answer

    topic.edit = with_card
    wall.page.route("**/api/v1/alerts**", answer)
    try:
        go_to(wall, "region=440205")
        go_to(wall, "tab=quality&region=440229")
        wall.until_here(lambda: any("region=440229" in one for one in asked))
        wall.until("!window.awaited && document.querySelectorAll('.yw-tp-alert').length === 2")
        said = wall.page.inner_text(".yw-tp-alert:first-child")
        assert "马坝河口氨氮 2.31 mg/L" in said
        assert "派遣" in said
        assert wall.page.locator(".yw-tp-alert .yw-button").count() == 0  # nobody signed in
        wall.ask(SIGNED_IN)
        wall.until("document.querySelectorAll('.yw-tp-alert .yw-button').length === 1")
        wall.page.click(".yw-tp-alert .yw-button")
        wall.until("document.querySelector('.yw-tp-alert').textContent.includes('已确认')")
        assert any(one.startswith("POST") and one.endswith("/a1/ack") for one in asked)
        assert "5" in wall.page.inner_text(".yw-tp-alerts > li:last-child")
    finally:
        topic.edit = lambda answer: answer
        wall.page.unroute("**/api/v1/alerts**")
        go_to(wall, "region=440205")


def test_the_breadcrumb_leads_from_a_site_to_its_county_and_to_the_city(wall: Screen) -> None:
    go_to(wall, "region=440205&site=SGDM07")
    steps = wall.ask("[...document.querySelectorAll('.yw-crumb')].map((e) => e.textContent)")
    assert steps == ["韶关市", "›智慧水务", "›水质断面", "›曲江区", "›马坝河口"]
    wall.page.click(".yw-crumb:nth-child(4) button")
    wall.until(f"{STATE}.page.site === null && {STATE}.page.region.code === '440205'")
    wall.page.keyboard.press("Escape")
    wall.until(f"{STATE}.page.region.code === '440200'")


def test_every_drawing_has_a_table_twin_with_its_numbers(wall: Screen) -> None:
    go_to(wall)
    drawn = wall.ask(
        "[...document.querySelectorAll('.yw-tp-kind-ranking .yw-tp-rank')].map((e) => e.textContent)"
    )
    for panel in ("p1", "p2", "p3", "p4", "p5"):
        wall.page.click(f"#panel-{panel} [title='换成数据表']")
        wall.until(f"document.querySelector('#panel-{panel} .yw-tp-twin tbody tr')")
    twin = wall.ask(
        "[...document.querySelectorAll('#panel-p4 .yw-tp-twin tbody tr')].map((e) => e.textContent)"
    )
    assert twin == drawn
    for panel in ("p1", "p2", "p3", "p4", "p5"):
        wall.page.click(f"#panel-{panel} [title='换回图']")


def test_a_number_opens_its_explanation_and_escape_closes_only_that(wall: Screen) -> None:
    go_to(wall, "site=SGDM07")
    wall.page.click(".yw-tp-kind-current .yw-tp-value")
    wall.page.wait_for_selector("[role=dialog]")
    assert "explain=water.nh3n|SGDM07" in wall.ask("decodeURIComponent(location.search)")
    wall.page.keyboard.press("Escape")
    wall.until("!document.querySelector('[role=dialog]')")
    assert wall.ask(f"{STATE}.view.site") == "SGDM07"


def test_a_forbidden_panel_says_who_grants_and_a_missing_value_is_no_zero(wall: Screen) -> None:
    go_to(wall)
    assert wall.page.inner_text("#panel-p7 .yw-tp-trouble") == "需市生态环境局授权"
    assert wall.page.locator("#panel-p7 button").count() == 0
    gone = wall.page.locator(".yw-tp-kpi .yw-tp-gone")
    assert gone.inner_text() == "—"
    assert gone.get_attribute("title") == "缺测 · 迟 2 时"


def test_a_fourth_layer_asks_which_to_take_away(wall: Screen) -> None:
    go_to(wall)
    boxes = wall.page.locator(".yw-tp-layers [role=checkbox]")
    boxes.nth(2).click()
    boxes.nth(3).click()
    wall.until(
        "[...document.querySelectorAll('.yw-swap button')].map((e) => e.innerText).join() === '水质断面,河流水系,网格事件'"
    )
    wall.page.click(".yw-swap button:nth-of-type(3)")
    wall.until(
        "new URLSearchParams(location.search).get('layers') === 'water.sections,city.rivers,ecology.air_stations'"
    )
    boxes.nth(0).click()
    wall.until("document.querySelectorAll('.yw-tp-mark').length === 0")


def test_a_new_value_reads_only_the_panel_that_shows_it(wall: Screen, topic: PaperTopic) -> None:
    at_rest(wall)
    wall.heard()
    asked = len(topic.asked)
    delta = ["water.level_shaoguan", "440200", "2026-11-20T10:24:00+08:00", 52.4, "ok", ""]
    wall.city.tell("push", {"delta": [delta]})
    wall.until_here(lambda: len(topic.asked) > asked)
    assert topic.asked[asked:] == ["panel=p6"]


def test_a_failed_reading_keeps_the_page_and_offers_another_try(
    wall: Screen, topic: PaperTopic
) -> None:
    go_to(wall)
    topic.edit = lambda answer: {}["gone"]
    wall.ask("tonglan.acts.region('440205'), 1")
    wall.page.wait_for_selector(".yw-tp .yw-bar-line[role=alert]")
    assert wall.page.locator(".yw-tp-panel").count() == 7
    topic.edit = lambda answer: answer
    wall.page.click(".yw-tp .yw-bar-line button")
    wall.until(f"{STATE}.page.region.code === '440205' && !{STATE}.failure")
    wall.until_here(lambda: any("500" in one for one in wall.errors))
    wall.errors[:] = [one for one in wall.errors if "500" not in one]


def test_the_exports_ask_for_what_is_on_the_page(wall: Screen) -> None:
    go_to(wall, "region=440205&site=SGDM07")
    wall.page.click(".yw-tp-export > button")
    wall.until("document.querySelector('.yw-tp-export a')")
    links = wall.ask(
        "[...document.querySelectorAll('.yw-tp-export a')].map((e) => e.getAttribute('href'))"
    )
    assert (
        "/api/v1/topic-pages/water/export?region=440205&tab=quality&site=SGDM07&panel=p3&format=csv"
        in links
    )
    assert not [one for one in links if "panel=p7" in one]
    wall.page.keyboard.press("Escape")
    wall.until("!document.querySelector('.yw-tp-export a')")
    assert wall.ask(f"{STATE}.view.site") == "SGDM07"


def test_a_figure_without_axes_is_drawn_and_one_that_cannot_be_spares_the_page(
    wall: Screen, topic: PaperTopic
) -> None:
    rose = {"type": "barpolar", "r": [1, 2], "theta": ["北", "南"]}
    figures = [{"data": [rose], "layout": {}}, {"data": [rose], "layout": {"polar": 1, "xaxis": 5}}]

    def edit(answer: dict[str, Any]) -> dict[str, Any]:
        for panel, figure in zip(answer["panels"][3:5], figures, strict=True):
            panel.update(kind="windrose", figure=figure)
        return answer

    topic.edit = edit
    go_to(wall, "tab=quality&region=440222")  # not kept from before
    topic.edit = lambda answer: answer
    wall.until("document.querySelector('#panel-p4 .barlayer, #panel-p4 .polar')")
    assert wall.page.locator(".yw-tp-panel").count() == 7
    wall.page.keyboard.press("?")
    wall.page.wait_for_selector(".yw-keys")
    wall.page.keyboard.press("?")
    wall.until("!document.querySelector('.yw-keys')")
    assert wall.page.locator(".yw-tp-panel").count() == 7


def test_a_list_is_walked_with_the_arrows_and_enter_chooses(wall: Screen) -> None:
    go_to(wall)
    wall.page.locator(".yw-tp-kind-table tbody tr").nth(0).focus()
    wall.page.keyboard.press("ArrowDown")
    wall.page.keyboard.press("ArrowDown")
    wall.until("document.activeElement.dataset.code === 'SGDM05'")
    wall.page.keyboard.press("Enter")
    wall.until("location.search.includes('site=SGDM05')")


def test_nothing_overflows_and_no_type_is_too_small(wall: Screen) -> None:
    go_to(wall)
    wall.until_is(OVERFLOWING, [])
    sizes = wall.ask(
        "[...document.querySelectorAll('.yw-tp *')].filter((e) => e instanceof HTMLElement && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


CUT = """[...document.querySelectorAll('.yw-tp-ranking, .yw-tp-kpis, .yw-tp-scroll')].map((box) => {
  const ends = [...box.querySelectorAll('[data-row], [data-code]')].map((one) => one.getBoundingClientRect());
  const bottom = box.getBoundingClientRect().bottom;
  return {rows: ends.length, cut: ends.filter((one) => one.top < bottom - 1 && one.bottom > bottom + 1).length, hidden: ends.filter((one) => one.top >= bottom - 1).length};
})"""


def test_in_a_full_column_no_row_is_half_cut_and_short_lists_show_every_row(
    wall: Screen, topic: PaperTopic
) -> None:
    def edit(answer: dict[str, Any]) -> dict[str, Any]:
        ranking = next(one for one in answer["panels"] if one["kind"] == "ranking")
        rows = [dict(ranking["data"]["rows"][n % 3], code=f"9902{n:02d}") for n in range(60)]
        more = [
            ranking | {"id": f"q{n}", "data": ranking["data"] | {"rows": rows[:many]}}
            for n, many in enumerate((13, 60, 15))
        ]
        kept = [one for one in answer["panels"] if one["area"] != "right"]
        answer["panels"] = kept + [one | {"area": "right"} for one in more]
        return answer

    lowest = "Math.max(...[...document.querySelectorAll('.yw-tp-right > *')].map((one) => one.getBoundingClientRect().bottom))"
    topic.edit = edit
    try:
        go_to(wall, "tab=quality&region=440281")  # not kept from before
        wall.until("document.querySelector('#panel-q2')")
        wall.until(
            f"({CUT}).every((one) => !one.cut && (one.rows > 16 || !one.hidden)) && {lowest} <= 1080"
        )
        found = wall.ask(CUT)
    finally:
        topic.edit = lambda answer: answer
    assert sorted(one["rows"] for one in found)[-3:] == [13, 15, 60]
    assert any(one["hidden"] for one in found)
    go_to(wall)


def test_the_console_stayed_clean_and_nothing_was_fetched_from_outside(wall: Screen) -> None:
    assert wall.errors == []
    assert wall.outside == []


def test_on_a_phone_a_copied_address_shows_the_same_and_nothing_is_wider_than_the_screen(
    chromium: Browser, server: PaperCity
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    phone = Screen(context.new_page(), server).watch()
    phone.open(f"{PAGE}?region=440205&site=SGDM06&item=water.tp&theme=light")
    assert phone.page.inner_text(".yw-tp-kind-trend .yw-tp-title") == "白沙 · 总磷"
    assert phone.ask("document.documentElement.dataset.theme") == "light"
    phone.until("document.documentElement.scrollWidth <= 390")
    phone.until_is(OVERFLOWING, [])
    low = phone.ask("[...document.querySelectorAll('.yw-tp-bottom a')].map((e) => e.clientHeight)")
    assert min(low) >= 44
    assert phone.errors == []
    context.close()


def test_an_unknown_topic_says_so(chromium: Browser, server: PaperCity) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server.url}/topic/nowhere")
    page.wait_for_selector(".yw-bar-line[role=alert]")
    assert "没有这个专题" in page.inner_text(".yw-bar-line[role=alert]")
    context.close()
