"""The alerts of the real program on its overview, as who is on duty sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.city import City, eventually
from tests.e2e.conftest import Opened
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
PASSWORD = "Beijiang-Zhiban-2026"


@pytest.fixture(scope="module")
def shift(city: City) -> Iterator[httpx.Client]:
    """Somebody of the shift who has signed in and set a password."""
    named = ("--display-name", "值守", "--role", "duty")
    once = city.answer("users", "add", "zhishou", *named)["password"]
    with httpx.Client(base_url=city.url, follow_redirects=True, timeout=120) as person:
        person.post("/login", data={"name": "zhishou", "password": once})
        change = {"old": once, "new": PASSWORD, "again": PASSWORD}
        assert person.post("/password", data=change).status_code == 200
        yield person


def test_the_overview_counts_lists_and_marks_the_same_alerts(
    opened: Opened, shift: httpx.Client
) -> None:
    screen = opened("/", cookies=dict(shift.cookies))
    screen.until("tonglan.openAlerts.get().known")
    screen.until("document.querySelectorAll('.yw-fu-row').length === 6")
    # Alerts of the demo come and go: both are asked until they speak of the same moment.
    assert eventually(lambda: counted(screen) == open_now(shift)["open"], 120)
    placed = sum(one["lon"] is not None for one in open_now(shift)["items"])
    screen.until(f"document.querySelectorAll('.yw-amark').length >= {min(placed, 1)}")
    assert screen.errors == []


def counted(screen: Screen) -> int:
    """The number the header shows."""
    shown = screen.page.inner_text(".yw-header .yw-acounts").split()
    return sum(int(one) for one in shown if one.isdigit())


def open_now(shift: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = shift.get("/api/v1/alerts", params={"open": 1}).json()
    return found
