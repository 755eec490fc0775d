"""Numbers move on the open page: pushed by a bureau, read from a source, coloured on the map."""

from __future__ import annotations

import pytest

from tests.e2e.city import Desk
from tests.e2e.conftest import Opened
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
PUSHED = "water.leakage"
NANXIONG = "440282"
TEXTS = "[...document.querySelectorAll('.yw-kpi .yw-value')].map((one) => one.innerText).join('|')"


def value_of(indicator: str) -> str:
    return f"document.querySelector(\"[data-indicator='{indicator}'] .yw-value\").innerText"


def test_a_pushed_value_is_on_the_open_page_within_two_seconds(screen: Screen, desk: Desk) -> None:
    screen.until("tonglan.board.get().link.state === 'open'")
    screen.ask("window.sameDocument = true")
    pushed = round(desk.latest(PUSHED, "440200")["value"] + 1.7, 1)
    desk.this_month(PUSHED, "440200", pushed)
    screen.until(f"{value_of(PUSHED)}.startsWith('{pushed}')", 2)
    assert screen.page.locator(f"[data-indicator='{PUSHED}'] .yw-changed").count() == 1
    assert screen.ask("window.sameDocument")
    assert screen.errors == []


def test_a_county_is_recoloured_when_its_value_arrives(opened: Opened, desk: Desk) -> None:
    screen = opened("/?map=water.sewage_rate&layers=")
    screen.until("tonglan.board.get().link.state === 'open'")
    place = f"tonglan.board.get().boot.places.find((one) => one.code === '{NANXIONG}')"
    named = "source: 'city.counties', sourceLayer: 'city.counties'"
    state = f"tonglan.theMap.getFeatureState({{{named}, id: {place}.feature}}).value"
    before, old = _colour(screen, place), screen.ask(state)
    values = "Object.values(tonglan.board.get().model.map.values)"
    lowest, highest = screen.ask(f"Math.min(...{values})"), screen.ask(f"Math.max(...{values})")
    other = round(lowest - 1 if old - lowest > highest - old else min(highest + 1, 100), 1)
    desk.this_month("water.sewage_rate", NANXIONG, other)
    screen.until(f"{state} === {other}", 2)
    screen.page.wait_for_timeout(500)
    assert _colour(screen, place) != before


def test_the_chip_in_the_header_and_its_row_say_the_same(screen: Screen) -> None:
    """Both the report of the hour (HJ 633 4.2.3), not a value of between two hours."""
    screen.until("document.querySelector('.yw-aqi b')?.innerText > ''", 30)
    shown = screen.page.inner_text(".yw-aqi b")
    assert shown.isdigit()
    assert screen.ask(value_of("ecology.aqi_hour")).startswith(shown)


def test_a_simulated_source_moves_a_number_by_itself(screen: Screen) -> None:
    screen.ask(f"window.before = {TEXTS}")
    screen.until(f"{TEXTS} !== window.before", 45)


def _colour(screen: Screen, place: str) -> bytes:
    """A few pixels of the county beside its label."""
    x, y = screen.ask(
        f"""(() => {{
          const at = tonglan.theMap.project({place}.at);
          const box = tonglan.theMap.getCanvas().getBoundingClientRect();
          return [at.x + box.left, at.y + box.top + 34];
        }})()"""
    )
    return screen.page.screenshot(clip={"x": x, "y": y, "width": 3, "height": 3})
