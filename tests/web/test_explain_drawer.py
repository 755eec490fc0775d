"""The explanation of a number in a real browser, on the paper city."""

from __future__ import annotations

import pytest
from screen import Screen

pytestmark = pytest.mark.browser
LEAK = "[data-indicator='water.leak'] [data-explain]"
DRAWER = "document.querySelector('.yw-x-drawer')"
TOLD = "document.querySelector('.yw-x-sentence')"
INSIDE = f"{DRAWER}.contains(document.activeElement)"


def test_a_value_opens_its_explanation_and_escape_leads_back_to_it(screen: Screen) -> None:
    screen.open().page.click(LEAK)
    screen.until(TOLD)
    drawer = screen.page.locator(".yw-x-drawer")
    assert "高于目标 1.6 个百分点" in drawer.inner_text()
    for heading in ("怎么算", "从哪来", "主要由谁推高", "修订记录", "谁负责"):
        assert heading in drawer.inner_text()
    assert "explain=water.leak|440200|" in screen.ask("location.search")
    screen.until(INSIDE)
    screen.shot("explain-1920-dark")
    screen.page.keyboard.press("Escape")
    screen.until(f"!{DRAWER}")
    assert "explain" not in screen.ask("location.search")
    screen.until("document.activeElement.dataset.explain === 'water.leak|440200|'")
    assert screen.errors == []


def test_every_value_of_the_overview_opens_its_explanation(screen: Screen) -> None:
    screen.open("/?region=440205")
    bare = (
        "[...document.querySelectorAll('.yw-value, .yw-m-value, .yw-aqi, .yw-legend-value')]"
        ".filter(one => !one.dataset.explain && !one.querySelector('[data-explain]'))"
        ".map(one => one.innerText)"
    )
    screen.until_is(bare, [])
    silent = (
        "[...document.querySelectorAll('[data-explain]')].filter(one => !one.hasAttribute('role'))"
    )
    screen.until_is(f"{silent}.length", 0)


def test_the_value_of_a_row_does_not_choose_its_county(screen: Screen) -> None:
    screen.open().page.click("[data-region='440222'] [data-explain]")
    screen.until(TOLD)
    assert screen.ask("tonglan.board.get().model.region.code") == "440200"
    assert "explain=economy.index|440222|" in screen.ask("location.search")


def test_the_keyboard_opens_walks_and_stays_inside(screen: Screen) -> None:
    screen.open().until(f'document.querySelector("{LEAK}").tabIndex === 0')
    screen.ask(f'document.querySelector("{LEAK}").focus()')
    screen.page.keyboard.press("Enter")
    screen.until(f"{TOLD} && {INSIDE}")
    for _ in range(14):
        screen.page.keyboard.press("Tab")
        assert screen.ask(INSIDE)
    screen.page.keyboard.press("Shift+Tab")
    assert screen.ask(INSIDE)


def test_an_input_is_explained_in_the_same_drawer_and_the_arrow_leads_back(screen: Screen) -> None:
    screen.open("/?explain=water.leak|440200|").until(TOLD)
    screen.page.click(".yw-x-input >> nth=0")
    screen.until("document.querySelector('.yw-x-head code')?.innerText === 't.total'")
    screen.until(f"{TOLD}.innerText.includes('供水总量为')")
    assert screen.page.locator(".yw-x-drawer").count() == 1
    screen.page.click(".yw-x-back")
    screen.until(f"{TOLD}.innerText.includes('漏损率为')")
    assert screen.page.locator(".yw-x-back").count() == 0
    screen.page.get_by_role("button", name="复制引用").click()
    screen.until("document.querySelector('.yw-x-foot')?.innerText.includes('已复制')")


def test_refused_and_failed_explanations_say_what_to_do(screen: Screen) -> None:
    screen.open().city.tell("break", ["water.level", "explain"])
    screen.page.click("[data-indicator='water.level'] [data-explain]")
    screen.until("document.querySelector('.yw-x-trouble')")
    assert "没有查看权限" in screen.page.inner_text(".yw-x-trouble")
    assert "请找市水务局授权" in screen.page.inner_text(".yw-x-trouble")
    screen.page.keyboard.press("Escape")
    screen.until(f"!{DRAWER}")
    screen.page.click(LEAK)
    screen.until("document.querySelector('.yw-x-trouble button')")
    screen.city.tell("mend")
    screen.page.click(".yw-x-trouble button")
    screen.until(TOLD)


def test_on_a_phone_it_fills_the_screen_and_nothing_sticks_out(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open("/?theme=light&explain=water.leak|440200|").until(TOLD)
    screen.until_is(f"{DRAWER}.getBoundingClientRect().width", 390)
    right = "one.getBoundingClientRect().right"
    out = f"[...{DRAWER}.querySelectorAll('*')].filter(one => {right} > 391)"
    screen.until_is(f"{out}.filter(one => !one.closest('.yw-x-scroll')).length", 0)
    small = (
        f"[...{DRAWER}.querySelectorAll('*')].filter(one => one.childNodes.length && "
        "parseFloat(getComputedStyle(one).fontSize) < 0.75 * "
        "parseFloat(getComputedStyle(document.documentElement).fontSize) - 0.01)"
    )
    assert screen.ask(f"{small}.length") == 0
    screen.shot("explain-phone-light")
