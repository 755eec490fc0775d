"""Indicators found by what people type: Chinese, full pinyin, initials, ids, 口径, owners."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from topics.kit.manifest_indicators import IndicatorSpec

_LONGEST = 100
_MOST_WORDS = 8
_NOT = 99


def find(
    specs: Sequence[IndicatorSpec], query: str, owners: Mapping[str, str]
) -> list[IndicatorSpec]:
    """The indicators in which every word of the query is found, the nearest first.

    Titles come before ids, those before owners and definitions; a blank query finds all in order.
    """
    words = _normal(query[:_LONGEST]).split()[:_MOST_WORDS]
    if not words:
        return list(specs)
    scored = [(_score(one, words, owners), at, one) for at, one in enumerate(specs)]
    return [one for score, _, one in sorted(scored, key=lambda each: each[:2]) if score < _NOT]


@cache
def _pinyin() -> Any:
    # It reads a table of 40,000 signs: only when somebody searches.
    return importlib.import_module("layers.catalogue.pinyin")


def _score(spec: IndicatorSpec, words: Sequence[str], owners: Mapping[str, str]) -> int:
    scores = [_of_word(spec, word, owners) for word in words]
    return max(scores)


def _of_word(spec: IndicatorSpec, word: str, owners: Mapping[str, str]) -> int:
    title = _normal(spec.title)
    full, initials = _pinyin().spelled(title)
    owner = _normal(owners.get(spec.owner, spec.owner))
    places = (
        title.startswith(word),
        word in title,
        f"\n{word}" in initials or f"\n{word}" in full,
        word.isascii() and len(word) > 1 and word in initials,
        word in spec.id,
        word in owner or f"\n{word}" in _pinyin().typed(owner),
        word in _normal(f"{spec.definition} {spec.source} {spec.source_system} {spec.legal}"),
    )
    return next((at for at, found in enumerate(places) if found), _NOT)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
