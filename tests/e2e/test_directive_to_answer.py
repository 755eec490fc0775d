"""督办 by clicks alone, from a number, an alert and a case: signed, answered, returned, closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from app.security.contracts import Role
from tests.e2e.city import City
from tests.e2e.people import PHONE, Person, people

pytestmark = pytest.mark.browser
UNIT, NUMBER = "swj", "water.leakage"


@dataclass
class Both:
    """Who asks and who owes the answer."""

    leader: Person
    unit: Person

    def sees_state(self, who: Person, state: str) -> None:
        who.sees(f".yw-dv-detail[data-state='{state}']")

    def answers(self, directive: str, text: str, *, signs: bool = True) -> None:
        """The unit on its phone: 签收, then 反馈."""
        unit = self.unit.open("/directives?view=mine")
        unit.click(f"[data-directive='{directive}']")
        if signs:
            unit.click(".yw-dv-steps button:has-text('签收')")
            self.sees_state(unit, "已签收")
        unit.click(".yw-dv-steps button:has-text('反馈')")
        unit.page.fill(".yw-dv-steps textarea", text)
        unit.click(".yw-dv-steps button[type=submit]")
        self.sees_state(unit, "已反馈")

    def returns(self, directive: str, why: str) -> None:
        leader = self.leader.open(f"/directives?id={directive}")
        leader.click(".yw-dv-steps button:has-text('退回')")
        leader.page.fill(".yw-dv-steps textarea", why)
        leader.click(".yw-dv-steps button[type=submit]")
        leader.sees(f".yw-dv-facts:has-text('{why}')")

    def closes(self, directive: str) -> None:
        leader = self.leader.open(f"/directives?id={directive}")
        leader.click(".yw-dv-steps button:has-text('办结')")
        self.sees_state(leader, "办结")


@pytest.fixture(scope="module")
def both(chromium: Browser, city: City) -> Iterator[Both]:
    with people(chromium, city) as enters:
        leader = enters("heshizhang", Role.LEADER)
        yield Both(leader, enters("shuiwuju", Role.HANDLER, unit=UNIT, size=PHONE))


def named(link: str | None) -> str:
    """The id of the 督办 a link leads to."""
    return (link or "").split("id=", 1)[1].split("&")[0]


def picks(leader: Person, form: str) -> None:
    """The unit, by a part of its name."""
    leader.page.fill(f"{form} [role=combobox]", "水务")
    leader.sees(f"{form} [role=option]:has-text('水务')")  # the list of units has come
    leader.page.keyboard.press("Enter")


def filled(leader: Person, text: str) -> None:
    form = ".yw-dv-form"
    picks(leader, form)
    leader.page.fill(f"{form} textarea", text)
    leader.click(f"{form} button[type=submit]")


def test_the_reply_stands_beside_the_number_until_it_is_closed(both: Both) -> None:
    leader, text = both.leader.open("/"), "查明漏损升高的原因,两日内报整改计划"
    leader.click(f"[data-explain^='{NUMBER}|'] >> nth=0")
    leader.click(".yw-dv-section button:has-text('督办')")
    filled(leader, text)
    brief = f".yw-dv-brief:has-text('{text}')"
    link = leader.sees(f"{brief} a[href*='/directives?id=']").get_attribute("href")
    one = named(link)
    leader.picture("directive-number")
    both.answers(one, "查出两处暗漏,已修复一处")
    leader.open(f"/indicators?explain={NUMBER}|440200")
    leader.sees(f"{brief} .yw-dv-reply:has-text('查出两处暗漏')")
    both.returns(one, "第二处何时修好,请写明")
    both.unit.open("/directives?view=mine").click(f"[data-directive='{one}']")
    both.unit.sees(".yw-dv-facts:has-text('第二处何时修好')")
    both.unit.picture("directive-returned")
    both.answers(one, "第二处已于今日修好,漏损率回落", signs=False)
    leader.open(f"/indicators?explain={NUMBER}|440200")
    leader.sees(f"{brief} .yw-dv-reply:has-text('第二处已于今日修好')")
    both.closes(one)
    leader.open(f"/indicators?explain={NUMBER}|440200")
    leader.sees(".yw-dv-section button:has-text('督办')")
    leader.no_longer_sees(brief)


def test_an_alert_says_what_was_asked_about_it_and_what_came_back(both: Both) -> None:
    leader = both.leader.open("/alerts")
    row = leader.sees("[role=row][data-alert]:has-text('漏损率')")
    alert = f"[role=row][data-alert='{row.get_attribute('data-alert')}']"
    leader.click(alert)
    leader.click("[data-do=directive]")
    filled(leader, "请说明抢修进度")
    link = leader.sees(".yw-al-standing a[href*='/directives?id=']")
    both.answers(named(link.get_attribute("href")), "抢修队已到场")
    leader.open("/alerts")
    leader.click(alert)
    leader.sees(".yw-al-standing a:has-text('抢修队已到场')")
    leader.picture("directive-alert")
    both.closes(named(link.get_attribute("href")))


def test_a_case_names_its_directive_from_then_on(both: Both) -> None:
    leader = both.leader.open("/cases")
    leader.follow(".yw-cs-detail .yw-cs-sub a")
    leader.click("button[data-to='督办']")
    form = ".yw-cs-form"
    picks(leader, form)
    soon = datetime.now(UTC) + timedelta(days=3)
    leader.page.fill(f"{form} input[type=datetime-local]", f"{soon:%Y-%m-%dT%H:%M}")
    leader.page.fill(f"{form} textarea", "请到场看一看")
    leader.click(f"{form} button[type=submit]")
    link = leader.sees(".yw-cs-links a[href*='/directives?id=']")
    one = named(link.get_attribute("href"))
    both.answers(one, "已到场,正在处置")
    both.closes(one)
