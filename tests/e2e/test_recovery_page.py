"""A part is killed while the page is open: the page says so, comes back, and nothing is lost."""

from __future__ import annotations

import time

import httpx
import psutil
import pytest

from tests.e2e.city import City, Desk, eventually, month_row
from tests.e2e.test_fresh_values import value_of
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
SHOWN = "water.sewage_rate"
COUNTED = "market.complaints_on_time"
BAR = "(document.querySelector('.yw-bar-line')?.innerText || '')"
PATIENCE = 240  # a hung restart fails; how fast it is on a quiet machine is no test


def test_when_the_web_process_dies_the_page_says_since_when_and_recovers(
    screen: Screen, city: City, desk: Desk
) -> None:
    screen.until("tonglan.board.get().link.state === 'open'")
    screen.ask("window.sameDocument = true")
    with city.without("role web", kept_by=psutil.Process(city.process.pid)):
        screen.until(
            f"/与服务器断开 0\\d:\\d\\d/.test({BAR}) && {BAR}.includes('画面停在')", PATIENCE
        )
    assert eventually(city.ready, PATIENCE)
    newest = round(80 + time.time() % 10, 1)
    desk.this_month(SHOWN, "440200", newest)
    screen.until("!document.querySelector('.yw-bar-line')", PATIENCE)
    screen.until(f"{value_of(SHOWN)}.startsWith('{newest}')", PATIENCE)
    assert screen.ask("window.sameDocument")


def taken(desk: Desk, value: float) -> bool:
    """Whether the program has acknowledged the value."""
    try:
        return desk.push(month_row(COUNTED, "440200", value)).status_code == 200
    except httpx.HTTPError:
        return False


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
        if taken(desk, value):
            acknowledged.append(value)
            if not killed and len(acknowledged) == 10:
                city.kill(part)
                killed = True
        time.sleep(0.05)
    assert len(acknowledged) >= 25
    assert eventually(city.ready, PATIENCE)
    assert desk.latest(COUNTED, "440200")["value"] == acknowledged[-1]
    screen.until(f"{value_of(COUNTED)}.startsWith('{acknowledged[-1]:.1f}')", PATIENCE)
