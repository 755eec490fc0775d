"""督办 and 值班 in a real browser on the real program: issued, answered on a phone, closed."""

from __future__ import annotations

import duty_program
import pytest
from screen import Enter

from app.engines.contracts import EngineUrls
from app.services import Services

pytestmark = pytest.mark.browser

OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('svg,.yw-unseen,.yw-nav,.yw-dt-tabs,.yw-dt-scroll');
}).map((one) => one.className || one.tagName)"""  # noqa: E501
TABS = ("roster", "contacts", "handover", "journal", "incidents", "plans", "drill", "brief")
TEXT = "查明超标来源,一日内报结果"


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return duty_program.services_of(tmp_path_factory.mktemp("home"), urls)


def test_a_leader_asks_the_unit_answers_on_its_phone_and_the_reply_stands_beside_the_number(
    enter: Enter, services: Services
) -> None:
    leader = enter("heshi", "/indicators?explain=ecology.aqi|440200").page
    leader.click(".yw-dv-section button:has-text('督办')")
    leader.fill(".yw-dv-form [role=combobox]", "生态环境局")
    leader.keyboard.press("Enter")
    leader.fill(".yw-dv-form textarea", TEXT)
    leader.click(".yw-dv-form button[type=submit]")
    leader.wait_for_selector(f".yw-dv-brief:has-text('{TEXT}')")
    (one,) = services.directives.open_about("indicator", ["ecology.aqi|440200"]).values()

    unit = enter("wangfang", "/directives?view=mine", (390, 844))
    unit.page.click(f"[data-directive='{one.id}']")
    unit.page.click(".yw-dv-steps button:has-text('签收')")
    unit.page.wait_for_selector(".yw-dv-detail[data-state='已签收']")
    unit.page.click(".yw-dv-steps button:has-text('反馈')")
    unit.page.fill(".yw-dv-steps textarea", "为沙尘输入,已发布健康提示")
    unit.page.click(".yw-dv-steps button[type=submit]")
    unit.page.wait_for_selector(".yw-dv-detail[data-state='已反馈']")
    assert unit.ask(OVERFLOWING) == []
    assert unit.errors == []

    again = enter("heshi", "/indicators?explain=ecology.aqi|440200").page
    again.wait_for_selector(".yw-dv-reply:has-text('为沙尘输入')")
    again.goto(again.url.split("/indicators")[0] + f"/directives?id={one.id}")
    again.click(".yw-dv-steps button:has-text('办结')")
    again.wait_for_selector(".yw-dv-detail[data-state='办结']")
    assert services.directives.open_about("indicator", ["ecology.aqi|440200"]) == {}


def test_every_tab_of_the_duty_page_is_drawn_without_a_fault(enter: Enter) -> None:
    screen = enter("zhangwei", "/duty")
    assert screen.page.inner_text(".yw-dt-now b") != ""
    for tab in (
        "roster",
        "contacts",
        "handover",
        "journal",
        "incidents",
        "plans",
        "drill",
        "brief",
    ):
        screen.page.click(f"#yw-dt-tab-{tab}")
        screen.page.wait_for_selector(f"[aria-labelledby=yw-dt-tab-{tab}] .yw-card")
        assert screen.ask(OVERFLOWING) == []
    assert screen.errors == []


def test_a_drill_is_marked_on_every_screen_until_it_ends(enter: Enter) -> None:
    shift = enter("zhangwei", "/duty?tab=drill").page
    shift.fill(".yw-dt-form input", "桌面推演")
    shift.click(".yw-dt-form button[type=submit]")
    shift.wait_for_selector(".yw-drillbar:has-text('桌面推演')")
    wall = enter("heshi", "/").page
    wall.wait_for_selector(".yw-drillbar:has-text('桌面推演')")
    shift.click("button:has-text('结束演练')")
    shift.wait_for_selector(".yw-drillbar", state="detached")
