"""A value breaches, and the loop follows by clicks: 确认 → 派单 → 签收 → 反馈 → 核查 → 结案 → 考核.

Each step by its own person in a window of their own; one case for the whole way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from app.security.contracts import Role
from tests.e2e.city import City, Desk, eventually
from tests.e2e.people import PHONE, Enters, Person, people
from tests.e2e.pictures import a_photo

pytestmark = pytest.mark.browser
SECTION = "SGDM08"
UNIT = "sthjj"  # 主办 of the rule's plan


@dataclass
class Loop:
    """Who takes part, and what came of it so far."""

    shift: Person
    second: Person
    handler: Person
    checker: Person
    alert: str = ""
    case: str = ""
    number: str = ""
    before_closing: str = ""


@pytest.fixture(scope="module")
def enters(chromium: Browser, city: City) -> Iterator[Enters]:
    with people(chromium, city) as one:
        yield one


@pytest.fixture(scope="module")
def loop(enters: Enters) -> Loop:
    shift = enters("zhiban-jia", Role.DUTY)
    second = enters("zhiban-yi", Role.DUTY)
    # A handler who may also check: only that he handled keeps him from checking.
    both = (Role.HANDLER, Role.REVIEWER)
    handler = enters("jingban", *both, unit=UNIT, size=PHONE, has_touch=True)
    checker = enters("jiandu", Role.REVIEWER)
    return Loop(shift, second, handler, checker)


def breach(desk: Desk, value: float) -> None:
    """The section's instrument says so, this minute."""
    now = datetime.now(UTC).replace(second=0, microsecond=0).isoformat()
    row = {"indicator": "water.nh3n", "region": SECTION, "period": now, "value": value}
    assert desk.push(row).status_code == 200


def counts(person: Person, alert: str) -> bool:
    """Whether the header shows how many are open, this one among them, as the server says it."""
    path = "/api/v1/alerts?open=1&limit=500"
    found = person.page.evaluate(f"fetch('{path}').then((said) => said.json())")
    named = {one["id"] for one in found["items"]}
    return alert in named and bool(person.screen.ask(HEADER) == found["open"])


def test_a_breach_appears_in_header_list_map_and_alert_centre_without_a_reload(
    loop: Loop, desk: Desk
) -> None:
    wall, centre = loop.second.open("/"), loop.shift.open("/alerts")
    for one in (wall, centre):
        one.screen.until("tonglan.alerts.get().known")
    breach(desk, 2.6)
    title = centre.sees("[role=row][data-alert]:has-text('氨氮 2.6')")
    loop.alert = title.get_attribute("data-alert") or ""
    for one in (wall, centre):  # others come and go meanwhile: the number alone says little
        assert eventually(lambda who=one: counts(who, loop.alert), 120), one.name
    wall.sees(f".yw-amark[data-alert='{loop.alert}'] button")
    wall.sees("text=氨氮 2.6")
    wall.picture("loop-overview")


def test_what_one_confirms_the_other_sees_and_can_be_taken_back_for_ten_seconds(
    loop: Loop,
) -> None:
    shift, second = loop.shift, loop.second
    second.open("/alerts")
    row = f"[role=row][data-alert='{loop.alert}']"
    shift.click(row)
    shift.click("[data-do=ack]")
    shift.click(".yw-al-toast button:has-text('撤销')")  # at once: ten seconds go by
    shift.sees(".yw-al-events :text('撤销')")
    second.sees(f"{row} .yw-al-tag:has-text('未确认')")
    shift.click("[data-do=ack]:enabled")
    second.sees(f"{row} .yw-al-tag:has-text('已确认')")
    shift.sees(".yw-al-standing:has-text('zhiban-jia')")


def test_the_alert_is_sent_as_a_case_and_both_name_each_other(loop: Loop) -> None:
    shift = loop.shift
    shift.click("[data-do=dispatch]")
    shift.sees(".yw-al-form:has-text('主办单位')")
    shift.picture("loop-dispatch")
    shift.click(".yw-al-support input:checked")  # the plan's 协办 is not asked this time
    shift.click(".yw-al-form [type=submit]")
    link = shift.sees(".yw-al-standing a[href^='/cases/']")
    loop.case = (link.get_attribute("href") or "").rsplit("/", 1)[-1]
    loop.second.sees(f"[role=row][data-alert='{loop.alert}'] .yw-al-tag:has-text('已派单')")
    shift.follow(".yw-al-standing a[href^='/cases/']")
    shift.sees(".yw-cs-state:has-text('派遣')")
    loop.number = shift.page.inner_text(".yw-cs-sub a")
    back = shift.sees(".yw-cs-links a[href^='/alerts']")
    assert loop.alert in (back.get_attribute("href") or "")
    shift.picture("loop-case")


