"""Numbers move on the open page: pushed by a bureau, read from a source, coloured on the map."""

from __future__ import annotations

import pytest

from tests.e2e.city import Desk, eventually
from tests.e2e.conftest import STILL, Opened
from tests.web.screen import Screen

pytestmark = pytest.mark.browser
PUSHED = "water.leakage"
NANXIONG = "440282"
WATCHED = f"""window.lit = false; new MutationObserver(() => {{
  const light = document.querySelector("[data-indicator='{PUSHED}'] .yw-changed");
  window.lit = window.lit || Boolean(light);
}}).observe(document.body, {{childList: true, subtree: true}})"""
TEXTS = "[...document.querySelectorAll('.yw-kpi .yw-value')].map((one) => one.innerText).join('|')"


def value_of(indicator: str) -> str:
    return f"document.querySelector(\"[data-indicator='{indicator}'] .yw-value\").innerText"


def test_a_pushed_value_is_on_the_open_page_and_lights_up_for_a_moment(
    screen: Screen, desk: Desk
) -> None:
    screen.ask("window.sameDocument = true")
    screen.ask(WATCHED)
    pushed = round(desk.latest(PUSHED, "440200")["value"] + 1.7, 1)
    desk.this_month(PUSHED, "440200", pushed)
    screen.until(f"{value_of(PUSHED)}.startsWith('{pushed}')")
    screen.until("window.lit")
    assert screen.ask("window.sameDocument")
    assert screen.errors == []


def test_a_county_is_recoloured_when_its_value_arrives(opened: Opened, desk: Desk) -> None:
    screen = opened("/?map=water.sewage_rate&layers=")
    screen.until("tonglan.board.get().link.state === 'open'")
    place = f"tonglan.board.get().boot.places.find((one) => one.code === '{NANXIONG}')"
    named = "source: 'city.counties', sourceLayer: 'city.counties'"
    state = f"tonglan.theMap.getFeatureState({{{named}, id: {place}.feature}}).value"
    screen.until(f"{state} !== undefined && {state} !== null").until(STILL)
    screen.until("tonglan.theMap.queryRenderedFeatures({layers: ['yw-choropleth']}).length >= 10")
    before, old = _settled_colour(screen, place), screen.ask(state)
    values = "Object.values(tonglan.board.get().model.map.values)"
    lowest, highest = screen.ask(f"Math.min(...{values})"), screen.ask(f"Math.max(...{values})")
    other = round(lowest - 1 if old - lowest > highest - old else min(highest + 1, 100), 1)
    desk.this_month("water.sewage_rate", NANXIONG, other)
    screen.until(f"{state} === {other}")
    assert eventually(lambda: _colour(screen, place) != before, 120)


def test_the_chip_in_the_header_and_its_row_say_the_same(screen: Screen) -> None:
    """Both the report of the hour (HJ 633 4.2.3), not a value of between two hours."""
    screen.until("/^[0-9]+$/.test(document.querySelector('.yw-aqi b')?.innerText)")
    chip = "document.querySelector('.yw-aqi b').innerText"
    screen.until(f"{value_of('ecology.aqi_hour')}.startsWith({chip})")


def test_a_simulated_source_moves_a_number_by_itself(screen: Screen) -> None:
    screen.ask(f"window.before = {TEXTS}")
    screen.until(f"{TEXTS} !== window.before", 240)


def _settled_colour(screen: Screen, place: str) -> bytes:
    """The county's colour once it stays the same: a map fades in what it has just read."""
    seen = [b""]

    def stays() -> bool:
        seen.append(_colour(screen, place))
        return seen[-1] == seen[-2]

    assert eventually(stays, 120)
    return seen[-1]


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
