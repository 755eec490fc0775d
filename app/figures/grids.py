"""Heat grids as Plotly figures: a calendar of days or months, hours by weekday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.figures.ink import ink, template
from app.web.tokens import Theme

_RAMP = tuple(f"q{n}" for n in range(1, 8))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MANY = 14  # columns whose own names would overlap


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its column and row by name, its value, what is said of it, its token if any."""

    x: str
    y: str
    value: float | None
    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells and the order of columns and rows; rows from the top."""

    squares: Sequence[Square]
    columns: Sequence[str]
    rows: Sequence[str]


def grid_figure(grid: Grid, theme: Theme) -> dict[str, Any]:
    """`{data, layout}`; where cells name tokens each class has its own colour, else a ramp."""
    colour = ink(theme)
    tokens = sorted({one.colour for one in grid.squares if one.colour})
    place = {(one.x, one.y): one for one in grid.squares}
    z, words, raw = [], [], []
    for row in grid.rows:
        cells = [place.get((name, row)) for name in grid.columns]
        z.append([_height(one, tokens) for one in cells])
        words.append([one.text if one else "" for one in cells])
        raw.append([one.value if one else None for one in cells])
    shown = [token for token in tokens if token in colour] or list(_RAMP)
    trace = {
        "type": "heatmap",
        "x": list(grid.columns),
        "y": list(grid.rows),
        "z": z,
        "text": words,
        "customdata": raw,
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "colorscale": _steps([colour[one] for one in shown], stepped=bool(tokens)),
        "meta": {"part": "grid"},
    }
    if tokens:
        trace |= {"zmin": -0.5, "zmax": len(tokens) - 0.5}
    base = template(theme)
    layout = {
        **base,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 40},
        "xaxis": {**base["xaxis"], "type": "category", "fixedrange": True, "showgrid": False,
                  "tickangle": 0, **_ticks(grid.columns)},
        "yaxis": {**base["yaxis"], "type": "category", "fixedrange": True, "showgrid": False,
                  "autorange": "reversed", "automargin": True},
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


def _ticks(columns: Sequence[str]) -> dict[str, Any]:
    """Weeks named by their first day are marked by month, each where it begins."""
    if len(columns) < _MANY or any(_DAY.fullmatch(one) is None for one in columns):
        return {"nticks": 12}
    first = {one[:7]: one for one in reversed(columns)}
    marked = sorted(first.values())[1:]  # the first month may begin before the first week
    words = [
        f"{int(one[5:7])}月<br>{one[:4]}" if one[5:7] == "01" else f"{int(one[5:7])}月"
        for one in marked
    ]
    return {"tickvals": marked, "ticktext": words}


def _height(one: Square | None, tokens: Sequence[str]) -> float | None:
    if one is None or one.value is None:
        return None
    return float(tokens.index(one.colour)) if tokens and one.colour else one.value


def _steps(colours: Sequence[str], *, stepped: bool) -> list[list[Any]]:
    if not stepped:
        last = max(1, len(colours) - 1)
        return [[n / last, one] for n, one in enumerate(colours)]
    made: list[list[Any]] = []
    for n, one in enumerate(colours):
        made += [[n / len(colours), one], [(n + 1) / len(colours), one]]
    return made
