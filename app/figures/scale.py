"""The vertical range of a chart and where words at its right end stand without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.figures.model import Level, LineChart

_PAD = 0.09  # of the span, above and below
_REACH = 1.2  # a level further away than this many spans of the data is named at the edge,
_NEAREST = 2  # but so many stand beside the newest value as long as the data keep
_SHARE = 0.18  # this share of the height
_GAP = 0.068  # of the span between two words at the right end


def value_range(chart: LineChart) -> tuple[float, float]:
    """The lowest and highest value drawn, with room; levels far away do not flatten the line."""
    values = [dot.y for curve in chart.curves for dot in curve.dots if dot.y is not None]
    values += [edge for one in chart.ahead for edge in (one.low95, one.high95)]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    span = (high - low) or abs(high) * 0.2 or 1.0
    near = [one.y for one in chart.levels if low - span * _REACH <= one.y <= high + span * _REACH]
    bottom, top = min([low, *near]), max([high, *near])
    drawn = [dot.y for dot in chart.curves[0].dots if dot.y is not None]
    newest = drawn[-1] if drawn else high
    for one in sorted(chart.levels, key=lambda one: abs(one.y - newest))[:_NEAREST]:
        wider = min(bottom, one.y), max(top, one.y)
        if span >= (wider[1] - wider[0]) * _SHARE:
            bottom, top = wider
    pad = ((top - bottom) or span) * _PAD
    # Nothing is below zero: then the axis is not either.
    floor = 0.0 if bottom >= 0 and bottom - pad < 0 else bottom - pad
    return floor, top + pad * 1.6  # words of marks stand at the top


def edge_text(level: Level, low: float, high: float) -> str:
    """A level's words; an arrow says that it lies outside of what is drawn."""
    if level.y > high:
        return f"↑{level.text}"
    return f"↓{level.text}" if level.y < low else level.text


def spread(places: Sequence[float], low: float, high: float) -> list[float]:
    """The places moved apart as little as keeps every two of them readable, in their order."""
    gap = (high - low) * _GAP
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    over = max((moved[n] for n in order), default=high) - high
    if over > 0:  # pushed out at the top: let them down again from there
        ceiling = high
        for n in reversed(order):
            moved[n] = min(moved[n], ceiling)
            ceiling = moved[n] - gap
    return moved
