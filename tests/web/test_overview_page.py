"""The overview in a real browser, on the paper city."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from paper_alerts import LEGAL
from playwright.sync_api import APIResponse, Route
from screen import Screen

from app.web.vendor import built

pytestmark = pytest.mark.browser
MODEL = "tonglan.board.get().model"
QUJIANG = "440205"
ALL_HERE = "tonglan.openAlerts.get().known && document.querySelectorAll('.yw-fu-row').length === 6"


def _row(screen: Screen, indicator: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = screen.ask(
        f"{MODEL}.cards.flatMap(c => c.rows).find(r => r.indicator === '{indicator}')"
    )
    return row | changes


def _value(screen: Screen, indicator: str) -> str:
    return screen.page.inner_text(f"[data-indicator='{indicator}'] .yw-value")


def _click_county(screen: Screen, code: str) -> None:
    screen.until(
        f"{ALL_HERE} && document.querySelector('.yw-amark')"
    )  # none comes below the pointer
    screen.until("tonglan.theMap.loaded() && !tonglan.theMap.isMoving()")
    point = screen.ask(
        f"(() => {{ const p = tonglan.theMap.project(tonglan.board.get().boot.places.find(o => o.code === '{code}').at);"
        " const r = tonglan.theMap.getCanvas().getBoundingClientRect(); return [p.x + r.left, p.y + r.top + 30]; })()"
    )
    screen.page.mouse.click(*point)


def test_the_page_draws_its_map_and_every_panel_without_a_single_error(screen: Screen) -> None:
    screen.open().until(
        "tonglan.theMap.queryRenderedFeatures({layers: ['yw-choropleth']}).length >= 10"
    )
    assert screen.page.locator(".yw-kpi").count() == 22
    assert screen.page.locator(".yw-m-row").count() == 10
    screen.page.wait_for_timeout(500)
    assert screen.errors == []
    assert screen.outside == []


def _painted(screen: Screen) -> float:
    """The share of the map that is brighter than its ground."""
    picture = base64.b64encode(screen.shot("overview-1920-dark")).decode()
    share: float = screen.page.evaluate(
        """async (picture) => {
          const image = new Image();
          image.src = 'data:image/png;base64,' + picture;
          await image.decode();
          const box = document.querySelector('.yw-citymap-canvas').getBoundingClientRect();
          const pen = Object.assign(document.createElement('canvas'), {width: box.width, height: box.height}).getContext('2d');
          pen.drawImage(image, -box.left, -box.top);
          const pixels = pen.getImageData(0, 0, box.width, box.height).data;
          let painted = 0;
          for (let n = 0; n < pixels.length; n += 4) if (pixels[n + 2] > 45) painted += 1;
          return painted / (pixels.length / 4);
        }""",
        picture,
    )
    return share


def test_the_counties_are_really_painted_in_the_classes_of_the_legend(screen: Screen) -> None:
    screen.open()
    # A map that takes another size is empty until its next picture.
    screen.until_here(lambda: _painted(screen) > 0.3)


def test_the_digits_and_names_on_the_map_need_no_glyph_server(screen: Screen) -> None:
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.open().until(
        "tonglan.theMap.queryRenderedFeatures({layers: ['yw-names']}).some(f => f.properties.text === '87.9')"
    )
    assert not [url for url in asked if "glyph" in url or "font" in url or url.endswith(".pbf")]


def test_a_click_on_a_county_filters_every_panel_and_the_address(screen: Screen) -> None:
    screen.open()
    city = _value(screen, "economy.gdp")
    _click_county(screen, QUJIANG)
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")
    assert _value(screen, "economy.gdp") != city
    assert f"region={QUJIANG}" in screen.ask("location.search")
    assert screen.page.locator(".yw-dim").count() == 9
    assert all(
        "曲江区" in text for text in screen.page.locator(".yw-card h2 small").all_inner_texts()[:5]
    )
    screen.shot("overview-county-dark")
    _click_county(screen, QUJIANG)
    screen.until(f"{MODEL}.region.code === '440200'")
    assert _value(screen, "economy.gdp") == city


def test_a_matrix_row_filters_too_and_escape_goes_up(screen: Screen) -> None:
    screen.open().page.click("[data-region='440222']")
    screen.until(f"{MODEL}.region.code === '440222'")
    screen.page.keyboard.press("Escape")
    screen.until(f"{MODEL}.region.code === '440200'")
    assert screen.ask("location.search") == ""


def test_a_copied_address_reproduces_the_screen(screen: Screen) -> None:
    screen.open(f"/?region={QUJIANG}&layers=water.sections&theme=light&k=1.2&map=ecology.pm25")
    view = screen.ask("tonglan.board.get().view")
    assert view == {
        "region": QUJIANG,
        "map": "ecology.pm25",
        "layers": ["water.sections"],
        "theme": "light",
        "k": "1.2",
        "as_of": "",
    }
    assert screen.ask("getComputedStyle(document.documentElement).fontSize") == "19.2px"
    screen.page.keyboard.press("Escape")
    screen.until(f"{MODEL}.region.code === '440200'")
    assert "layers=water.sections&theme=light&k=1.2" in screen.ask("location.search")


def test_the_back_button_returns_to_the_city(screen: Screen) -> None:
    screen.open().page.click(f"[data-region='{QUJIANG}']")
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")
    screen.page.go_back()
    screen.until(f"{MODEL}.region.code === '440200'")


def test_a_refreshed_value_arrives_without_reload_and_is_tinted(screen: Screen) -> None:
    screen.open().heard().ask("window.sameDocument = true")
    screen.city.tell(
        "push", {"rows": [_row(screen, "water.level", value="53.02", lamp="bad", edge="bad")]}
    )
    row = "document.querySelector('[data-indicator=\"water.level\"]')"
    screen.until(f"{row}.innerText.includes('53.02') && {row}.querySelector('.yw-changed')")
    screen.until(
        "document.querySelector('.yw-unseen').innerText.includes('北江韶关站水位 更新为 53.02 m')"
    )
    assert screen.ask("window.sameDocument")


def test_a_delta_recolours_its_county_and_fills_the_table(screen: Screen) -> None:
    screen.open().heard()
    change = [
        "economy.index",
        "440233",
        "2026-10-01T00:00:00+08:00",
        91.24,
        "ok",
        "2026-11-20T00:00:00+08:00",
    ]
    screen.city.tell("push", {"delta": [change]})
    screen.until("document.querySelector('[data-region=\"440233\"]').innerText.includes('91.2')")
    place = "tonglan.board.get().boot.places.find(p => p.code === '440233')"
    state = f"tonglan.theMap.getFeatureState({{source: 'city.counties', sourceLayer: 'city.counties', id: {place}.feature}})"
    screen.until(f"{state}.value === 91.24")


def test_a_revision_of_an_older_period_does_not_replace_the_newest_value(screen: Screen) -> None:
    screen.open().heard()
    now = ["economy.index", "440233", "2026-10-01T00:00:00+08:00", 91.24, "ok", ""]
    old = ["economy.index", "440233", "2026-09-01T00:00:00+08:00", 12.0, "ok", ""]
    screen.city.tell("push", {"delta": [now]})
    screen.until(f"{MODEL}.map.values['440233'] === 91.24")
    screen.city.tell("push", {"delta": [old], "rows": [_row(screen, "water.level", value="1.00")]})
    screen.until(
        "document.querySelector('[data-indicator=\"water.level\"]').innerText.includes('1.00')"
    )
    assert screen.ask(f"{MODEL}.map.values['440233']") == 91.24


def test_without_its_server_the_page_says_so_keeps_its_numbers_and_recovers(screen: Screen) -> None:
    screen.open().heard()
    before = _value(screen, "economy.gdp")
    screen.city.tell("cut")
    screen.until("document.querySelector('.yw-bar-line')")
    said = screen.page.inner_text(".yw-bar-line")
    assert re.search(r"与服务器断开 \d\d:\d\d", said)
    assert "画面停在" in said
    assert screen.page.locator(".yw-clock.yw-hollow").count() == 1
    assert _value(screen, "economy.gdp") == before
    screen.shot("overview-offline")
    screen.city.board.edit = _with_gdp("1,300.0")
    screen.city.tell("mend")
    screen.until("!document.querySelector('.yw-bar-line')")
    screen.until(
        "document.querySelector('[data-indicator=\"economy.gdp\"]').innerText.includes('1,300.0')"
    )


def test_what_was_missed_is_asked_for_until_it_is_here(screen: Screen) -> None:
    """A server that has just come back may answer its stream before its numbers."""
    screen.open().heard()
    screen.city.tell("break", ["overview"])
    screen.city.tell("cut")
    screen.until("document.querySelector('.yw-bar-line')")
    asked: list[int] = []
    screen.page.on(
        "response", lambda one: asked.append(one.status) if "v1/overview?" in one.url else None
    )
    screen.city.tell("join")
    screen.until("!document.querySelector('.yw-bar-line')").until_here(lambda: asked)
    screen.city.board.edit = _with_gdp("1,300.0")
    screen.city.tell("mend")
    screen.city.tell("push", {"beat": 0})
    screen.until(
        "document.querySelector('[data-indicator=\"economy.gdp\"]').innerText.includes('1,300.0')"
    )
    assert asked[0] == 503


def _with_gdp(value: str) -> Any:
    def edit(model: dict[str, Any]) -> dict[str, Any]:
        model["cards"][0]["rows"][0]["value"] = value
        return model

    return edit


def test_what_is_said_while_an_older_answer_is_on_its_way_is_not_lost(screen: Screen) -> None:
    screen.open().heard()
    answers: list[tuple[Route, APIResponse]] = []
    asked = re.compile(r"/api/v1/overview\?")
    screen.page.route(asked, lambda route: answers.append((route, route.fetch())), times=1)
    turn = screen.ask("tonglan.alerts.get().turn")
    screen.page.click(f"[data-region='{QUJIANG}']")
    screen.until_here(lambda: answers).until(f"tonglan.alerts.get().turn > {turn}")  # the county's
    screen.city.board.edit = _with_gdp("1,300.0")
    row = _row(screen, "economy.gdp", region=QUJIANG, value="1,300.0")
    screen.city.tell("push", {"rows": [row], "alerts": {}})
    screen.until(f"tonglan.alerts.get().turn > {turn + 1}")
    route, older = answers[0]
    route.fulfill(response=older)
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")
    screen.until(
        "document.querySelector('[data-indicator=\"economy.gdp\"]').innerText.includes('1,300.0')"
    )


def test_a_failed_region_keeps_the_old_picture_and_offers_a_retry(screen: Screen) -> None:
    screen.open()
    screen.city.tell("break", ["overview"])
    screen.page.click(f"[data-region='{QUJIANG}']")
    screen.until("document.querySelector('.yw-bar-line')")
    assert screen.page.inner_text(".yw-bar-line span") == "没有取到曲江区的数据:数据库没有应答"
    assert screen.ask("tonglan.board.get().view.region") == "440200"
    screen.city.tell("mend")
    screen.page.click(".yw-bar-line button")
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")
    assert screen.page.locator(".yw-bar-line").count() == 0


def test_a_failing_tile_says_which_layer_and_leaves_the_page_usable(screen: Screen) -> None:
    screen.city.tell("break", ["city.rivers"])
    screen.open().until("document.querySelector('.yw-map-problem')")
    screen.until("document.querySelector('.yw-map-problem').innerText.includes('河流水系')")
    screen.page.click(f"[data-region='{QUJIANG}']")
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")


def test_without_webgl_the_page_works_and_says_why_there_is_no_map(screen: Screen) -> None:
    screen.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    screen.open()
    assert "WebGL2" in screen.page.inner_text(".yw-map-problem")
    screen.page.click(f"[data-region='{QUJIANG}']")
    screen.until(f"{MODEL}.region.code === '{QUJIANG}'")


def test_every_state_of_a_row_is_its_own_picture_and_never_a_zero(screen: Screen) -> None:
    screen.open().heard()
    rows = [
        _row(screen, "water.leak", state="error", lamp="none", edge="", stale=True, message="供水调度平台连接超时"),
        _row(screen, "economy.gdp", state="empty", lamp="none", edge="", value="—", unit="", message="这一期还没有数据,预计 12-12 发布"),
        _row(screen, "ecology.online", state="forbidden", lamp="none", edge="", value="—", unit="", message="需市统计局授权"),
    ]  # fmt: skip
    screen.city.tell("push", {"rows": rows})
    screen.until("document.querySelectorAll('.yw-trouble').length === 3")
    told = " ".join(screen.page.locator(".yw-trouble").all_inner_texts())
    assert all(
        words in told
        for words in ("取数失败 供水调度平台连接超时", "预计 12-12 发布", "需市统计局授权")
    )
    screen.shot("overview-states")


def test_waiting_for_a_region_shows_a_static_skeleton_only_after_400_ms(screen: Screen) -> None:
    screen.open()
    held: list[Route] = []
    screen.page.route(re.compile(r"/api/v1/overview\?"), lambda route: held.append(route))
    screen.ask(
        "window.bones = [], new MutationObserver(() => document.querySelector('.yw-bone') && window.bones.push(performance.now()))"
        ".observe(document.body, {subtree: true, childList: true}), 1"
    )
    asked = screen.ask(
        f"(() => {{ const at = performance.now(); void tonglan.acts.region('{QUJIANG}'); return at; }})()"
    )
    screen.until("window.bones.length")
    assert screen.ask("window.bones[0]") - asked > 395  # a timer may be a little early, never more
    screen.until_here(lambda: held)
    held[0].continue_()
    screen.until(f"{MODEL}.region.code === '{QUJIANG}' && !document.querySelector('.yw-bone')")


def test_the_fact_card_says_source_definition_time_and_owner(screen: Screen) -> None:
    screen.open().until(ALL_HERE)  # nothing moves it away from below the pointer
    screen.page.hover("[data-indicator='economy.retail']")
    screen.until("document.querySelector('.yw-factcard')")
    told = screen.page.inner_text(".yw-factcard")
    assert all(word in told for word in ("来源", "口径", "数据时点", "责任单位", "市统计局"))
    screen.shot("overview-factcard")
    screen.page.mouse.move(900, 10)
    screen.until("!document.querySelector('.yw-factcard')")


def test_a_fourth_layer_asks_which_to_replace(screen: Screen) -> None:
    screen.open("/?layers=city.rivers,water.sections,ecology.air_stations").page.click(
        ".yw-layer:has-text('网格事件')"
    )
    screen.page.click(".yw-swap button:has-text('水质断面')")
    screen.until(
        "tonglan.board.get().view.layers.join() === 'city.rivers,ecology.air_stations,grid.events'"
    )
    screen.until(
        "tonglan.theMap.getLayer('grid.events') && !tonglan.theMap.getLayer('water.sections')"
    )


def test_the_page_works_by_keyboard_alone(screen: Screen) -> None:
    screen.open()
    screen.page.keyboard.press("Tab")
    assert screen.ask("document.activeElement.className") == "yw-skip"
    screen.page.focus("[data-region='440203']")
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Enter")
    screen.until(f"{MODEL}.region.code === '440204'")
    screen.page.keyboard.press("0")
    screen.until(f"{MODEL}.region.code === '440200'")
    screen.page.keyboard.press("l")
    screen.until("!document.querySelector('.yw-layers-list')")
    screen.page.keyboard.press("?")
    screen.until("document.querySelectorAll('[role=dialog] kbd').length === 10")
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('[role=dialog]')")


@pytest.mark.parametrize(
    ("size", "look"),
    [
        ("1366x768", "theme=dark"),
        ("1366x768", "theme=light"),
        ("1920x1080", "theme=light"),
        ("2560x1440", "theme=dark"),
        ("1280x1024", "theme=dark"),
        ("1920x1080", "theme=dark&k=1.2"),
        ("1920x1080", "theme=dark&k=1.74"),
        ("390x844", "theme=dark"),
    ],
)
def test_nothing_overflows_and_no_type_is_smaller_than_the_smallest(
    screen: Screen, size: str, look: str
) -> None:
    wide, high = map(int, size.split("x"))
    screen.page.set_viewport_size({"width": wide, "height": high})
    screen.open(f"/?{look}").until(ALL_HERE)
    screen.shot(f"overview-{size}-{look[6:].replace('&', '-')}")
    over = (
        "[...document.querySelectorAll('body *')].filter(e => e instanceof HTMLElement && e.clientWidth > 0 &&"
        " e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible').map(e => e.className)"
    )
    screen.until_is(over, [])
    screen.until("document.documentElement.scrollWidth <= innerWidth")
    smallest = screen.ask(
        "Math.min(...[...document.querySelectorAll('body *')].filter(e => e.innerText && !e.children.length)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize) / parseFloat(getComputedStyle(document.documentElement).fontSize)))"
    )
    assert smallest >= 0.749


def test_legal_warnings_in_force_stand_on_the_overview_as_they_were_issued(screen: Screen) -> None:
    screen.open().until("document.querySelector('.yw-oa-legal')")
    said = screen.page.inner_text(".yw-oa-legal")
    for part in ("法定预警", LEGAL["signal"], LEGAL["issuer"]):
        assert part in said
    assert screen.page.locator(".yw-oa-legal .yw-alertshape").count() == 0  # none of our alerts
    assert screen.page.get_attribute(".yw-oa-legal a", "href") == "/alerts"


def test_alerts_are_listed_counted_and_marked_and_a_row_flies_to_its_place(
    screen: Screen,
) -> None:
    screen.open().until("document.querySelectorAll('.yw-oa-row').length === 8")
    assert screen.page.inner_text(".yw-oa h2 small") == "8 条未解除 · 1 条未确认"
    assert "".join(screen.page.inner_text(".yw-header .yw-acounts").split()) == "红1橙2黄2蓝3"
    screen.until("document.querySelectorAll('.yw-amark').length === 7")
    assert screen.page.locator(".yw-amark[data-alert=a1] circle").count() == 2
    screen.until("document.querySelector('.yw-amark[data-alert=a2]').dataset.under === ''")
    screen.until("document.querySelector('[data-indicator=\"water.level\"] .yw-alert-red')")
    screen.page.click(".yw-oa-row[data-alert=a5]")
    screen.until("tonglan.theMap.getZoom() > 9.4")
    assert "翁源 PM10" in screen.page.inner_text(".yw-oa-note")
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('.yw-oa-note')")


def test_the_closed_loop_shows_six_stages_with_median_times(screen: Screen) -> None:
    screen.open().until("document.querySelectorAll('.yw-fu-row').length === 6")
    said = screen.page.inner_text(".yw-fu").split()
    assert [one for one in said if one in ("上报", "立案", "派遣", "处置", "核查", "结案")] == [
        "上报", "立案", "派遣", "处置", "核查", "结案",
    ]  # fmt: skip
    assert "2.4%" in said
    assert "97.8%" in said


def test_right_of_now_the_time_bar_tells_what_is_known_of_the_coming_hours(screen: Screen) -> None:
    screen.open().until("document.querySelector('.yw-tb-bars .yw-tb-due')")
    track = screen.page.locator("#yw-timetrack")
    box = track.bounding_box()
    assert box
    right = box["x"] + box["width"] * (24 + 3.2) / 40
    screen.page.mouse.click(right, box["y"] + 20)
    screen.until("document.querySelector('.yw-tb-coming')")
    said = screen.page.inner_text(".yw-tb-coming")
    for part in ("3 件", "交接班", "预测", "PM2.5", "18–29", "10:00 作出"):
        assert part in said
    assert "PM2.5 23" in said or "PM2.5 24" in said  # of the hour that is chosen
    assert screen.ask("location.search.includes('as_of')") is False  # the panels stay at now
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('.yw-tb-coming')")


def test_the_arrow_keys_lead_from_now_into_the_coming_hours_and_back(screen: Screen) -> None:
    screen.open().until("document.querySelector('.yw-tb-bars .yw-tb-due')")
    screen.page.focus("#yw-timetrack")
    screen.page.keyboard.press("ArrowRight")
    screen.until("document.querySelector('.yw-tb-coming')")
    assert "3 件" not in screen.page.inner_text(".yw-tb-coming")  # in two hours only
    screen.page.keyboard.press("ArrowLeft")
    screen.until("!document.querySelector('.yw-tb-coming')")
    assert screen.ask("location.search.includes('as_of')") is False
    screen.page.keyboard.press("ArrowLeft")
    screen.until("location.search.includes('as_of')")


def test_the_time_bar_takes_all_panels_to_a_past_moment_and_back(screen: Screen) -> None:
    screen.open().until("document.querySelectorAll('.yw-tb-bars rect').length > 12")
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.page.keyboard.press("t")
    screen.page.keyboard.press("ArrowLeft")
    screen.until(f"{MODEL}.as_of")
    assert screen.page.inner_text(".yw-replayed").startswith("回放")
    assert screen.page.locator(".yw-clock.yw-hollow").count() == 1
    assert "as_of=" in screen.ask("location.search")

    def replayed() -> set[str]:
        return {url.split("?")[0].rsplit("/", 1)[1] for url in asked if "as_of=" in url}

    screen.until_here(lambda: len(replayed()) >= 3)
    assert replayed() == {"overview", "alerts", "case-funnel"}
    value = _value(screen, "water.level")
    turn = screen.ask("tonglan.alerts.get().turn")
    screen.city.tell("push", {"rows": [_row(screen, "water.level", value="99.99")], "alerts": {}})
    screen.until(f"tonglan.alerts.get().turn > {turn}")  # what was said before it has been heard
    assert _value(screen, "water.level") == value
    screen.page.click(".yw-replayed")
    screen.until(f"!{MODEL}.as_of && !location.search.includes('as_of')")


def test_a_red_alert_sounds_until_acknowledged_and_a_display_can_be_muted(screen: Screen) -> None:
    screen.open()
    assert screen.page.get_attribute(".yw-sound", "aria-label") == "告警声待开"
    screen.page.click(".yw-sound")
    screen.until("tonglan.alertSound.get().able && tonglan.alertSound.get().played >= 1")
    screen.page.click(".yw-sound")
    screen.until("document.querySelector('.yw-sound').ariaLabel === '告警声已关'")
    screen.open()
    assert screen.page.get_attribute(".yw-sound", "aria-label") == "告警声已关"


def test_reduced_motion_moves_nothing(screen: Screen) -> None:
    screen.page.emulate_media(reduced_motion="reduce")
    screen.open().heard()
    screen.city.tell("push", {"rows": [_row(screen, "water.level", value="53.02")]})
    screen.until("getComputedStyle(document.querySelector('.yw-changed')).animationName === 'none'")


def test_the_first_visit_stays_within_its_weight(screen: Screen) -> None:
    session = screen.page.context.new_cdp_session(screen.page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    screen.open().page.wait_for_timeout(500)
    worker = (
        (built() / "maplibre-gl-worker.mjs.gz").stat().st_size
    )  # the page's session does not see it
    told = f"overview: {(sum(sizes) + worker) / 1e3:.0f} kB on the wire, {len(sizes) + 1} requests"
    print(told)  # noqa: T201  # a figure people want to see with -rP
    assert sum(sizes) + worker < 1_200_000
    assert screen.ask("window.Plotly === undefined")


def test_a_comparison_said_in_words_stays_inside_its_row(screen: Screen) -> None:
    screen.open().heard()
    said = {"label": "较昨日", "arrow": "", "text": "口径调整,不可比", "tone": ""}
    row = _row(screen, "economy.gdp", delta=said)
    screen.city.tell("push", {"rows": [row]})
    screen.until(
        "document.querySelector(\"[data-indicator='economy.gdp'] .yw-compare\").innerText.includes('不可比')"
    )
    assert screen.ask(
        "(e => e.scrollWidth <= e.clientWidth + 1)(document.querySelector(\"[data-indicator='economy.gdp']\"))"
    )


@pytest.mark.parametrize(("events", "tiled"), [(5000, False), (5001, True)])
def test_more_events_than_the_browser_gathers_are_drawn_from_their_tiles(
    screen: Screen, events: int, tiled: bool
) -> None:
    """One layer that names no source-layer of its tiles would leave the whole map empty."""
    screen.open("/")
    layer = {"id": "grid.events", "geometry": "point", "features": events, "tiles": "/t"}
    made = screen.ask(
        f"((layer) => [tonglan.overviewMap.sources([layer], {{}}, {{}})[layer.id].type,"
        f" tonglan.overviewMap.layers([layer], [layer.id], null, {{}}, 'dark', 16)"
        f".filter((one) => one.source === layer.id).map((one) => one['source-layer'] || '')])"
        f"({json.dumps(layer)})"
    )
    assert made == ["vector" if tiled else "geojson", ["grid.events" if tiled else ""] * 3]
