"""Protocol buffer integers for whole arrays: 7 bits a byte, lowest first, and zigzag for signs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

_SEVEN = np.uint64(7)


def zigzag(numbers: NDArray[Any]) -> Tokens:
    """Signed numbers folded into unsigned ones: 0, -1, 1, -2 … become 0, 1, 2, 3 …"""
    signed = numbers.astype(np.int64, copy=False)
    return ((signed << 1) ^ (signed >> 63)).view(np.uint64)


def lengths(tokens: Tokens) -> NDArray[np.int64]:
    """Bytes that each token takes when encoded, 1 to 10."""
    size = np.ones(tokens.shape, np.int64)
    flat_size, flat = size.reshape(-1), tokens.reshape(-1)
    longer = np.flatnonzero(flat >= 128)
    shift = 14
    while longer.size:
        flat_size[longer] += 1
        if shift > 63:
            break
        longer = longer[flat[longer] >= np.uint64(1 << shift)]
        shift += 7
    return size


def encode(tokens: Tokens, size: NDArray[np.int64]) -> Bytes:
    """All tokens one after the other; `size` is what `lengths` gave for them."""
    ends = np.cumsum(size)
    encoded = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    place, rest, left = ends - size, tokens, size
    while len(rest):
        goes_on = left > 1
        encoded[place] = (rest.astype(np.uint8) & 0x7F) | (goes_on.astype(np.uint8) << 7)
        more = np.flatnonzero(goes_on)
        place, rest, left = place[more] + 1, rest[more] >> _SEVEN, left[more] - 1
    return encoded


def one(number: int) -> bytes:
    """One integer encoded."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