def step_on_phone(person: Person, case: str, to: str, shown: str, note: str = "") -> None:
    """Open the task, press the big button, write, send; the server's word for it is awaited."""
    task = f"[data-case='{case}']"
    if person.page.locator(f"{task} .yw-fd-open").count() == 0:
        person.click(f"{task} .yw-fd-tasktop")
    person.click(f"{task} button[data-to='{to}']")
    if note:
        person.page.fill(f"{task} textarea", note)
        person.page.set_input_files(f"{task} input[type=file]", a_photo("现场.png"))
        person.sees(f"{task} .yw-fd-thumb")
    person.click(f"{task} .yw-fd-step button[type=submit]")
    person.sees(f"{task} .yw-cs-state:has-text('{shown}')")


def test_the_unit_signs_handles_and_answers_on_a_phone_with_a_photo(loop: Loop) -> None:
    handler = loop.handler.open("/tasks")
    handler.sees(f"[data-case='{loop.case}']")
    step_on_phone(handler, loop.case, "签收", "签收")
    step_on_phone(handler, loop.case, "处置", "处置")
    handler.click(f"[data-case='{loop.case}'] .yw-fd-tasktop")
    handler.click(f"[data-case='{loop.case}'] button[data-to='反馈']")
    handler.picture("loop-phone")
    handler.click(f"[data-case='{loop.case}'] button:has-text('取消')")
    step_on_phone(handler, loop.case, "反馈", "反馈", "排查上游排口两处,已封堵并复测达标")


def test_who_handled_it_cannot_check_it_and_the_page_says_why(loop: Loop) -> None:
    page = loop.handler.open(f"/cases/{loop.case}").page
    page.click(".yw-cs-whynot summary")
    said = page.inner_text(".yw-cs-whynot li:has-text('核查')")
    assert "办理" in said or "处置" in said, said
    assert page.locator("button[data-to='核查']").count() == 0
    loop.handler.picture("loop-not-his-own")


def test_another_person_checks_and_closes_it(loop: Loop) -> None:
    checker = loop.checker.open(f"/cases?case={loop.case}")
    checker.click(".yw-cs-detail button[data-to='核查']")
    checker.click(".yw-cs-form button[type=submit]")
    checker.sees(".yw-cs-detail .yw-cs-state:has-text('核查')")
    loop.before_closing = datetime.now(UTC).isoformat(timespec="milliseconds")
    checker.page.wait_for_timeout(50)
    checker.click(".yw-cs-detail button[data-to='结案']")
    checker.page.fill(".yw-cs-form textarea", "复测达标,现场无异味")
    checker.click(".yw-cs-form button[type=submit]")
    checker.sees(".yw-cs-detail .yw-cs-state:has-text('结案')")
    checker.picture("loop-closed")
    shift = loop.shift.open(f"/alerts?alert={loop.alert}")
    shift.sees(".yw-al-standing a:has-text('结案')")


def test_the_evaluation_of_the_month_counts_it(loop: Loop) -> None:
    page = loop.checker.open("/evaluation?by=unit").page
    over = page.inner_text(".yw-eva-head b")  # it opens with the month that is over
    page.click(".yw-eva-head button:has-text('›')")
    expect(page.locator(".yw-eva-head b")).not_to_have_text(over)
    page.click("tr:has(th:has-text('市生态环境局')) button[aria-label*='结案率'] >> nth=0")
    page.locator(".yw-eva-detail").get_by_text("分子", exact=True).click()
    loop.checker.sees(f".yw-eva-cases a:has-text('{loop.number}')")
    loop.checker.picture("loop-evaluation")


def test_the_board_of_the_moment_before_closing_shows_it_open(loop: Loop) -> None:
    then = quote(loop.before_closing)
    checker = loop.checker.open(f"/cases/board?as_of={then}&unit={UNIT}")
    card = f".yw-cb-card[href^='/cases/{loop.case}']"
    checker.sees(f"section[aria-label='核查'] {card}")
    expect(checker.page.locator(f"section[aria-label='结案'] {card}")).to_have_count(0)
    checker.click(".yw-bar-line button")
    checker.sees(f"section[aria-label='结案'] {card}")
    expect(checker.page.locator(f"section[aria-label='核查'] {card}")).to_have_count(0)


HEADER = (
    "[...document.querySelectorAll('.yw-header .yw-acounts *')]"
    ".reduce((sum, one) => sum + (one.children.length ? 0 : Number(one.textContent) || 0), 0)"
)
