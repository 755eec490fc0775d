from __future__ import annotations

import pytest

from topics.kit.words.deltas import Delta, Measure, difference, say
from topics.kit.words.lamps import Lamp


def _said(change: float, measure: Measure, precision: int = 1, **over: object) -> Delta:
    options = {"label": "同比", "lamp": Lamp.OK, "direction": "higher", **over}
    return say(change, measure=measure, precision=precision, **options)


def test_a_relative_change_is_in_percent():
    assert _said(4.62, Measure.PERCENT) == Delta("同比", "▲", "4.6%")


def test_a_difference_of_rates_is_in_points():
    assert _said(-0.6, Measure.POINTS) == Delta("同比", "▼", "0.6 点")


def test_a_difference_below_half_the_last_digit_is_level():
    assert _said(0.05, Measure.POINTS).text == "持平"
    assert _said(0.051, Measure.POINTS).text == "0.1 点"
    assert _said(-0.4, Measure.ABSOLUTE, 0).arrow == ""


@pytest.mark.parametrize(
    ("change", "lamp", "direction", "tone"),
    [
        (1.0, Lamp.BAD, "lower", "bad"),
        (-1.0, Lamp.BAD, "lower", ""),
        (-1.0, Lamp.WARN, "higher", "warn"),
        (1.0, Lamp.OK, "lower", ""),
        (1.0, Lamp.BAD, "none", ""),
    ],
)
def test_only_a_lit_row_moving_the_wrong_way_is_coloured(change, lamp, direction, tone):
    said = _said(change, Measure.POINTS, lamp=lamp, direction=direction)
    assert said.tone == tone


def test_a_change_relative_to_nothing_is_withheld():
    assert difference(5, 0, Measure.PERCENT) is None
    assert difference(5, -1, Measure.PERCENT) is None
    assert difference(5, 4, Measure.PERCENT) == pytest.approx(25)
