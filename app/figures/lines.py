"""A line chart as a Plotly figure: words at the right end instead of a legend, gaps as gaps."""

from __future__ import annotations

from typing import Any

from app.figures.ink import ink, template
from app.figures.model import LineChart
from app.figures.pieces import right_end, shapes, words
from app.figures.scale import value_range
from app.figures.traces import traces
from app.web.tokens import Theme

_LETTER = 12.5  # px of a Chinese character at the right end
_NARROW, _WIDE = 46, 150


def line_figure(chart: LineChart, theme: Theme) -> dict[str, Any]:
    """`{data, layout}` for plotly.js; sizes are px at k = 1, `tonglan.Chart` scales them."""
    colour = ink(theme)
    low, high = value_range(chart)
    width = max((_width(one["text"]) for one in right_end(chart, colour, low, high)), default=0)
    layout = {
        **template(theme),
        "margin": {"l": 8, "r": min(_WIDE, max(_NARROW, width + 12)), "t": 22, "b": 40},
        "xaxis": {
            **template(theme)["xaxis"],
            "type": "date" if chart.dated else "linear",
            "tickvals": [x for x, _ in chart.ticks],
            "ticktext": [text for _, text in chart.ticks],
            **({"range": list(chart.reach)} if chart.reach else {}),
            "fixedrange": True,
            "showgrid": False,
            "tickangle": 0,
            "zeroline": False,
        },
        "yaxis": {
            **template(theme)["yaxis"],
            "range": [low, high],
            "fixedrange": True,
            "automargin": True,
            "zeroline": low < 0 < high,
            # whole numbers may need decimals on a narrow axis, the others always show theirs
            "tickformat": f",.{chart.precision}f" if chart.precision else ",~f",
            "nticks": 6,
        },
        "shapes": shapes(chart, colour, low, high),
        "annotations": words(chart, colour, low, high),
    }
    return {"data": traces(chart, colour), "layout": layout}


def _width(text: str) -> float:
    return sum(_LETTER if ord(letter) > 0x2E80 else _LETTER * 0.56 for letter in text)
