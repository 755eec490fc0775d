"""The layer message: features with their tags, keys and values around ready geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.tiles import varint
from layers.tiles.commands import Commands
from layers.tiles.grid import EXTENT
from layers.tiles.ragged import offsets_of, runs

POINT, LINE, POLYGON = 1, 2, 3
_LAYER, _NAME, _FEATURE, _KEY = b"\x1a", b"\x0a", 0x12, b"\x1a"
_TAIL = b"\x28" + varint.one(EXTENT) + b"\x78\x02"  # extent, version 2
_BY_PRESENCE = 32  # values a feature up to which a flag for each value is faster than sorting


@dataclass(frozen=True, slots=True)
class Tags:
    """One attribute of a batch: a code for each feature (-1: key absent) and the codes' values."""

    key: str
    codes: NDArray[Any]
    values: int  # codes are below this
    encoded: Callable[[NDArray[Any]], bytes]  # value messages of ascending distinct codes


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of one geometry kind, ready for a layer; vertices are relative to the tile."""

    kind: int
    ids: NDArray[Any]
    commands: Commands
    tags: Sequence[Tags]

    def __len__(self) -> int:
        """The number of features."""
        return len(self.ids)

    def with_tags(self, tags: Sequence[Tags]) -> Batch:
        """The same features with other attributes."""
        return replace(self, tags=tags)


def layer(name: str, batches: Sequence[Batch]) -> bytes:
    """A tile with one layer; b"" when no batch has a feature."""
    table = _Table()
    features = [_features(batch, table) for batch in batches if len(batch)]
    if not features:
        return b""
    text = name.encode()
    body = b"".join(
        (_NAME, varint.one(len(text)), text, *features, table.keys(), *table.values, _TAIL)
    )
    return _LAYER + varint.one(len(body)) + body


class _Table:
    """Keys and values of a layer while its features are written."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self._keys: dict[str, int] = {}
        self._count = 0

    def keys(self) -> bytes:
        """All keys as messages."""
        texts = [key.encode() for key in self._keys]
        return b"".join(_KEY + varint.one(len(text)) + text for text in texts)

    def index(self, tags: Tags) -> tuple[int, NDArray[Any]]:
        """The key's index and each feature's value index, -1 where the key is absent."""
        used, place = _distinct(tags)
        if not len(used):
            return -1, place
        self.values.append(tags.encoded(used))
        place = np.where(place < 0, -1, place + self._count)
        self._count += len(used)
        return self._keys.setdefault(tags.key, len(self._keys)), place


def _distinct(tags: Tags) -> tuple[NDArray[Any], NDArray[Any]]:
    """The codes in use, ascending, and for each feature the position of its code or -1."""
    codes = tags.codes
    if tags.values <= _BY_PRESENCE * (len(codes) + 64):
        present = np.zeros(tags.values + 1, np.bool_)
        present[codes] = True  # -1 marks the extra last flag
        present[-1] = False
        used = np.flatnonzero(present)
        place = np.full(tags.values + 1, -1)
        place[used] = np.arange(len(used))
        return used, place[codes]
    used, inverse = np.unique(codes, return_inverse=True)
    absent = int(len(used) > 0 and used[0] < 0)
    return used[absent:], inverse.reshape(-1) - absent


def _features(batch: Batch, table: _Table) -> bytes:
    tags, tag_size, tag_count = _tag_tokens(batch, table)
    tag_bytes = _sums(tag_size, tag_count)
    head = np.empty((len(batch), 13), np.uint64)  # the tags' place is between columns 5 and 6
    head[:, 0], head[:, 2], head[:, 3] = _FEATURE, 0x08, batch.ids
    head[:, 4], head[:, 5] = 0x12, tag_bytes
    head[:, 6], head[:, 7], head[:, 8] = 0x18, batch.kind, 0x22
    head[:, 10] = batch.commands.first
    head[:, 11:] = varint.zigzag(batch.commands.xy)
    size = np.ones((len(batch), 13), np.int64)
    _measure(head, size, 3, 5, 10, 11, 12)
    geometry_bytes = size[:, 10:].sum(axis=1) + batch.commands.count
    head[:, 9] = geometry_bytes
    _measure(head, size, 9)
    head[:, 1] = size[:, 2:10].sum(axis=1) + tag_bytes + geometry_bytes
    _measure(head, size, 1)
    tokens, sizes, token_count = _woven(head, size, tags, tag_size, tag_count)
    encoded = varint.encode(tokens, sizes)
    return _with_tails(encoded, _sums(sizes, token_count), batch.commands).tobytes()


def _measure(head: varint.Tokens, size: NDArray[np.int64], *columns: int) -> None:
    for column in columns:
        size[:, column] = varint.lengths(head[:, column])


def _woven(
    head: varint.Tokens,
    size: NDArray[np.int64],
    tags: varint.Tokens,
    tag_size: NDArray[np.int64],
    tag_count: NDArray[np.int64],
) -> tuple[varint.Tokens, NDArray[np.int64], NDArray[np.int64]]:
    """The head's tokens with each feature's tags after its first six."""
    token_count = tag_count + 13
    start = offsets_of(token_count)[:-1]
    tokens = np.empty(int(token_count.sum()), np.uint64)
    sizes = np.empty(len(tokens), np.int64)
    before = start[:, None] + np.arange(6)
    after = (start + tag_count)[:, None] + np.arange(6, 13)
    between = runs(start + 6, tag_count)
    tokens[before], tokens[after], tokens[between] = head[:, :6], head[:, 6:], tags
    sizes[before], sizes[after], sizes[between] = size[:, :6], size[:, 6:], tag_size
    return tokens, sizes, token_count


def _tag_tokens(
    batch: Batch, table: _Table
) -> tuple[varint.Tokens, NDArray[np.int64], NDArray[np.int64]]:
    """Key and value indices of all features, their sizes, and how many tokens each feature has."""
    pairs = [(key, place) for key, place in map(table.index, batch.tags) if key >= 0]
    tokens = np.empty((len(batch), len(pairs), 2), np.int64)
    for position, (key, place) in enumerate(pairs):
        tokens[:, position, 0], tokens[:, position, 1] = key, place
    present = tokens[:, :, 1] >= 0
    flat = tokens[present].astype(np.uint64).reshape(-1)
    return flat, varint.lengths(flat), 2 * present.sum(axis=1)


def _sums(size: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(offsets_of(size)[offsets_of(count)])


def _with_tails(
    encoded: varint.Bytes, head_bytes: NDArray[np.int64], commands: Commands
) -> varint.Bytes:
    """Each feature's head followed by the tail of its geometry."""
    if not commands.count.any():
        return encoded
    lengths = np.empty(2 * len(commands), np.int64)
    lengths[::2], lengths[1::2] = head_bytes, commands.count
    is_tail = np.zeros(len(lengths), np.bool_)
    is_tail[1::2] = True
    mask = np.repeat(is_tail, lengths)
    whole = np.empty(len(mask), np.uint8)
    whole[~mask] = encoded
    whole[mask] = commands.blob[runs(commands.start, commands.count)]
    return whole
