"""Colours of classes, one for each theme, from the design tokens."""

from __future__ import annotations

from functools import cache

from app.web.tokens import THEMES, colours, load_tokens

Pair = dict[str, str]

_RAMP = tuple(f"q{number}" for number in range(1, 8))
# No red and no plain orange: those say alert. Neighbours differ in hue and in lightness.
_CATEGORIES = ("accent", "d7", "blue", "ok", "q3", "d2", "d6", "data-2", "q5", "d1", "warn", "q7")
_REST = "none"


def ramp_colours(count: int) -> list[Pair]:
    """So many steps of the ramp from little to much, as far apart as it allows."""
    if count == 1:
        return [_pair(_RAMP[len(_RAMP) // 2])]
    steps = len(_RAMP) - 1
    if count <= len(_RAMP):
        return [_pair(_RAMP[round(at * steps / (count - 1))]) for at in range(count)]
    return [_between(at * steps / (count - 1)) for at in range(count)]


def category_colours(count: int, *, rest: bool) -> list[Pair]:
    """So many different colours; the last one is grey where it stands for all others."""
    named = count - rest
    chosen = [_pair(_CATEGORIES[at % len(_CATEGORIES)]) for at in range(named)]
    return chosen + [_pair(_REST)] * rest


def token_colours(token: str) -> Pair:
    """The colour of one token, e.g. "bad"."""
    return _pair(token)


def _pair(token: str) -> Pair:
    return {theme: _named()[theme][token] for theme in THEMES}


def _between(place: float) -> Pair:
    """A colour between two neighbours of the ramp."""
    low = min(int(place), len(_RAMP) - 2)
    share = place - low
    below, above = _pair(_RAMP[low]), _pair(_RAMP[low + 1])
    return {theme: _mixed(below[theme], above[theme], share) for theme in THEMES}


def _mixed(one: str, other: str, share: float) -> str:
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02X}" for part in parts)


@cache
def _named() -> dict[str, dict[str, str]]:
    tokens = load_tokens()
    return {theme: colours(tokens, theme) for theme in THEMES}
