"""通知 in a real browser on the real program: counted in the header, read by keys, on a phone."""

from __future__ import annotations

import duty_program
import pytest
from holding import fits
from screen import Enter

from app.engines.contracts import EngineUrls
from app.services import Services
from layers.contracts import Classification
from topics.kit.notify.contracts import Message

pytestmark = pytest.mark.browser

OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('svg,.yw-unseen,.yw-nav');
}).map((one) => one.className || one.tagName)"""
LONG = "查明超标来源,一日内报结果;" * 12


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return duty_program.services_of(tmp_path_factory.mktemp("home"), urls)


def tell(services: Services, name: str, key: str, text: str = "请办理") -> None:
    account = services.accounts.require(name).id
    told = {"link": "/directives", "classification": Classification.INTERNAL, "topic": "ecology"}
    services.notices.send([Message(key, f"account:{account}", f"督办 {key}", text, **told)])


def test_messages_are_counted_in_the_header_and_read_by_keys(
    enter: Enter, services: Services
) -> None:
    for key in ("一", "二", "三"):
        tell(services, "wangfang", key)
    desk = enter("wangfang", "/duty")
    page = desk.page
    page.wait_for_selector(".yw-nt-count b:has-text('3')")
    page.click(".yw-nt-count")
    page.wait_for_selector("[data-notice]")
    assert page.locator("[data-notice] b").all_inner_texts() == ["督办 三", "督办 二", "督办 一"]
    page.focus("[data-notice] >> nth=0")
    page.keyboard.press("r")
    page.wait_for_selector(".yw-nt-count b:has-text('2')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/directives*")
    page.wait_for_selector(".yw-nt-count b:has-text('1')")
    page.go_back()
    page.wait_for_selector("[data-notice]")
    page.click("button:has-text('全部标为已读')")
    page.wait_for_selector(".yw-nt-count:not(:has(b))")
    page.click(".yw-seg :text-is('全部')")
    page.wait_for_selector("[data-notice] >> nth=2")
    assert page.locator(".yw-nt-new").count() == 0
    assert desk.errors == []


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080), (5760, 1080)])
def test_the_list_fits_any_screen_and_a_finger(
    enter: Enter, services: Services, size: tuple[int, int]
) -> None:
    tell(services, "wangfang", f"长{size[0]}", LONG)
    desk = enter("wangfang", "/notices", size)
    desk.page.wait_for_selector(".yw-nt-new")
    fits(desk, OVERFLOWING)
    assert desk.ask("document.documentElement.scrollWidth <= innerWidth")
    if size[0] == 390:
        box = desk.page.locator(".yw-nt-list .yw-button >> nth=0").bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert desk.errors == []


def test_nobody_elses_messages_are_there_and_an_empty_list_says_so(
    enter: Enter, services: Services
) -> None:
    tell(services, "wangfang", "四")
    desk = enter("heshi", "/notices?view=all")
    desk.page.wait_for_selector(".yw-nt-empty")
    assert "督办 四" not in desk.page.inner_text("body")
    assert desk.page.locator(".yw-nt-count b").count() == 0
