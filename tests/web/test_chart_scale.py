"""Where the names at a chart's right end stand on a screen of any size."""

from __future__ import annotations

from itertools import pairwise

import pytest
from screen import PaperCity, Screen

NAMES = """tonglan.chartScale.fitted({data: [], layout: {
  margin: {t: 22, b: 40}, yaxis: {range: [0, 5]},
  annotations: [%s].map((y) => ({x: 1, y, xref: 'paper', yref: 'y', text: '限'}))}},
  %d, 900, %d).layout.annotations.map((one) => one.y)"""
LINE = 0.9  # rem between two names


@pytest.fixture
def page(screen: Screen, paper: PaperCity) -> Screen:
    return screen.open("/topic/water")


@pytest.mark.parametrize("rem", [16, 32])
def test_names_at_the_right_end_never_lie_upon_each_other(page: Screen, rem: int) -> None:
    height = 12 * rem
    plot = height - 62 * rem / 16
    gap = LINE * rem / plot * 5
    for names in ("4.5, 4.4, 1.0", "4.9, 4.9, 4.9", "0, 0.01, 5"):
        shown = sorted(page.ask(NAMES % (names, rem, height)))
        assert all(b - a >= gap - 1e-9 for a, b in pairwise(shown)), names
        assert shown[-1] <= 5 + 1e-9


def test_names_that_have_room_stay_at_their_values(page: Screen) -> None:
    assert page.ask(NAMES % ("4.0, 2.5, 1.0", 16, 400)) == [4.0, 2.5, 1.0]
