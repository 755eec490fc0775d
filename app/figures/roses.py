"""A wind rose and a population pyramid as Plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.figures.ink import ink, template
from app.web.tokens import Theme

_SPEEDS = ("q2", "q4", "q5", "q7")


def rose_figure(
    sectors: Sequence[str], parts: Sequence[tuple[str, Sequence[float]]], theme: Theme
) -> dict[str, Any]:
    """Shares (%) of each sector, stacked by class of speed; north at the top, clockwise."""
    colour, base = ink(theme), template(theme)
    step = 360 / len(sectors)
    data = [
        {
            "type": "barpolar",
            "name": name,
            "r": list(shares),
            "theta": [n * step for n in range(len(sectors))],
            "width": [step * 0.92] * len(sectors),
            "text": list(sectors),
            "marker": {"color": colour[_SPEEDS[n % len(_SPEEDS)]], "line": {"width": 0}},
            "hovertemplate": "%{text}风 " + name + " %{r:.1f}%<extra></extra>",
            "meta": {"part": "rose"},
        }
        for n, (name, shares) in enumerate(parts)
    ]
    axis = {"gridcolor": colour["line"], "linecolor": colour["line"], "color": colour["text-3"]}
    layout = {
        **{key: one for key, one in base.items() if key not in ("xaxis", "yaxis")},
        "margin": {"l": 24, "r": 24, "t": 24, "b": 24},
        "showlegend": True,
        "legend": {"font": {"size": 12, "color": colour["text-2"]}},
        "polar": {
            "bgcolor": "rgba(0,0,0,0)",
            "angularaxis": {
                **axis,
                "direction": "clockwise",
                "rotation": 90,
                "tickvals": [n * step for n in range(len(sectors))],
                # Sixteen names do not fit around a narrow rose: every second one stands.
                "ticktext": [name if n % 2 == 0 else "" for n, name in enumerate(sectors)],
                "tickfont": {"size": 12},
            },
            "radialaxis": {**axis, "ticksuffix": "%", "angle": 45, "tickfont": {"size": 12}},
        },
    }
    return {"data": data, "layout": layout}


def pyramid_figure(
    groups: Sequence[str],
    left: tuple[str, Sequence[float | None]],
    right: tuple[str, Sequence[float | None]],
    theme: Theme,
) -> dict[str, Any]:
    """Two sides back to back, the youngest group at the foot; numbers stay positive on the axis."""
    colour, base = ink(theme), template(theme)
    most = max((one for _, side in (left, right) for one in side if one is not None), default=1.0)
    data = []
    for (name, values), token, sign in ((left, "data", -1), (right, "d1", 1)):
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": list(groups),
                "x": [None if one is None else sign * one for one in values],
                "customdata": list(values),
                "marker": {"color": colour[token]},
                "hovertemplate": f"{name} %{{y}} %{{customdata}}<extra></extra>",
                "meta": {"part": "side"},
            }
        )
    layout = {
        **base,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 32},
        "barmode": "overlay",
        "bargap": 0.15,
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.08, "font": {"size": 12}},
        "xaxis": {
            **base["xaxis"],
            "range": [-most * 1.1, most * 1.1],
            "tickvals": [-most, -most / 2, 0, most / 2, most],
            "ticktext": [f"{abs(one):,.0f}" for one in (most, most / 2, 0, most / 2, most)],
            "fixedrange": True,
        },
        "yaxis": {**base["yaxis"], "type": "category", "fixedrange": True, "automargin": True},
    }
    return {"data": data, "layout": layout}
