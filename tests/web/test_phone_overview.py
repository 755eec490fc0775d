"""The overview on a phone: chips and tiles as in the mock, everything within the width."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import pytest
from screen import Screen

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(screen: Screen) -> Screen:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open().until("document.querySelectorAll('[data-tile]').length > 3")
    return screen.until(
        "document.querySelector('.yw-oa-strip') && document.querySelector('.yw-oa-row')"
    )


def test_what_is_pressing_stands_first_in_two_columns_under_the_map_and_before_the_alerts(
    phone: Screen,
) -> None:
    edges = phone.ask(
        "[...document.querySelectorAll('[data-tile]')].map(e => e.className.includes('yw-edge-bad') ? 0 : e.className.includes('yw-edge-warn') ? 1 : 2)"
    )
    assert edges == sorted(edges)
    tops = phone.ask(
        "['.yw-oa-strip', '.yw-map', '.yw-ph-chips', '.yw-ph-tiles', '.yw-oa', '.yw-matrix'].map(s => document.querySelector(s).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)
    lefts = phone.ask(
        "[...new Set([...document.querySelectorAll('[data-tile]')].map(e => Math.round(e.getBoundingClientRect().left)))].length"
    )
    assert lefts == 2
    bar = phone.ask("document.querySelector('.yw-phonebar').getBoundingClientRect().bottom")
    assert abs(bar - 844) < 1


def test_a_chip_shows_the_rows_of_its_topic_and_no_tile_is_cut(phone: Screen) -> None:
    phone.page.click(".yw-ph-chips button >> nth=1")
    card = phone.ask("tonglan.board.get().model.cards[0].rows.map(r => r.indicator)")
    phone.until_is("[...document.querySelectorAll('[data-tile]')].map(e => e.dataset.tile)", card)
    wider = phone.ask(
        "[...document.querySelectorAll('[data-tile]')].filter(t => [...t.querySelectorAll('*')].some(e => e.getBoundingClientRect().right > t.getBoundingClientRect().right + 1)).map(t => t.dataset.tile)"
    )
    assert wider == []
    assert phone.ask("document.documentElement.scrollWidth") <= 390
