"""Degrees written as text: 113°35′51.4″E, 东经113度35分51秒, 113-35-51, E113.35.51, 113.5976 …"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np

_MOST = {"lon": 180.0, "lat": 90.0, None: 180.0}
_BEFORE = {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S"}
_SIGNS = {
    "°": "ºo˚∘d度",
    "″": '"”“〃〞秒',
    "′": "'’‘´`ʹ分",
    "-": "‐‑–—−_",
}
_PLAIN = {ord(spelling): sign for sign, spellings in _SIGNS.items() for spelling in spellings}
_NUMBER = r"\d+(?:\.\d+)?"
_SHAPES = tuple(
    re.compile(shape, flags=re.ASCII)
    for shape in (
        rf"(?P<d>{_NUMBER})°?",
        rf"(?P<d>\d+)°\s*(?P<m>{_NUMBER})′?",
        rf"(?P<d>\d+)°\s*(?P<m>\d+)′\s*(?P<s>{_NUMBER})″?",
        rf"(?P<d>\d+)\s*[:-]\s*(?P<m>{_NUMBER})",
        rf"(?P<d>\d+)\s*[:-]\s*(?P<m>\d+)\s*[:-]\s*(?P<s>{_NUMBER})",
        rf"(?P<d>\d+)\.(?P<m>\d+)\.(?P<s>{_NUMBER})",
        rf"(?P<d>\d+)\s+(?P<m>{_NUMBER})",
        rf"(?P<d>\d+)\s+(?P<m>\d+)\s+(?P<s>{_NUMBER})",
    )
)


def parse(text: object) -> float | None:
    """Degrees, negative in the west and south; None for what is no angle (see `refusal`).

    Plain decimals count as degrees. Minutes or seconds of 60 and more are refused: they are
    slips of the pen, and guessing what was meant would move the place.
    """
    found = _read(text)
    return found if isinstance(found, float) else None


def parse_all(texts: Iterable[object]) -> np.ndarray:
    """`parse` of many texts; NaN where it gives None."""
    known: dict[object, float] = {}
    degrees = []
    for text in texts:
        key = text if isinstance(text, str) else None
        if key is None or key not in known:
            found = parse(text)
            value = np.nan if found is None else found
            if key is not None:
                known[key] = value
        else:
            value = known[key]
        degrees.append(value)
    return np.array(degrees, dtype=np.float64)


def axis(text: object) -> str | None:
    """Which axis the text itself names by E, W, 东经 … or N, S, 北纬 …: "lon", "lat" or None."""
    return _axis(_hemisphere(_plain(text))[0]) if isinstance(text, str) else None


def refusal(text: object) -> str | None:
    """Why the text is no angle, for its owner; None when it is one."""
    found = _read(text)
    return found if isinstance(found, str) else None


def _read(text: object) -> float | str:
    if isinstance(text, (int, float, np.integer, np.floating)) and not isinstance(text, bool):
        number = float(text)
        return number if abs(number) <= 180.0 else f"{text} 不是经纬度"
    if not isinstance(text, str) or not text.strip():
        return "是空的"
    letter, rest = _hemisphere(_plain(text))
    negative = rest.startswith("-")
    rest = rest[1:].strip() if rest[:1] in {"-", "+"} else rest
    if letter is not None and negative:
        return f"“{text}”既有负号又写了方位;请只留一个"
    matches = (shape.fullmatch(rest) for shape in _SHAPES)
    match = next((one for one in matches if one is not None), None)
    if match is None:
        return f"“{text}”不像度分秒;请写成 113°35′51.4″ 或 113.5976"
    parts = {"m": "0", "s": "0"} | {key: value for key, value in match.groupdict().items() if value}
    degrees, minutes, seconds = float(parts["d"]), float(parts["m"]), float(parts["s"])
    for value, word in ((minutes, "分"), (seconds, "秒")):
        if value >= 60:
            return f"“{text}”的{word} {value:g} 不小于 60;请核对"
    total = degrees + minutes / 60 + seconds / 3600
    if total > _MOST[_axis(letter)]:
        return f"“{text}”超出 {_MOST[_axis(letter)]:g}°;请核对"
    return -total if negative or letter in {"W", "S"} else total


def _plain(text: object) -> str:
    """The text in half-width marks, one sign per meaning."""
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    plain = plain.replace("\u2032\u2032", "″").replace("''", "″").replace("’’", "″")
    for word, letter in _BEFORE.items():
        plain = plain.replace(word, letter)
    return plain.translate(_PLAIN).replace("′′", "″")


def _hemisphere(plain: str) -> tuple[str | None, str]:
    """The letter of the hemisphere, before or behind, and the text without it."""
    for at, rest in ((plain[:1], plain[1:]), (plain[-1:], plain[:-1])):
        if at.upper() in {"E", "W", "N", "S"} and at:
            return at.upper(), rest.lstrip(": ").rstrip()
    return None, plain


def _axis(letter: str | None) -> str | None:
    if letter is None:
        return None
    return "lon" if letter in {"E", "W"} else "lat"
