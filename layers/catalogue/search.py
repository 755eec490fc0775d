"""Layers found by what people type: Chinese, full pinyin, initials, ids, owners, field titles."""

from __future__ import annotations

import importlib
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.catalogue.stored import metadata_of
from layers.contracts import Layer

_LONGEST = 100
_MOST_WORDS = 8
_NOT = 1_000
_NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One layer made ready: plain texts, and title, owner and fields as they are typed."""

    title: str
    id: str
    owner: str
    fields: str
    more: str
    title_full: str
    title_initials: str
    owner_typed: str
    fields_typed: str


class CatalogueSearch:
    """Finds layers; what a layer's texts give is worked out once and kept while they stay."""

    def __init__(self) -> None:
        """Start with nothing worked out."""
        self._entries: dict[str, tuple[tuple[Any, ...], _Entry]] = {}
        self._lock = threading.Lock()

    def find(
        self, layers: Sequence[Layer], query: str, owners: Mapping[str, str] = _NOBODY
    ) -> list[Layer]:
        """The layers in which every word of the query is found, the nearest first.

        Titles come before ids, those before owners, field titles and abstracts; what begins with
        the word before what holds it; then by title. A blank query finds all, as they came.
        `owners` gives the names of owners known by an id.
        """
        words = _normal(query[:_LONGEST]).split()[:_MOST_WORDS]
        if not words:
            return list(layers)
        found = []
        for layer, entry in zip(layers, self._ready(layers, owners), strict=True):
            score = _score(entry, words)
            if score < _NOT:
                found.append((score, len(entry.title), entry.title, layer.id, layer))
        return [one[-1] for one in sorted(found, key=lambda one: one[:4])]

    def prepare(self, layers: Sequence[Layer], owners: Mapping[str, str] = _NOBODY) -> None:
        """Make ready what a search of these layers needs: seconds for thousands, once."""
        self._ready(layers, owners)

    def _ready(self, layers: Iterable[Layer], owners: Mapping[str, str]) -> list[_Entry]:
        with self._lock:
            ready = []
            for layer in layers:
                owner = owners.get(layer.owner, layer.owner)
                made_of = (layer.title, owner, layer.source, layer.metadata.get("revision"))
                known = self._entries.get(layer.id)
                if known is None or known[0] != made_of:
                    known = self._entries[layer.id] = (made_of, _entry(layer, owner))
                ready.append(known[1])
            return ready


def _entry(layer: Layer, owner_name: str) -> _Entry:
    pinyin = importlib.import_module("layers.catalogue.pinyin")
    metadata = metadata_of(layer)
    owner = " ".join(dict.fromkeys((owner_name, metadata.texts.get("provider", ""))))
    fields = [f"{one.title or one.name} {one.name if one.title else ''}" for one in metadata.fields]
    full, initials = pinyin.spelled(layer.title)
    return _Entry(
        title=_normal(layer.title),
        id=layer.id.casefold(),
        owner=_normal(owner),
        fields=_normal("\n".join(fields)),
        more=_normal(f"{metadata.texts.get('abstract', '')}\n{layer.source}"),
        title_full=full,
        title_initials=initials,
        owner_typed=pinyin.typed(owner),
        fields_typed="".join(map(pinyin.typed, fields)),
    )


def _score(entry: _Entry, words: list[str]) -> int:
    total = 0
    for word in words:
        total += _near(entry, word)
        if total >= _NOT:
            break
    return total


def _near(entry: _Entry, word: str) -> int:
    """How near the word comes to the layer, 0 is nearest; _NOT when it is not in it."""
    if word in entry.title:
        return 0 if word == entry.title else 1 if entry.title.startswith(word) else 3
    if word.isascii():
        return _typed(entry, word)
    return 8 if word in entry.owner else 9 if word in entry.fields else _told(entry, word)


def _typed(entry: _Entry, word: str) -> int:
    start = f"\n{word}"
    if word in entry.id:
        return 2 if word == entry.id else 4
    if word in entry.title_initials:
        return 5 if start in entry.title_initials else 7
    if start in entry.title_full:
        return 6
    if word in entry.owner or start in entry.owner_typed:
        return 8
    return 9 if word in entry.fields or start in entry.fields_typed else _told(entry, word)


def _told(entry: _Entry, word: str) -> int:
    return 12 if word in entry.more else _NOT


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("ü", "v").strip()
