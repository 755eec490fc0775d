"""The encodings a text may be in, each with what speaks for it: failures, a sample, a score."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.readers.hanzi import likelihood

# Natural log of how much likelier an encoding is before looking at the characters.
_UTF8_PRIOR = 3.0  # what today's programs write
_UTF8_STRUCTURE = 2.0  # a pair of GBK bytes is a whole UTF-8 character in one case of eight
_LATIN_PENALTY = -1.0
_DECLARED = 4.0
_FAILURE = -6.0
_MOST_CHARACTERS = 20_000
_SAMPLE_LENGTH = 20
_MARK = "�"
_CELLS = re.compile(r"[,;\t|\"\r\n]+|\x00+|\s{2,}")
_LATIN = re.compile("[À-ɏ]")
SHOWN: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16LE",
    "utf-16-be": "UTF-16BE",
    "gb18030": "GB18030",
    "gbk": "GBK",
    "big5": "Big5",
    "cp950": "Big5",
    "cp1252": "Windows-1252(西欧)",
    "utf-8+gb18030": "UTF-8、GBK 混用",
    "utf-8+cp950": "UTF-8、Big5 混用",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One encoding tried on a text."""

    codec: str
    failures: int
    sample: str
    score: float

    @property
    def shown(self) -> str:
        """The name people use for it."""
        return "GBK" if self.codec == "gb18030" else SHOWN.get(self.codec, self.codec)


def weigh(
    texts: Sequence[bytes],
    codecs: Sequence[str],
    *,
    declared: str | None = None,
    cut: Sequence[bool] | None = None,
) -> list[Tried]:
    """Each codec tried on the texts, the likeliest first.

    `texts` are the lines or cells that are not ASCII; `cut` says which may end within a character.
    """
    found = [_tried(texts, codec, cut, declared=codec == declared) for codec in codecs]
    return sorted(found, key=lambda one: -one.score)


def confidence(tried: Sequence[Tried]) -> float:
    """How sure the first of the tried is, 0..1, against the next that reads without failure."""
    others = [one.score for one in tried[1:] if not one.failures]
    if not others:
        return 0.999
    gap = tried[0].score - max(others)
    return min(0.999, 1 / (1 + math.exp(-max(-50.0, min(50.0, gap)))))


def whole(text: bytes, codec: str) -> bytes:
    """The text without a last character that its field's width cut off."""
    for cut in range(4):
        try:
            text[: len(text) - cut].decode(codec)
        except UnicodeDecodeError as wrong:
            if wrong.start < len(text) - 4:
                return text
        else:
            return text[: len(text) - cut]
    return text


def _tried(
    texts: Sequence[bytes], codec: str, cut: Sequence[bool] | None, *, declared: bool
) -> Tried:
    if cut is not None:
        texts = [whole(text, codec) if may else text for text, may in zip(texts, cut, strict=True)]
    own = _MARK.encode(codec, "ignore")
    joined = b"".join(texts) if codec.startswith("utf-16") else b"\n".join(texts)
    decoded = joined.decode(codec, "replace")
    genuine = joined.count(own) if own else 0
    failures = max(0, decoded.count(_MARK) - genuine)
    score = _score(decoded[:_MOST_CHARACTERS], codec) + failures * _FAILURE
    return Tried(codec, failures, _sample(decoded), score + _DECLARED * declared)


def _score(text: str, codec: str) -> float:
    text = text.replace(_MARK, "")
    score = likelihood(text, codec)
    if codec == "utf-8":
        score += _UTF8_PRIOR + _UTF8_STRUCTURE * sum(one > "\x7f" for one in text)
    if codec in {"utf-8", "cp1252"}:
        # Letters with accents are at home in these two; `likelihood` took them for damage.
        latin = _LATIN.findall(text)
        score += sum(_LATIN_PENALTY - likelihood(one, codec) for one in latin)
    return score


def _sample(decoded: str) -> str:
    cells = (cell.strip() for cell in _CELLS.split(decoded[:4000]))
    wide = [cell for cell in cells if cell and not cell.isascii()]
    text = " ".join(dict.fromkeys(wide))
    return text if len(text) <= _SAMPLE_LENGTH else text[: _SAMPLE_LENGTH - 1] + "…"
