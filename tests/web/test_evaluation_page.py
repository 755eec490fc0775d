"""/evaluation in a real browser: 冻结 → 公示 → 申诉 → 复核 → 定稿, and the cases behind a cell."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import duty_program
import pytest
from holding import fits, held
from playwright.sync_api import Page, expect
from screen import Enter

from app.demo.cases import add_cases
from app.engines.contracts import EngineUrls
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.services import Services
from topics.kit.evaluation.service import Told
from topics.kit.words.clock import local

pytestmark = pytest.mark.browser

PLACE = "440203"
_PEOPLE = (
    ("shenhe", "沈和", Role.REVIEWER, None),
    ("jingban", "景班", Role.HANDLER, f"region:{PLACE}"),
)
OVERFLOWING = """[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1
    && !one.closest('svg,.yw-unseen,.yw-nav,.yw-eva-scroll,.yw-eva-way,.yw-eva-caselist');
}).map((one) => one.className || one.tagName)"""


@pytest.fixture(scope="module")
def services(urls: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Services:
    made = duty_program.services_of(tmp_path_factory.mktemp("home"), urls)
    add_cases(made, datetime.now(UTC), 120, 62)
    people = People(made.accounts, made.audit)
    for name, shown, role, unit in _PEOPLE:
        once = people.add(name, display_name=shown, grants=[Grant(role)], by="system", unit=unit)
        people.change_password(made.accounts.require(name), old=once, new=duty_program.PASSWORD)
    return made


@cache
def last_month() -> date:
    """The one of the first test, also when the next month begins before the last test."""
    return (local(datetime.now(UTC)).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def told(services: Services) -> Told:
    return services.evaluations.told(last_month(), datetime.now(UTC))


def row_of(services: Services, region: str) -> Any:
    return next(one for one in told(services).result["region"]["rows"] if one["id"] == region)


def behind(services: Services, county: str) -> list[str]:
    now, asked = datetime.now(UTC), ("region", county, "filing_rate", "denominator")
    return services.evaluations.cases(last_month(), *asked, now=now)


def step(page: Page, label: str, note: str = "") -> None:
    """Press the button of a step and say what it asks."""
    page.click(f".yw-eva-head button:has-text('{label}')")
    if note:
        page.fill(".yw-dialog textarea", note)
    page.click(f".yw-dialog button:has-text('{label}')")
    page.wait_for_selector(".yw-dialog", state="detached")


def at(page: Page, state: str) -> None:
    page.wait_for_selector(f".yw-eva-way [aria-current=step]:has-text('{state}')")


def test_a_month_goes_from_draft_to_final_and_an_appeal_takes_its_case_out(
    enter: Enter, services: Services
) -> None:
    month = f"{last_month():%Y-%m}"
    reviewer = enter("shenhe", f"/evaluation?month={month}")
    at(reviewer.page, "草稿")
    step(reviewer.page, "冻结")
    at(reviewer.page, "冻结")
    step(reviewer.page, "公示")
    at(reviewer.page, "公示")

    clerk = enter("jingban", f"/evaluation?month={month}")
    row = row_of(services, PLACE)
    other = next(one for one in told(services).result["region"]["rows"] if one["id"] != PLACE)
    clerk.page.click(f".yw-eva-table button[aria-label^='{other['name']} 立案率']")
    clerk.page.wait_for_selector(".yw-eva-detail .yw-eva-total")
    assert clerk.page.locator(".yw-eva-detail button:has-text('申诉')").count() == 0  # not his
    clerk.page.click(f".yw-eva-table button[aria-label^='{row['name']} 立案率']")
    clerk.page.wait_for_selector(".yw-eva-detail .yw-eva-total")
    clerk.page.click(".yw-eva-detail button:has-text('申诉')")
    case = behind(services, row["id"])[0]
    clerk.page.fill(".yw-dialog textarea >> nth=0", "现场不属实,照片在案")
    clerk.page.fill(".yw-dialog textarea >> nth=1", services.cases.require(case).number)
    clerk.page.click(".yw-dialog button:has-text('申诉')")
    clerk.page.wait_for_selector(".yw-dialog", state="detached")
    at(clerk.page, "申诉")
    assert clerk.errors == []

    reviewer.page.reload()
    at(reviewer.page, "申诉")
    step(reviewer.page, "进入复核")
    at(reviewer.page, "复核")
    reviewer.page.click(".yw-eva-appeals button:has-text('复核意见')")
    reviewer.page.fill(".yw-dialog textarea >> nth=0", "属实,剔除这一件")
    reviewer.page.click(".yw-dialog button:has-text('复核意见')")
    reviewer.page.wait_for_selector(".yw-dialog", state="detached")
    step(reviewer.page, "定稿")
    at(reviewer.page, "定稿")
    assert reviewer.errors == []
    assert told(services).month.excluded == {case}
    after = next(one for one in told(services).result["region"]["rows"] if one["id"] == row["id"])
    counted = [one["cells"]["filing_rate"]["denominator"] for one in (row, after)]
    assert counted[0] - counted[1] == 1


def test_a_cell_leads_to_its_cases(enter: Enter, services: Services) -> None:
    row = told(services).result["region"]["rows"][0]
    screen = enter("zhangwei", f"/evaluation?month={last_month():%Y-%m}")
    screen.page.click(f".yw-eva-table button[aria-label^='{row['name']} 立案率']")
    screen.page.wait_for_selector(".yw-eva-detail .yw-eva-total")
    with held(screen.page, re.compile("/cases.*part=denominator"), "GET") as answer:
        screen.page.click(".yw-eva-detail label:has-text('分母')")
        answer.come()
        assert screen.page.locator(".yw-eva-total").count() == 0  # not those of the other part
        answer.let_go()
        many = len(behind(services, row["id"]))
        expect(screen.page.locator(".yw-eva-total")).to_contain_text(f"共 {many} 件")
    screen.page.click(".yw-eva-cases tbody a >> nth=0")
    screen.page.wait_for_url("**/cases/*")
    assert screen.errors == []


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844), (5760, 1080)])
def test_the_page_fits(enter: Enter, size: tuple[int, int]) -> None:
    screen = enter("zhangwei", f"/evaluation?month={last_month():%Y-%m}", size)
    screen.page.wait_for_selector(".yw-eva-table")
    fits(screen, OVERFLOWING)
    assert screen.ask("document.documentElement.scrollWidth <= innerWidth")
