"""督办 and 值班 in a real browser on the real program: issued, answered on a phone, closed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import duty_program
import pytest
from holding import caught_up, fits
from screen import Enter

from app.engines.contracts import EngineUrls
from app.services import Services
from topics.kit.directives.contracts import Subject as About

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
    fits(unit, OVERFLOWING)
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
        fits(screen, OVERFLOWING)
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


def asked(services: Services, indicator: str, text: str) -> None:
    """A 督办 about a number, as a leader issues it."""
    now = datetime.now(UTC)
    services.directives.issue(
        About("indicator", f"{indicator}|440200"),
        named=uuid.uuid4().hex,
        unit="sthjj",
        text=text,
        deadline=now + timedelta(days=2),
        by="heshi",
        now=now,
        title="韶关市 · AQI",
        connection=None,
    )


def test_the_mark_opens_who_owes_what_with_the_reply_by_key_and_by_touch(
    enter: Enter, services: Services
) -> None:
    asked(services, "ecology.aqi", "查明沙尘影响范围")
    leader = enter("heshi", "/indicator/ecology.aqi")
    mark = leader.page.locator(".yw-dv-mark").first
    mark.wait_for()
    assert "查看" not in (mark.get_attribute("aria-label") or "")
    mark.focus()
    leader.page.keyboard.press("Enter")
    box = leader.page.wait_for_selector(".yw-dv-pop[role=dialog]")
    assert box is not None
    for said in ("查明沙尘影响范围", "市生态环境局", "还没有反馈"):
        assert said in box.inner_text()
    leader.ask("document.dispatchEvent(new Event('scroll')), 1")  # of what moved before it opened
    caught_up(leader)
    assert leader.page.locator(".yw-dv-pop").count() == 1
    leader.page.keyboard.press("Tab")
    assert leader.ask("document.querySelector('.yw-dv-pop').contains(document.activeElement)")
    leader.page.keyboard.press("Escape")
    leader.page.wait_for_selector(".yw-dv-pop", state="detached")
    assert leader.ask("document.activeElement.classList.contains('yw-dv-mark')")

    phone = enter("heshi", "/indicator/ecology.aqi", (390, 844))
    phone.page.locator(".yw-dv-mark:visible").first.click()
    sheet = phone.page.wait_for_selector(".yw-dv-sheet")
    assert sheet is not None
    size = sheet.bounding_box()
    assert size is not None
    assert (round(size["x"]), round(size["width"])) == (0, 390)
    fits(phone, OVERFLOWING)
    phone.page.click(".yw-dv-close")
    phone.page.wait_for_selector(".yw-dv-sheet", state="detached")
    assert leader.errors == []
    assert phone.errors == []


def test_the_shift_adds_changes_and_takes_out_one_shift_with_a_reason(
    enter: Enter, services: Services
) -> None:
    page = enter("zhangwei", "/duty?tab=roster")
    row = page.page.locator(".yw-dt-roster tbody tr:has(.yw-dt-edit button)").last
    row.locator(".yw-dt-edit button").click()
    page.page.wait_for_selector(".yw-dialog select")
    chief = page.page.locator(".yw-dialog select").nth(1)
    chief.locator("option").nth(2).wait_for(state="attached")
    chosen = chief.locator("option").nth(2).inner_text().split(" · ")[0]
    chief.select_option(index=2)
    assert page.page.locator(".yw-dialog button:has-text('保存')").is_disabled()  # no reason yet
    page.page.fill(".yw-dialog input[name=reason]", "临时公务")
    page.page.click(".yw-dialog button:has-text('保存')")
    page.page.wait_for_selector(".yw-dialog", state="detached")
    page.page.wait_for_selector(f".yw-dt-roster tbody tr:last-child td:has-text('{chosen}')")
    row.locator(".yw-dt-edit button").click()
    page.page.fill(".yw-dialog input[name=reason]", "合并到次日")
    page.page.click(".yw-dialog button:has-text('撤掉这一班')")
    page.page.click(".yw-dialog button:has-text('再点一次撤掉')")
    page.page.wait_for_selector(".yw-dialog", state="detached")
    assert page.errors == []
    told = services.audit.list(action="duty.shift.remove", limit=1)
    assert "合并到次日" in str(told[0].detail)
