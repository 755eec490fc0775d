"""An alert of the real program, from the list to its case: 确认 → 派单, by who is on duty."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.city import City
from tests.e2e.conftest import Opened

pytestmark = pytest.mark.browser
PASSWORD = "Beijiang-Zhiban-2026"
STATE = "tonglan.board.get()"


@pytest.fixture(scope="module")
def shift(city: City) -> Iterator[httpx.Client]:
    """Somebody of the shift who has signed in and set a password."""
    named = ("--display-name", "值守", "--role", "duty")
    once = city.answer("users", "add", "zhishou", *named)["password"]
    with httpx.Client(base_url=city.url, follow_redirects=True, timeout=30) as person:
        person.post("/login", data={"name": "zhishou", "password": once})
        change = {"old": once, "new": PASSWORD, "again": PASSWORD}
        assert person.post("/password", data=change).status_code == 200
        yield person


def test_an_open_alert_is_acknowledged_and_becomes_a_case(
    opened: Opened, shift: httpx.Client
) -> None:
    found = shift.get("/api/v1/alerts", params={"open": 1, "state": "未确认,已确认"}).json()
    row = next((one for one in found["items"] if one["case"] is None), None)
    # Several stand for weeks: a section that is 劣Ⅴ, a leakage above its limit.
    assert row is not None, "the demo city has no open alert without a case"
    screen = opened(f"/alerts?alert={row['id']}", cookies=dict(shift.cookies))
    screen.until(f"{STATE}.detail?.whole")
    counts = screen.ask("tonglan.alerts.get()")
    assert counts["open"] == found["open"]
    if row["state"] == "未确认":
        screen.page.keyboard.press("a")
        screen.until(f"{STATE}.detail.state === '已确认' && {STATE}.detail.whole")
    screen.page.keyboard.press("d")
    screen.page.wait_for_selector(".yw-al-form [type=submit]")
    screen.page.click(".yw-al-form [type=submit]")
    screen.until(f"{STATE}.detail.case && {STATE}.detail.whole")
    number = screen.ask(f"{STATE}.detail.case.id")
    case = shift.get(f"/api/v1/cases/{number}").json()
    assert case["alert"] is not None
    assert shift.get(f"/api/v1/alerts/{row['id']}").json()["state"] in ("已派单", "处置中")
    assert screen.errors == []
    assert screen.outside == []


def test_the_overview_counts_lists_and_marks_the_same_alerts(
    opened: Opened, shift: httpx.Client
) -> None:
    found = shift.get("/api/v1/alerts", params={"open": 1}).json()
    screen = opened("/", cookies=dict(shift.cookies))
    screen.until("tonglan.openAlerts.get().known")
    screen.until("document.querySelectorAll('.yw-fu-row').length === 6")
    shown = screen.page.inner_text(".yw-header .yw-acounts").split()
    assert sum(int(one) for one in shown if one.isdigit()) == found["open"]
    placed = sum(one["lon"] is not None for one in found["items"])
    assert screen.page.locator(".yw-amark").count() >= min(placed, 1)
    assert screen.errors == []
