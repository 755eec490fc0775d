"""What people send as JSON about a file, held to what the stores and the screens can take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from layers.errors import BadAnswer

LONGEST = 2000
MOST_ENTRIES = 2000
_DEEPEST = 6
_MOST_VALUES = 4000
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_THEMES = ("dark", "light")


def storable(text: str) -> bool:
    """Whether a database takes the text: it knows neither NUL nor halves of surrogate pairs."""
    return not any(one == "\x00" or "\ud800" <= one <= "\udfff" for one in text)


def usable_text(value: object) -> bool:
    """Whether the value is a text of a length and of signs that can be kept."""
    return isinstance(value, str) and len(value) <= LONGEST and storable(value)


def told_style(style: Any) -> dict[str, Any] | None:
    """The style as it was sent; raises BadAnswer for one that is no style.

    A draft may be incomplete; but it is small, its texts can be kept, and a colour is #rrggbb and
    nothing else: colours end up in pictures that browsers run.
    """
    if style is None:
        return None
    if not isinstance(style, Mapping):
        raise BadAnswer("style 应是一个对象;请检查样式的写法")
    _check_values(style)
    classes = style.get("classes") or []
    if not isinstance(classes, list) or not all(isinstance(one, Mapping) for one in classes):
        raise BadAnswer("style.classes 应是类的列表;请检查样式的写法")
    for theme in _THEMES:
        for colour in (one.get(theme) for one in classes):
            if colour is not None and not (isinstance(colour, str) and _COLOUR.fullmatch(colour)):
                raise BadAnswer("样式里的颜色应写成 #rrggbb;请重新选择颜色")
    return dict(style)


def _check_values(style: Any) -> None:
    for at, (value, depth) in enumerate(_values(style)):
        if at >= _MOST_VALUES or depth > _DEEPEST:
            raise BadAnswer("style 太大或层次太深;请减少分类")
        if isinstance(value, float) and not math.isfinite(value):
            raise BadAnswer("style 里的数应是有限的数;请修改后重试")
        if isinstance(value, str) and not usable_text(value):
            raise BadAnswer(f"style 里的文字应不超过 {LONGEST} 个字符,且没有控制字符;请修改后重试")


def _values(given: Any) -> Iterator[tuple[Any, int]]:
    """Everything in a JSON value, keys as well, with how deep it lies."""
    waiting = [(given, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, Mapping):
            waiting.extend((one, depth + 1) for pair in value.items() for one in pair)
        elif isinstance(value, list | tuple):
            waiting.extend((one, depth + 1) for one in value)
