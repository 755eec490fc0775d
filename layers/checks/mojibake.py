"""Single values that were read in the wrong encoding before they came into the file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.checks.characters import HANZI, LATIN, LOST, RARE
from layers.checks.contracts import Issue
from layers.checks.repairs import Rewrite
from layers.checks.subject import Subject

_LOST_WORDS = "锟斤拷|烫烫烫|屯屯屯"
_RARE_SHARE = 3  # of three hanzi one is rare: names have one, garbled UTF-8 has many


def look_mojibake(subject: Subject) -> Iterator[Issue]:
    """Values that can be read again in the right encoding, and those whose letters are lost."""
    for column in subject.text_columns:
        texts = subject.texts(column)
        lost = _lost(subject, column)
        suspect = np.flatnonzero(_suspect(subject, column) & ~lost)
        values = texts.take(suspect)
        again = [reread(one) for one in values]
        readable = np.array([one is not None for one in again], dtype=bool)
        at = suspect[readable]
        if len(at):
            yield subject.issue(
                "mojibake",
                column,
                at,
                problem="是乱码(编码转换出错)",
                remedy="按正确编码还原",
                severity="warning",
                fix="还原文字",
                repair=Rewrite(column, lambda text: reread(text) or text),
                before=[one for one, new in zip(values, again, strict=True) if new][:5],
                after=[one for one in again if one][:5],
            )
        gone = np.flatnonzero(lost)
        if len(gone):
            yield subject.issue(
                "lost_letters",
                column,
                gone,
                problem="是乱码,原来的字已丢失",
                remedy="请对照原始数据改正",
                severity="warning",
                before=texts.take(gone[:5]),
            )


def reread(text: str) -> str | None:
    """The text as it was before UTF-8 was taken for GBK or Latin; None when it is no such text."""
    for wrong, right in (("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"),
                         ("latin-1", "gb18030")):  # fmt: skip
        try:
            found = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        if found != text and _plain(found):
            return found
    return None


def _plain(text: str) -> bool:
    """Everyday Chinese: at least one hanzi, none beyond GB 2312."""
    try:
        text.encode("gb2312")
    except UnicodeError:
        return False
    return any("一" <= one <= "龥" for one in text)


def _lost(subject: Subject, column: str) -> np.ndarray:
    texts = subject.texts(column)
    found = texts.counts(LOST) > 0
    if texts.kinds & RARE or texts.kinds & HANZI:
        found |= texts.matches(_LOST_WORDS)
    return found


def _suspect(subject: Subject, column: str) -> np.ndarray:
    texts = subject.texts(column)
    found = texts.counts(LATIN) >= 2
    if texts.kinds & RARE:
        rare = texts.counts(RARE)
        found |= (rare > 0) & (rare * _RARE_SHARE >= texts.counts(HANZI))
    return found
