"""告警规则 in a real browser: the city goes to 战时 and every header says so."""

from __future__ import annotations

import duty_program
import pytest
from holding import fits
from playwright.sync_api import expect
from screen import Enter

from app.engines.contracts import EngineUrls
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.services import Services

pytestmark = pytest.mark.browser

OVERFLOWING = """[...document.querySelectorAll('main *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1;
}).map((one) => one.className || one.tagName)"""
REASON = "北江韶关站超警戒水位"


AUTHORS = {"qianbian": ("钱编", Role.CLERK), "zhaoshen": ("赵审", Role.REVIEWER)}
"""Who writes and who reviews rules of 水务."""


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    made = duty_program.services_of(tmp_path_factory.mktemp("home"), urls, reviewed=True)
    people = People(made.accounts, made.audit)
    for name, (shown, role) in AUTHORS.items():
        once = people.add(name, display_name=shown, grants=[Grant(role, "water")], by="system")
        account = made.accounts.require(name)
        people.change_password(account, old=once, new=duty_program.PASSWORD)
    return made


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


def test_the_past_is_tried_by_the_terms_that_are_chosen(enter: Enter) -> None:
    page = enter("zhangwei", "/rules?rule=water.nh3n_high").page
    modes = page.get_by_role("group", name="按哪种界限推演")
    expect(modes.get_by_role("button", pressed=True)).to_have_text(["平时"])
    modes.get_by_role("button", name="战时").click()
    page.get_by_text("全程按战时推演").wait_for()
    expect(modes.get_by_role("button", pressed=True)).to_have_text(["战时"])
    modes.get_by_role("button", name="按当时的模式").click()
    page.get_by_text("按当时的平战推演").wait_for()


def test_on_a_phone_the_rules_stay_within_the_screen(enter: Enter) -> None:
    screen = enter("zhangwei", "/rules?rule=grid.crowd", (390, 844))
    screen.page.get_by_text("看什么").wait_for()
    fits(screen, OVERFLOWING)


def test_a_rule_is_written_tried_reviewed_by_another_and_in_force(
    enter: Enter, services: Services
) -> None:
    page = enter("qianbian", "/rules").page
    page.get_by_role("button", name="新规则").click()
    form = page.get_by_role("form", name="新规则")
    form.get_by_label("看什么", exact=True).select_option("water.nh3n")
    form.get_by_label("名称", exact=True).fill("氨氮偏高(试)")
    form.get_by_label("级别界限 黄").fill("1.8")
    form.get_by_label("有效时段").fill("8-18")
    form.get_by_role("button", name="提交审核").click()
    form.locator("em").get_by_text("不是时段").wait_for()  # beside its field
    form.get_by_label("有效时段").fill("08:00-18:00")
    form.get_by_label("加一个地点…").first.select_option("440205")
    form.get_by_label("440205 黄").fill("1.5")
    form.get_by_role("button", name="先回测").click()
    page.get_by_text("说不出会触发几次").wait_for()
    form.get_by_label("原因或依据").fill("新站投运")
    form.get_by_role("button", name="提交审核").click()
    waiting = page.get_by_role("region", name="还没有发布的新规则")
    waiting.get_by_text("440205 黄 1.5").wait_for()
    assert waiting.get_by_role("button", name="审核并发布").count() == 0  # not his own

    other = enter("zhaoshen", "/rules").page
    waiting = other.get_by_role("region", name="还没有发布的新规则")
    for told in ("级别界限", "黄 1.8", "08:00-18:00", "440205 黄 1.5", "新站投运"):
        waiting.get_by_text(told).first.wait_for()
    waiting.get_by_role("button", name="审核并发布").click()
    other.get_by_role("button", name="氨氮偏高(试)").wait_for()
    [rule] = [one for one in services.rules.current() if one.title == "氨氮偏高(试)"]
    assert set(rule.owners.values()) == {"440205"}  # the sections that lie there
    limits = {one: rule.terms(one, wartime=False).bounds for one in rule.series}
    own = {bound.limit for one in rule.owners for bound in limits[one].values()}
    assert own == {1.5}


def test_a_rule_is_stopped_with_a_reason_only(enter: Enter, services: Services) -> None:
    page = enter("qianbian", "/rules?rule=water.do_low").page
    page.get_by_role("button", name="停用", exact=True).click()
    ask = page.locator(".yw-rule-why")
    assert ask.get_by_role("button", name="停用").is_disabled()
    ask.get_by_label("停用的原因").fill("仪器大修")
    ask.get_by_role("button", name="停用").click()
    page.locator(".yw-rule-change").get_by_text("启用 是 → 否").wait_for()
    [change] = services.rule_store.changes(rule="water.do_low")
    assert (change.fields, change.reason) == ({"enabled": False}, "仪器大修")


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844), (5760, 1080)])
def test_the_editor_stays_within_the_screen(enter: Enter, size: tuple[int, int]) -> None:
    screen = enter("qianbian", "/rules?rule=water.nh3n_high", size)
    screen.page.get_by_role("button", name="编辑").click()
    screen.page.get_by_text("规则测试").first.wait_for()
    screen.page.get_by_role("button", name="加一个测试").click()
    fits(screen, OVERFLOWING)
