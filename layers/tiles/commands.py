"""MVT geometry: one absolute vertex, and a tail of bytes that no longer depends on the tile.

The cursor starts at the tile's corner, so only a feature's first vertex changes from tile to tile.
Everything after it is relative and can be encoded once, when the layer is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.tiles import varint
from layers.tiles.ragged import Ragged, offsets_of

MOVE_TO_ONE = 9
_CLOSE = 15


@dataclass(frozen=True, slots=True)
class Commands:
    """Geometry of features: the first command, first vertex, and where in `blob` the tail lies."""

    first: NDArray[Any]  # command integer, one a feature
    xy: NDArray[Any]  # first vertex
    blob: varint.Bytes
    start: NDArray[np.int64]
    count: NDArray[np.int64]

    def __len__(self) -> int:
        """The number of features."""
        return len(self.xy)


def draw(shapes: Ragged, *, areal: bool) -> Commands:
    """Commands of settled lines or polygons."""
    tokens, token_count = _tokens(shapes, areal=areal)
    size = varint.lengths(tokens)
    ring_bytes = offsets_of(size)[offsets_of(token_count)]
    rings_of = shapes.parts[shapes.features]
    bounds = ring_bytes[rings_of]
    first = shapes.rings[rings_of[:-1]]
    return Commands(
        np.full(len(shapes), MOVE_TO_ONE),
        shapes.xy[first],
        varint.encode(tokens, size),
        bounds[:-1],
        np.diff(bounds),
    )


def dots(xy: NDArray[Any]) -> Commands:
    """Commands of single points."""
    zero = np.zeros(len(xy), np.int64)
    return Commands(np.full(len(xy), MOVE_TO_ONE), xy, np.empty(0, np.uint8), zero, zero)


def grouped_dots(xy: NDArray[Any], offsets: NDArray[np.int64]) -> Commands:
    """Commands of multi-points: feature i has the points offsets[i] to offsets[i + 1]."""
    count = np.diff(offsets)
    first = np.zeros(len(xy), np.bool_)
    first[offsets[:-1]] = True
    steps = np.diff(xy.astype(np.int64), axis=0, prepend=0)[~first]
    tokens = varint.zigzag(steps.reshape(-1))
    size = varint.lengths(tokens)
    bounds = offsets_of(size)[offsets_of(2 * (count - 1))]
    blob = varint.encode(tokens, size)
    return Commands(
        (count.astype(np.int64) << 3) | 1, xy[offsets[:-1]], blob, bounds[:-1], np.diff(bounds)
    )


def _tokens(shapes: Ragged, *, areal: bool) -> tuple[varint.Tokens, NDArray[np.int64]]:
    """Tail tokens of all rings and how many each has; a feature's first MoveTo is left out."""
    drawn = np.ones(len(shapes.xy), np.bool_)
    if areal:
        drawn[shapes.rings[1:] - 1] = False  # ClosePath draws the last edge
    xy = shapes.xy[drawn].astype(np.int64)
    vertices = np.diff(shapes.rings) - areal
    steps = varint.zigzag(np.diff(xy, axis=0, prepend=0))
    opening = np.full(len(vertices), 3)
    opening[shapes.parts[shapes.features[:-1]]] = 0
    token_count = opening + 1 + 2 * (vertices - 1) + areal
    ring_start = offsets_of(token_count)
    tokens = np.empty(int(ring_start[-1]), np.uint64)
    line = ring_start[:-1] + opening
    tokens[line] = ((vertices - 1) << 3) | 2
    if areal:
        tokens[ring_start[1:] - 1] = _CLOSE
    _place_steps(tokens, steps, vertices, line, opening)
    return tokens, token_count


def _place_steps(
    tokens: varint.Tokens,
    steps: varint.Tokens,
    vertices: NDArray[np.int64],
    line: NDArray[np.int64],
    opening: NDArray[np.int64],
) -> None:
    first = offsets_of(vertices)[:-1]
    moved = opening > 0
    start = line[moved] - 3
    tokens[start] = MOVE_TO_ONE
    tokens[start + 1], tokens[start + 2] = steps[first[moved]].T
    follows = np.ones(len(steps), np.bool_)
    follows[first] = False
    place = 2 * (np.arange(len(steps)) - np.repeat(first, vertices)) - 1 + np.repeat(line, vertices)
    place = place[follows]
    tokens[place], tokens[place + 1] = steps[follows].T
