"""Design tokens (tokens.json) as CSS variables, map colours and chart templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
SOURCE = Path(__file__).with_name("tokens.json")
AQI_LEVELS = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")
CHART_TYPE = 12  # px at k = 1, which is .75rem: the smallest type there is
WATER_CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")


def load_tokens() -> dict[str, Any]:
    """The tokens as committed."""
    tokens: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return tokens


def colours(tokens: Mapping[str, Any], theme: Theme) -> dict[str, str]:
    """Every colour of a theme by variable name: surfaces, inks, q1–q7, d1–d7, aqi1–6, w1–w6."""
    named = dict(tokens["color"][theme])
    for prefix, ramp in (("q", "seq"), ("d", "div")):
        for number, colour in enumerate(tokens["ramps"][f"{ramp}_{theme}"], start=1):
            named[f"{prefix}{number}"] = colour
    for number, level in enumerate(AQI_LEVELS, start=1):
        named[f"aqi{number}"] = tokens["aqi"]["palettes"][theme][level]
    for number, name in enumerate(WATER_CLASSES, start=1):
        named[f"w{number}"] = tokens["water_class"]["palettes"][theme][name]
    return named


def css(tokens: Mapping[str, Any]) -> str:
    """CSS variables of both themes, and those that do not depend on the theme."""
    common = {f"font-{name}": f"{size}rem" for name, size in tokens["type"]["rem"].items()}
    common["font-family"] = tokens["type"]["family"]
    common["shadow-pop"] = tokens["shadow"]["pop"]
    common |= {f"z-{name}": str(level) for name, level in tokens["z"].items()}
    themed = [
        _block(f"[data-theme={theme}]", {**colours(tokens, theme), "scheme": theme})
        for theme in THEMES
    ]
    return "\n".join([_block(":root", common), *themed])


def _block(selector: str, variables: Mapping[str, str]) -> str:
    return selector + "{" + "".join(f"--{name}:{value};" for name, value in variables.items()) + "}"


def map_colours(tokens: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What the map's style needs, since MapLibre cannot read CSS variables."""
    return {theme: colours(tokens, theme) for theme in THEMES}


def plotly_templates(tokens: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Templates `yw_dark` and `yw_light` as plain dicts, for the pages that draw charts."""
    return {f"yw_{theme}": _template(tokens, colours(tokens, theme)) for theme in THEMES}


def _template(tokens: Mapping[str, Any], colour: Mapping[str, str]) -> dict[str, Any]:
    axis = {
        "gridcolor": colour["line"],
        "linecolor": colour["line-2"],
        "zerolinecolor": colour["line-2"],
        "tickfont": {"color": colour["text-3"], "size": CHART_TYPE},
    }
    return {
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {
                "family": tokens["type"]["family"],
                "color": colour["text-2"],
                "size": CHART_TYPE,
            },
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverdistance": 40,
            "separators": ".,",
            "hoverlabel": {
                "bgcolor": colour["surface-2"],
                "bordercolor": colour["line-2"],
                "align": "left",
                "font": {"color": colour["text-1"], "size": CHART_TYPE},
            },
            "colorway": [colour["data"], colour["data-2"], colour["warn"], colour["ok"]],
            "xaxis": axis,
            "yaxis": axis,
            "colorscale": {
                "sequential": [[n / 6, colour[f"q{n + 1}"]] for n in range(7)],
                "diverging": [[n / 6, colour[f"d{n + 1}"]] for n in range(7)],
            },
        }
    }
