"""The limits of a place as lines of a chart: a step where the limit changed within the stretch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.figures.model import Level, X
from app.indicator.axes import x_of
from app.topic.kinds.focus import Focus
from app.topic.view import View
from topics.kit.contracts import Period
from topics.kit.pages.limits import Limits
from topics.kit.periods import local_start

Edge = tuple[float, str, str]


def limit_lines(
    view: View, about: Focus, periods: Sequence[Period], reach: tuple[X, X] | None
) -> list[Level] | None:
    """One line an edge, each as long as it holds; only those that hold last are named.

    None where the topic knows no limits of the place.
    """
    last = view.limits(about.spec, about.region, periods[-1] if periods else None)
    held = _held(view, about, periods)
    if last is None or reach is None or len(held) < 2:
        return None if last is None else [_level(one) for one in _edges(about, last)]
    ends = [reach[0], *(x_of(start) for start, _ in held[1:]), reach[1]]
    runs: dict[Edge, list[tuple[int, int]]] = {}
    for number, (_, limits) in enumerate(held):
        for edge in _edges(about, limits):
            before = runs.setdefault(edge, [])
            if before and before[-1][1] == number:
                before[-1] = (before[-1][0], number + 1)
            else:
                before.append((number, number + 1))
    return [
        _level(edge, None if (first, end) == (0, len(held)) else (ends[first], ends[end]),
               named=end == len(held))
        for edge, spans in runs.items()
        for first, end in spans
    ]  # fmt: skip


def _held(
    view: View, about: Focus, periods: Sequence[Period]
) -> list[tuple[Period, Limits | None]]:
    """The limits in turn with the first period of each."""
    days = {local_start(one).date(): one for one in reversed(periods)}
    found = [(days[day], view.limits(about.spec, about.region, days[day])) for day in sorted(days)]
    return found[:1] + [
        after
        for before, after in pairwise(found)
        if _edges(about, before[1]) != _edges(about, after[1])
    ]


def _edges(about: Focus, limits: Limits | None) -> list[Edge]:
    return [] if limits is None else limits.edges(about.spec.precision)


def _level(edge: Edge, span: tuple[X, X] | None = None, *, named: bool = True) -> Level:
    at, text, colour = edge
    return Level(at, text if named else "", colour or "bad", span)
