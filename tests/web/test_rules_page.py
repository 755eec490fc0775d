"""告警规则 in a real browser: the city goes to 战时 and every header says so."""

from __future__ import annotations

import duty_program
import pytest
from screen import Enter

from app.engines.contracts import EngineUrls
from app.services import Services

pytestmark = pytest.mark.browser

OVERFLOWING = """[...document.querySelectorAll('main *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1;
}).map((one) => one.className || one.tagName)"""
REASON = "北江韶关站超警戒水位"


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return duty_program.services_of(tmp_path_factory.mktemp("home"), urls)


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
