"""A line chart as plain places for a small drawing: x and y between 0 and 1, words beside them.

The overview carries no library of charts; what it draws it draws from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.figures.model import LineChart, X
from topics.kit.words.numbers import write_plain

_STEPS = 4  # lines across
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST = 240  # dots of the line
_NEAR = 0.6  # of the line's own height: a limit within it is drawn, one further off is not


def curve_of(chart: LineChart) -> dict[str, Any]:
    """`points` and `ahead` in shares of the picture, the lines across, the words below."""
    dots = list(chart.curves[0].dots)
    values = [one.y for one in dots if one.y is not None]
    bands = [edge for one in chart.ahead for edge in (one.low95, one.high95)]
    limits = _limits(chart, values)
    marks = _marks([*values, *bands, *(y for y, *_ in limits)])
    low, high = marks[0], marks[-1]
    moments = [*(_moment(one.x) for one in dots), *(_moment(one.x) for one in chart.ahead)]
    first, last = min(moments), max(moments)

    def x(at: X) -> float:
        whole = (last - first).total_seconds() or 1.0
        return round((_moment(at) - first).total_seconds() / whole, 4)

    def y(value: float) -> float:
        return round((value - low) / (high - low), 4)

    kept = dots[:: max(1, -(-len(dots) // _MOST))]
    kept = kept if kept[-1] is dots[-1] else [*kept, dots[-1]]
    return {
        "points": [[x(one.x), None if one.y is None else y(one.y)] for one in kept],
        "ahead": [
            [x(one.x), *map(y, (one.mean, one.low80, one.high80, one.low95, one.high95))]
            for one in chart.ahead
        ],
        "now": x(dots[-1].x) if chart.ahead else None,
        "last": chart.last_text,
        "levels": [{"y": y(at), "text": text, "kind": kind} for at, text, kind in limits],
        "across": [{"y": y(one), "text": write_plain(one, _places(marks))} for one in marks],
        "below": [{"x": x(one), "text": text} for one, text in _below(first, last)],
    }


def _limits(chart: LineChart, values: Sequence[float]) -> list[tuple[float, str, str]]:
    """Named limits and targets that lie near the line: one far off would press it flat."""
    room = max(max(values) - min(values), abs(max(values)) * 0.05) * _NEAR
    near = (one for one in chart.levels if min(values) - room <= one.y <= max(values) + room)
    return [(one.y, one.text, one.kind) for one in near if one.text]


def _marks(values: Sequence[float]) -> list[float]:
    """Round numbers in even steps around the values, at most a few."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - (abs(low) * 0.05 or 1.0), high + (abs(high) * 0.05 or 1.0)
    rough = (high - low) / _STEPS
    power = 10.0 ** _exponent(rough)
    step = next(one * power for one in _NICE if one * power >= rough - 1e-12)
    start = step * (low // step)
    made = [start]
    while made[-1] < high - step * 1e-6:
        made.append(start + step * len(made))
    return made


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def _places(marks: Sequence[float]) -> int:
    step = marks[1] - marks[0]
    return next((one for one in range(4) if abs(round(step, one) - step) < 1e-9 * abs(step)), 4)


def _moment(at: X) -> datetime:
    return datetime.fromisoformat(str(at))


def _below(first: datetime, last: datetime) -> list[tuple[str, str]]:
    """Days, months or years that begin within the stretch, at most about six."""
    whole = last - first
    if whole <= timedelta(days=8):
        starts = [first.replace(hour=0, minute=0, second=0) + timedelta(one) for one in range(1, 9)]
        named = [(one, f"{one.day}日") for one in starts]
    else:
        months = [_month(first, one) for one in range(1, 1 + whole.days // 28)]
        yearly = whole > timedelta(days=400)
        named = [(one, f"{one:%Y-%m}" if yearly else f"{one.month}月") for one in months]
    named = [one for one in named if first <= one[0] <= last]
    step = max(1, -(-len(named) // 6))
    return [(f"{at:%Y-%m-%d %H:%M:%S}", text) for at, text in named[::step]]


def _month(first: datetime, later: int) -> datetime:
    number = first.year * 12 + first.month - 1 + later
    return datetime(number // 12, number % 12 + 1, 1)  # noqa: DTZ001  on the city's clock
