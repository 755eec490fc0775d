"""What a source's reader remembers from one stored run to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol

from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import SourceSettings

_READ_BY = {"kind", "path", "query", "glob", "encoding", "format", "items", "paging", "map"} | {
    "watermark",
    "future",
}


class Memory(Protocol):
    """Keeps a few words per refresher: ETag, Last-Modified, watermark."""

    def recall(self, refresher: str) -> Mapping[str, str]:
        """What was noted last; nothing when there is nothing."""

    def note(self, refresher: str, words: Mapping[str, str]) -> None:
        """Remember these words instead of the former."""


class Forgetful:
    """A memory that lasts as long as the process."""

    def __init__(self) -> None:
        """Begin without any memory."""
        self._words: dict[str, Mapping[str, str]] = {}

    def recall(self, refresher: str) -> Mapping[str, str]:
        """What was noted last; nothing when there is nothing."""
        return self._words.get(refresher, {})

    def note(self, refresher: str, words: Mapping[str, str]) -> None:
        """Remember these words instead of the former."""
        self._words[refresher] = dict(words)


def told_of(spec: RefresherSpec, source: SourceSettings) -> str:
    """A short mark of how the source is read: memory of another way of reading does not count."""
    said = spec.model_dump_json(include=_READ_BY) + source.url
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def recalled(memory: Memory, spec: RefresherSpec, source: SourceSettings) -> Mapping[str, str]:
    """What was noted under the same way of reading; nothing after topic.toml changed."""
    words = memory.recall(spec.id)
    return words if words.get("told") == told_of(spec, source) else {}


def noted(
    memory: Memory, spec: RefresherSpec, source: SourceSettings, words: Mapping[str, str]
) -> None:
    """Remember the words together with the way of reading."""
    memory.note(spec.id, {**words, "told": told_of(spec, source)})
