"""Charts as data: readable, honest about gaps, and accepted by Plotly itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest

from app.figures.ink import CURVES, LEVELS, ink
from app.figures.lines import line_figure
from app.figures.model import Ahead, Curve, Dot, Level, LineChart, Mark
from app.figures.scale import spread, value_range
from app.web.tokens import THEMES, Theme

DAYS = [f"2026-{month:02d}-01 00:00:00" for month in range(1, 13)]


def curve(key: str, *values: float | None, label: str = "") -> Curve:
    return Curve(key, label, [Dot(x, y, "t") for x, y in zip(DAYS, values, strict=False)])


def full() -> LineChart:
    """One of everything."""
    dots = [
        Dot(DAYS[0], 5.0, "t"),
        Dot(DAYS[1], None, "缺测", "missing"),
        Dot(DAYS[2], 6.0, "t", "estimated"),
        Dot(DAYS[3], 7.0, "t", "suspect"),
        Dot(DAYS[4], 6.5, "t", "ok", revised=True),
    ]
    return LineChart(
        curves=[Curve("440200", "韶关", dots), curve("440203", 5, 5, 5, 5, 5, label="武江")],
        ticks=[(DAYS[0], "1月<br>2026")],
        levels=[Level(6.6, "目标 ≤6.6", "target"), Level(90, "超限 90", "bad")],
        ahead=[Ahead(DAYS[5], 6.4, 6.0, 6.8, 5.5, 7.3, "预测")],
        breaks=[Mark(DAYS[2], "口径调整")],
        now=DAYS[5],
        chosen=DAYS[4],
        late="迟 3 天",
        last_text="6.5",
        gaps=[(DAYS[1], DAYS[2], "缺测")],
    )


def walk(value: Any) -> list[dict[str, Any]]:
    """Every dict inside."""
    if isinstance(value, dict):
        return [value, *(found for one in value.values() for found in walk(one))]
    return [found for one in value for found in walk(one)] if isinstance(value, list) else []


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_plotly_accepts_the_figure(theme: Theme) -> None:
    go.Figure(line_figure(full(), theme))


@pytest.mark.parametrize("theme", THEMES)
def test_no_type_is_smaller_than_the_smallest(theme: Theme) -> None:
    fonts = [one for one in walk(line_figure(full(), theme)) if "size" in one and "color" in one]
    sizes = [
        one["size"] for one in fonts if not isinstance(one["size"], list) and "line" not in one
    ]
    assert min(size for size in sizes if size) >= 12


@pytest.mark.parametrize("theme", THEMES)
def test_words_and_lines_stand_out_from_their_surface(theme: Theme) -> None:
    named = ink(theme)
    for piece in line_figure(full(), theme)["layout"]["annotations"]:
        assert contrast(piece["font"]["color"], named["surface-1"]) >= 3
    for token, _ in (*CURVES, *LEVELS.values()):
        assert contrast(named[token], named["surface-1"]) >= 3


def test_there_is_no_legend_and_nothing_can_be_dragged() -> None:
    layout = line_figure(full(), "light")["layout"]
    assert layout["showlegend"] is False
    assert layout["dragmode"] is False
    assert layout["xaxis"]["fixedrange"]


def test_a_missing_value_is_a_gap_and_no_zero() -> None:
    made = line_figure(full(), "light")
    main = next(one for one in made["data"] if one["meta"].get("key") == "440200")
    assert main["y"] == [5.0, None, 6.0, 7.0, 6.5]
    assert main["connectgaps"] is False
    assert made["layout"]["shapes"][0]["type"] == "rect"


def test_a_value_between_two_gaps_keeps_its_dot_however_long_the_line_is() -> None:
    values = [1.0] * 30 + [None, 2.0, None] + [1.0] * 30
    dots = [Dot(float(n), y, "t") for n, y in enumerate(values)]
    made = line_figure(LineChart([Curve("a", "", dots)], ticks=[], dated=False), "light")
    sizes = made["data"][0]["marker"]["size"]
    assert sizes[31] > 0
    assert sizes[0] == 0


def test_states_of_a_value_are_drawn_differently() -> None:
    made = line_figure(full(), "light")
    signs = {one["meta"]["part"]: one["marker"]["symbol"] for one in made["data"]
             if one["meta"]["part"] in ("estimated", "suspect", "revised", "late")}  # fmt: skip
    assert signs == {
        "estimated": "diamond-open",
        "suspect": "x-thin-open",
        "revised": "circle",
        "late": "circle",
    }


def test_the_forecast_starts_at_the_newest_value_under_its_bands() -> None:
    made = line_figure(full(), "light")["data"]
    parts = [one["meta"]["part"] for one in made]
    assert parts.index("high95") < parts.index("high80") < parts.index("forecast")
    mean = made[parts.index("forecast")]
    assert (mean["y"], mean["line"]["dash"]) == ([6.5, 6.4], "dash")


def test_a_far_limit_does_not_flatten_the_line_but_is_named_at_the_edge() -> None:
    made = line_figure(full(), "light")["layout"]
    assert made["yaxis"]["range"][1] < 12
    assert "↑超限 90" in [one["text"] for one in made["annotations"]]
    assert 90 not in [one.get("y0") for one in made["shapes"]]


def test_words_at_the_right_end_do_not_overlap() -> None:
    close = LineChart(
        [curve(str(n), 5.0 + n / 1000, label="县") for n in range(5)], ticks=[], levels=[]
    )
    low, high = value_range(close)
    places = sorted(one["y"] for one in line_figure(close, "dark")["layout"]["annotations"])
    assert all(b - a >= (high - low) * 0.06 for a, b in pairwise(places))
    assert places[-1] <= high


def test_words_apart_enough_stay_where_they_are() -> None:
    assert spread([1.0, 5.0, 9.0], 0, 10) == [1.0, 5.0, 9.0]


@pytest.mark.parametrize("values", [(0.0, 2.0), (0.2, 0.2), (0.0, 0.0)])
def test_an_axis_of_what_is_never_negative_does_not_go_below_zero(
    values: tuple[float, ...],
) -> None:
    low, high = value_range(LineChart([curve("a", *values)], ticks=[]))
    assert low >= 0
    assert high > max(values)


def test_a_chart_without_any_value_is_an_empty_frame() -> None:
    made = line_figure(LineChart([curve("a", None, None)], ticks=[], late="", last_text=""), "dark")
    go.Figure(made)
    assert made["layout"]["annotations"] == []
