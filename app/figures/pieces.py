"""Shapes and words of a chart around its lines: levels, marks, shaded gaps, names at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.figures.ink import CURVES, clear, level_line, level_word
from app.figures.model import LineChart, X
from app.figures.scale import edge_text, spread

SMALL = 12  # px at k = 1: no type in a chart is smaller (.75rem)
_MOST_GAPS = 8  # gaps that are named; all of them are shaded

Ink = Mapping[str, str]
Piece = dict[str, Any]


def shapes(chart: LineChart, colour: Ink, low: float, high: float) -> list[Piece]:
    """Shaded gaps, levels and upright marks, lowest first."""
    return [*_shades(chart, colour), *_levels(chart, colour, low, high), *_marks(chart, colour)]


def words(chart: LineChart, colour: Ink, low: float, high: float) -> list[Piece]:
    """Names at the right end first, then what stands at marks, gaps and the newest value."""
    return [
        *right_end(chart, colour, low, high),
        *_tops(chart, colour),
        *_gap_words(chart, colour),
        *_last(chart, colour),
    ]


def right_end(chart: LineChart, colour: Ink, low: float, high: float) -> list[Piece]:
    """The names of curves and levels, moved apart where they would overlap."""
    found: list[tuple[float, str, str]] = []
    for number, curve in enumerate(chart.curves):
        known = [dot.y for dot in curve.dots if dot.y is not None]
        if curve.label and known:
            found.append((known[-1], curve.label, colour[CURVES[number % len(CURVES)][0]]))
    for level in (one for one in chart.levels if one.text):
        place = min(max(level.y, low), high)
        found.append((place, edge_text(level, low, high), colour[level_word(level.kind)]))
    places = spread([one[0] for one in found], low, high)
    return [
        _word(1, place, text, tone, x_paper=True, xanchor="left", yanchor="middle", xshift=6)
        for place, (_, text, tone) in zip(places, found, strict=True)
    ]


def _word(
    x: X,
    y: float,
    text: str,
    colour: str,
    *,
    x_paper: bool = False,
    y_paper: bool = False,
    **more: Any,
) -> Piece:
    return {
        "x": x,
        "y": y,
        "xref": "paper" if x_paper else "x",
        "yref": "paper" if y_paper else "y",
        "text": text,
        "showarrow": False,
        "font": {"size": SMALL, "color": colour},
        **more,
    }


def _levels(chart: LineChart, colour: Ink, low: float, high: float) -> list[Piece]:
    made = []
    for one in chart.levels:
        if not low <= one.y <= high:
            continue
        tone, dash = level_line(one.kind)
        span: Piece = {"xref": "paper", "x0": 0, "x1": 1}
        if one.span is not None:
            span = {"xref": "x", "x0": one.span[0], "x1": one.span[1]}
        line = {"color": colour[tone], "width": 1.4, "dash": dash}
        place = {**span, "y0": one.y, "y1": one.y}
        made.append({"type": "line", **place, "line": line, "layer": "between"})
    return made


def _marks(chart: LineChart, colour: Ink) -> list[Piece]:
    made = [_upright(one.x, colour["text-2"], "longdash") for one in chart.breaks]
    if chart.now is not None:
        made.append(_upright(chart.now, colour["text-3"], "dash"))
    return made


def _upright(x: X, colour: str, dash: str) -> Piece:
    place = {"xref": "x", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **place, "line": {"color": colour, "width": 1.2, "dash": dash}}


def _shades(chart: LineChart, colour: Ink) -> list[Piece]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "x0": start,
            "x1": end,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "fillcolor": colour["surface-3"],
            "line": {"width": 0},
            "layer": "below",
        }
        for start, end, _ in chart.gaps
    ]


def _gap_words(chart: LineChart, colour: Ink) -> list[Piece]:
    if len(chart.gaps) > _MOST_GAPS:
        return []
    upright: Piece = {"xanchor": "left", "yanchor": "bottom", "textangle": -90}
    return [
        _word(start, 0, text, colour["text-3"], y_paper=True, **upright)
        for start, _, text in chart.gaps
    ]


def _tops(chart: LineChart, colour: Ink) -> list[Piece]:
    marks = [(one.x, one.text, colour["text-2"]) for one in chart.breaks]
    if chart.now is not None:
        marks.append((chart.now, "现在", colour["text-3"]))
    return [
        _word(x, 1, text, tone, y_paper=True, xanchor="center", yanchor="bottom")
        for x, text, tone in marks
    ]


def _last(chart: LineChart, colour: Ink) -> list[Piece]:
    known = [dot for dot in chart.curves[0].dots if dot.y is not None] if chart.curves else []
    if not known or not chart.last_text:
        return []
    text = f"{chart.last_text} {chart.late}".strip()
    tone = colour["text-2"] if chart.late else colour["text-1"]
    last = known[-1]
    assert last.y is not None
    place: Piece = {"xanchor": "right", "yanchor": "bottom", "xshift": 8, "yshift": 10}
    return [_word(last.x, last.y, text, tone, bgcolor=clear(colour["surface-1"], 0.75), **place)]
