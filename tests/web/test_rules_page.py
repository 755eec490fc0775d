"""告警规则 in a real browser: the city goes to 战时 and every header says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duty_program
import pytest
import report_program
from playwright.sync_api import Browser
from screen import Screen

from app.engines.contracts import EngineUrls
from app.services import Services
from app.web.vendor import BrowserFilesMissing, built

pytestmark = pytest.mark.browser

Enter = Callable[..., Screen]
OVERFLOWING = """[...document.querySelectorAll('main *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1;
}).map((one) => one.className || one.tagName)"""
REASON = "北江韶关站超警戒水位"


@pytest.fixture(scope="module")
def services(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Services:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    urls = EngineUrls(valkey=valkey_url, postgres=module_database_url)
    return duty_program.services_of(tmp_path_factory.mktemp("home"), urls)


@pytest.fixture(scope="module")
def address(services: Services, module_database_url: str, valkey_url: str) -> Iterator[str]:
    urls = EngineUrls(valkey=valkey_url, postgres=module_database_url)
    with report_program.program(services, urls) as url:
        yield url


@pytest.fixture
def enter(chromium: Browser, services: Services, address: str) -> Iterator[Enter]:
    contexts = []

    class Here:
        url = address

    def entered(who: str, path: str, size: tuple[int, int] = (1366, 768)) -> Screen:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
        )
        contexts.append(context)
        name, value = report_program.cookie(services, who)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        return Screen(context.new_page(), Here()).watch().open(path)

    yield entered
    for context in contexts:
        context.close()


def test_the_shift_puts_the_city_into_wartime_with_a_reason_and_every_header_says_so(
    enter: Enter, services: Services
) -> None:
    page = enter("zhangwei", "/rules").page
    page.get_by_role("button", name="转入战时").click()
    send = page.get_by_role("button", name="转入战时")
    assert send.is_disabled()  # nothing without a reason
    page.get_by_label("原因").fill(REASON)
    send.click()
    page.locator(".yw-rule-war").get_by_text(REASON).wait_for()
    page.locator("header").get_by_text("战时", exact=True).wait_for()
    mode = services.modes.at()
    assert (mode.wartime, mode.reason) == (True, REASON)
    other = enter("heshi", "/rules").page
    other.locator(".yw-rule-war").get_by_text(REASON).wait_for()
    assert other.get_by_role("button", name="转回平时").count() == 0  # a leader reads it only
    other.locator("header").get_by_text("战时", exact=True).wait_for()


def test_on_a_phone_the_rules_stay_within_the_screen(enter: Enter) -> None:
    screen = enter("zhangwei", "/rules?rule=grid.crowd", (390, 844))
    screen.page.get_by_text("看什么").wait_for()
    assert screen.ask(OVERFLOWING) == []
