"""The lines, bands and special points of a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.figures.ink import CURVES, clear
from app.figures.model import Ahead, Curve, LineChart

_FEW = 40  # points up to which each has a dot of its own
_SIGNS = {"estimated": ("diamond-open", "估算"), "suspect": ("x-thin-open", "存疑")}

Ink = Mapping[str, str]
Trace = dict[str, Any]


def traces(chart: LineChart, ink: Ink) -> list[Trace]:
    """Everything with data, lowest first: bands, forecast, other curves, the one it is about."""
    made = bands(chart.ahead, ink)
    if chart.ahead:
        made.append(_mean(chart, ink))
    for number in range(len(chart.curves) - 1, -1, -1):
        made.append(_curve(chart.curves[number], number, ink))
    if chart.curves:
        made += _special(chart, ink)
    return made


def bands(ahead: Sequence[Ahead], ink: Ink) -> list[Trace]:
    """The 95 % and over it the 80 % interval, as closed shapes."""
    if not ahead:
        return []
    made = []
    for share, low, high in ((0.35, "low95", "high95"), (0.75, "low80", "high80")):
        xs = [one.x for one in ahead]
        made.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*xs, *reversed(xs)],
                "y": [getattr(one, high) for one in ahead]
                + [getattr(one, low) for one in reversed(ahead)],
                "fill": "toself",
                "fillcolor": clear(ink["band"], share),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "meta": {"part": high},
            }
        )
    return made


def _mean(chart: LineChart, ink: Ink) -> Trace:
    known = [dot for dot in chart.curves[0].dots if dot.y is not None] if chart.curves else []
    joint = known[-1:]  # the forecast goes on from the newest value
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [*(dot.x for dot in joint), *(one.x for one in chart.ahead)],
        "y": [*(dot.y for dot in joint), *(one.mean for one in chart.ahead)],
        "line": {"color": ink["data"], "width": 1.6, "dash": "dash"},
        "marker": {"size": [0] * len(joint) + [5] * len(chart.ahead), "color": ink["surface-1"],
                   "line": {"color": ink["data"], "width": 1.4}},
        "customdata": [*(dot.text for dot in joint), *(one.text for one in chart.ahead)],
        "hovertemplate": "%{customdata}<extra></extra>",
        "meta": {"part": "forecast"},
    }  # fmt: skip


def _curve(curve: Curve, number: int, ink: Ink) -> Trace:
    colour, dash = CURVES[number % len(CURVES)]
    dots = curve.dots
    few = sum(dot.y is not None for dot in dots) <= _FEW
    alone = [_stands_alone(dots, n) for n in range(len(dots))]
    size = 5 if number == 0 else 4
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [dot.x for dot in dots],
        "y": [dot.y for dot in dots],
        "connectgaps": False,
        "line": {"color": ink[colour], "width": 1.9 if number == 0 else 1.6, "dash": dash},
        # A value between two gaps has no line: it needs its dot to be seen at all.
        "marker": {"size": [size if few or lone else 0 for lone in alone], "color": ink[colour]},
        "customdata": [dot.text for dot in dots],
        "hovertemplate": "%{customdata}<extra></extra>",
        "meta": {"part": "curve", "key": curve.key},
    }


def _stands_alone(dots: Sequence[Any], n: int) -> bool:
    before = dots[n - 1].y if n else None
    after = dots[n + 1].y if n + 1 < len(dots) else None
    return before is None and after is None


def _special(chart: LineChart, ink: Ink) -> list[Trace]:
    """Corrected points hollow, estimates as diamonds, doubts as crosses, the late end hollow."""
    dots = chart.curves[0].dots
    made = []
    for status, (sign, _) in _SIGNS.items():
        chosen = [dot for dot in dots if dot.status == status and dot.y is not None]
        if chosen:
            made.append(_marks(chosen, sign, 10, ink["warn-text"], ink["surface-1"], status))
    revised = [dot for dot in dots if dot.revised and dot.y is not None]
    if revised:
        made.append(_marks(revised, "circle", 8, ink["data"], ink["surface-1"], "revised"))
    last = [dot for dot in dots if dot.y is not None][-1:]
    if last and chart.late:
        made.append(_marks(last, "circle", 10, ink["warn-text"], ink["surface-1"], "late"))
    chosen_dots = [dot for dot in dots if dot.x == chart.chosen and dot.y is not None]
    if chosen_dots:
        made.append(_marks(chosen_dots, "circle-open", 14, ink["accent"], ink["accent"], "chosen"))
    return made


def _marks(dots: Sequence[Any], sign: str, size: int, line: str, fill: str, part: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [dot.x for dot in dots],
        "y": [dot.y for dot in dots],
        "marker": {
            "symbol": sign,
            "size": size,
            "color": line if sign.endswith("-open") else fill,
            "line": {"color": line, "width": 1.8},
        },
        "hoverinfo": "skip",
        "meta": {"part": part},
    }
