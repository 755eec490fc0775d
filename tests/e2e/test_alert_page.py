"""The alerts of the real program on its overview, as who is on duty sees them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.city import City
from tests.e2e.conftest import Opened

pytestmark = pytest.mark.browser
PASSWORD = "Beijiang-Zhiban-2026"


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
