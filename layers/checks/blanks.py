"""Texts with blanks at their ends, invisible characters, or full-width letters and digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from layers.checks.characters import BLANK, BLANKS, HIDDEN, HIDDENS, WIDE
from layers.checks.contracts import Issue
from layers.checks.repairs import Rewrite
from layers.checks.subject import Subject

_EDGES = re.compile(f"^[{BLANKS}]+|[{BLANKS}]+$")
_HIDDEN = re.compile(f"[{HIDDENS}]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def look_blanks(subject: Subject) -> Iterator[Issue]:
    """Blanks at the ends and invisible characters anywhere, a column an issue."""
    for column in subject.text_columns:
        texts = subject.texts(column)
        found = texts.at_edges(BLANK)
        if texts.kinds & HIDDEN:
            found |= texts.counts(HIDDEN) > 0
        if found.any():
            yield _issue(
                subject, "blanks", column, found, trimmed, "首尾有空格或含不可见字符", "去掉空格"
            )


def look_wide(subject: Subject) -> Iterator[Issue]:
    """Full-width letters and digits (punctuation is left alone), a column an issue."""
    for column in subject.text_columns:
        found = subject.texts(column).counts(WIDE) > 0
        if found.any():
            yield _issue(subject, "wide", column, found, narrow, "含全角字母或数字", "改为半角")


def trimmed(text: str) -> str | None:
    """The text without what cannot be seen; None when nothing is left."""
    return _EDGES.sub("", _HIDDEN.sub("", text)) or None


def narrow(text: str) -> str:
    """The text with letters and digits of half width."""
    return text.translate(_WIDE)


def half(text: str) -> str:
    """The text trimmed and all of half width, for reading numbers and dates."""
    return (trimmed(text) or "").translate(_HALF)


def _issue(
    subject: Subject,
    kind: str,
    column: str,
    found: np.ndarray,
    function: Callable[[str], str | None],
    problem: str,
    fix: str,
) -> Issue:
    at = np.flatnonzero(found)
    before = subject.texts(column).take(at[:5])
    return subject.issue(
        kind,
        column,
        at,
        problem=problem,
        remedy=f"{fix};不改则按原样入库,统计时会被当成不同的值",
        severity="warning",
        fix=fix,
        repair=Rewrite(column, function),
        before=[f"“{one}”" for one in before],
        after=[f"“{function(one) or ''}”" for one in before],
    )
