"""Colours of charts: by token names only, never by what they mean elsewhere (SCREENS §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.web.tokens import Theme, colours, load_tokens, plotly_templates

# Curves differ by colour, by dash and by the words at their ends.
CURVES = (
    ("data", "solid"),
    ("d7", "dash"),
    ("d1", "dot"),
    ("text-2", "dashdot"),
    ("data-2", "longdash"),
)
LEVELS = {"target": ("text-2", "dash"), "warn": ("warn-text", "dot"), "bad": ("bad", "dot")}


def level_line(kind: str) -> tuple[str, str]:
    """Token and dash of a level's line; one named by a token (w3, aqi2) is drawn in it."""
    return LEVELS.get(kind, (kind, "dash"))


def level_word(kind: str) -> str:
    """The token of a level's words: colours of classes are too light for type."""
    return LEVELS[kind][0] if kind in LEVELS else "text-2"


@lru_cache(maxsize=4)
def ink(theme: Theme) -> Mapping[str, str]:
    """The colours of a theme by token name."""
    return colours(load_tokens(), theme)


@lru_cache(maxsize=4)
def template(theme: Theme) -> Mapping[str, Any]:
    """The layout every chart of a theme starts from."""
    found: Mapping[str, Any] = plotly_templates(load_tokens())[f"yw_{theme}"]["layout"]
    return found


def clear(colour: str, share: float) -> str:
    """A token's colour with a share of opacity."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"
