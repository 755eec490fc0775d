"""Tokens: readable, complete, and the only source of colours."""

from __future__ import annotations

import re
from itertools import product

import pytest

from app.web.assets import SCRIPTS, WEB, styles
from app.web.tokens import THEMES, Theme, colours, css, load_tokens, map_colours, plotly_templates

SHEETS = {name: (WEB / name).read_text(encoding="utf-8") for name in styles()}
CODE = {name: (WEB / name).read_text(encoding="utf-8") for name in SCRIPTS}
TEXTS = ("text-1", "text-2", "text-3", "accent", "bad", "warn-text", "ok")
SURFACES = ("canvas", "surface-1", "surface-2")


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "text", "surface"), list(product(THEMES, TEXTS, SURFACES)))
def test_every_text_is_readable_on_every_surface(theme: Theme, text: str, surface: str) -> None:
    named = colours(load_tokens(), theme)
    assert _contrast(named[text], named[surface]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_what_carries_meaning_without_text_stands_out(theme: Theme) -> None:
    named = colours(load_tokens(), theme)
    assert min(
        _contrast(named[mark], named["surface-1"])
        for mark in ("ok", "bad", "data", "none", "outline")
    ) >= (1.0 if theme == "dark" else 3.0)
    assert _contrast(named["on-accent"], named["accent"]) >= 4.5


@pytest.mark.parametrize("name", sorted(SHEETS | CODE))
def test_every_variable_that_is_used_exists(name: str) -> None:
    known = set(re.findall(r"--([\w-]+):", css(load_tokens()))) | {
        "k",
        "n",
        "ink",
        "half",
        "size",
        "named",
    }  # set in the page
    known |= set(re.findall(r"[{;]--([\w-]+):", (SHEETS | CODE)[name]))  # its own
    used = set(re.findall(r"var\(--([\w-]+)[),]", (SHEETS | CODE)[name]))
    assert used <= known


def test_both_themes_name_the_same_colours() -> None:
    named = map_colours(load_tokens())
    assert set(named["dark"]) == set(named["light"])
    assert {"q1", "q7", "d1", "d7", "aqi6", "w6"} <= set(named["dark"])


def test_the_map_asks_only_for_colours_that_exist() -> None:
    code = CODE["map/overview_map.js"]
    made = set(re.findall(r"'([\w-]+)': (?:light|colour)", code)) | {"river"}
    used = set(re.findall(r"ink(?:\.(\w+)|\['([\w-]+)'\])", code))
    asked = {dotted or quoted for dotted, quoted in used}
    assert asked <= set(colours(load_tokens(), "dark")) | made


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_styles_keep_the_house_rules(name: str) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", SHEETS[name], flags=re.S)
    assert "infinite" not in sheet
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", sheet), "colours come from tokens.json"
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;}]*?(\d*\.?\d+)rem", sheet)]
    assert min(sizes, default=1) >= 0.75
    assert not re.findall(r"font-size:[\d.]+px", sheet)
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", sheet)))
    assert {one for one in classes if not one.startswith(("yw-", "maplibregl-"))} == set()


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_scripts_name_only_prefixed_classes(name: str) -> None:
    for written in re.findall(r"className: '([^']+)'", CODE[name]):
        assert all(one.startswith("yw-") for one in written.split())


def test_the_chart_templates_use_the_theme_s_own_surfaces() -> None:
    templates = plotly_templates(load_tokens())
    assert set(templates) == {"yw_dark", "yw_light"}
    assert (
        templates["yw_dark"]["layout"]["font"]["color"] == colours(load_tokens(), "dark")["text-2"]
    )
