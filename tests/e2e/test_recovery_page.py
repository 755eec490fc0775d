"""A part is killed while the page is open: the page says so, comes back, and nothing is lost."""

from __future__ import annotations

import re
import time

import pytest

from tests.e2e.city import City, Desk, eventually, month_row
from tests.e2e.test_fresh_values import value_of
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
SHOWN = "water.sewage_rate"
COUNTED = "market.complaints_on_time"
PATIENCE = 120  # a hung restart fails; how fast it is on a quiet machine is no test


def test_when_the_web_process_dies_the_page_says_since_when_and_recovers(
    screen: Screen, city: City, desk: Desk
) -> None:
    screen.until("tonglan.board.get().link.state === 'open'")
    screen.ask("window.sameDocument = true")
    city.part("role web").kill()
    began = time.monotonic()
    screen.until("document.querySelector('.yw-bar-line')")
    told = screen.page.inner_text(".yw-bar-line")
    assert re.search(r"与服务器断开 0\d:\d\d", told)
    assert "画面停在" in told
    assert eventually(city.ready, PATIENCE)
    newest = round(80 + time.time() % 10, 1)
    desk.this_month(SHOWN, "440200", newest)
    left = PATIENCE - (time.monotonic() - began)
    screen.until("!document.querySelector('.yw-bar-line')", left)
    screen.until(f"{value_of(SHOWN)}.startsWith('{newest}')")
    assert screen.ask("window.sameDocument")


@pytest.mark.parametrize("part", ["valkey-server", "bin/postgres"])
def test_when_an_engine_dies_the_last_acknowledged_value_stays_and_reaches_the_page(
    screen: Screen, city: City, desk: Desk, part: str
) -> None:
    screen.until("tonglan.board.get().link.state === 'open'")
    began = time.monotonic()
    acknowledged: list[float] = []
    killed = False
    while time.monotonic() - began < PATIENCE and not (killed and len(acknowledged) >= 25):
        value = 50 + len(acknowledged) / 10  # as the page shows it, to one digit
        if desk.push(month_row(COUNTED, "440200", value)).status_code == 200:
            acknowledged.append(value)
            if not killed and len(acknowledged) == 10:
                city.part(part).kill()
                killed = True
        time.sleep(0.05)
    assert len(acknowledged) >= 25
    assert eventually(city.ready, PATIENCE)
    assert desk.latest(COUNTED, "440200")["value"] == acknowledged[-1]
    screen.until(f"{value_of(COUNTED)}.startsWith('{acknowledged[-1]:.1f}')", PATIENCE)
