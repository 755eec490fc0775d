"""Texts pasted together from two encodings: which lines are which, and reading line by line."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from layers.readers.weigh import weigh

_SHOWN_LINES = 5
_OTHERS = ("gb18030", "cp950")
# Two everyday hanzi in UTF-8: in GBK these bytes are rare characters.
_UTF8_HANZI = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a text is mixed from, under the name that `by_lines` takes, and the lines in words."""

    codec: str
    words: str


def mixed(content: bytes, fits: Collection[str]) -> Mixed | None:
    """How the text is mixed; None for a text of one encoding.

    `fits` are the encodings that read all of it: also such a text may hold lines of UTF-8 that
    pass, garbled, as GBK.
    """
    if "utf-8" in fits or not _UTF8_HANZI.search(content):
        return None
    lines = list(enumerate(content.split(b"\n"), start=1))
    wide = [(number, line) for number, line in lines if not line.isascii()]
    ours = [number for number, line in wide if _is_utf8(line)]
    if not ours:
        return None
    taken = set(ours)
    theirs = [(number, line) for number, line in wide if number not in taken]
    tried = weigh([line for _, line in theirs], _OTHERS)
    other = next((one for one in tried if not one.failures), None)
    if other is None or other.score <= 0:
        return None  # damaged lines, not lines of another encoding
    few = f"{_numbers([number for number, _ in theirs])}是 {other.shown}"
    words = f"文件里混了两种编码:{_numbers(ours)}是 UTF-8,{few}"
    return Mixed(f"utf-8+{other.codec}", words)


def by_lines(content: bytes, codec: str) -> str:
    """The text with each line read as UTF-8 where it is, else in the other encoding of `codec`."""
    other = codec.split("+", 1)[1]
    return "\n".join(
        line.decode("utf-8" if _is_utf8(line) else other) for line in content.split(b"\n")
    )


def _is_utf8(line: bytes) -> bool:
    """Whether the line is UTF-8 that GBK would only garble."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return line.isascii() or weigh([line], ("utf-8", *_OTHERS))[0].codec == "utf-8"


def _numbers(lines: list[int]) -> str:
    named = "、".join(str(number) for number in lines[:_SHOWN_LINES])
    return f"第 {named} 行" + (f"等 {len(lines):,} 行" if len(lines) > _SHOWN_LINES else "")
