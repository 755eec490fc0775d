"""Attribute values as MVT `Value` messages, with the tag that places them in a layer.

Integers below 2**64 stay integers (`uint_value`, or `sint_value` when negative), floats are
doubles.
"""

from __future__ import annotations

import json
import math
import struct
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.tiles import varint

Scalar = str | bool | int | float

_VALUE = 0x22  # Layer.values, length-delimited
_STRING, _DOUBLE, _UINT, _SINT, _BOOL = 0x0A, 0x19, 0x28, 0x30, 0x38


def encode(value: Scalar) -> bytes:
    """One value of a layer's value table, tag and length included."""
    match value:
        case bool():
            message = bytes((_BOOL, value))
        case int() if value >= 0:
            message = bytes((_UINT,)) + varint.one(value)
        case int():
            message = bytes((_SINT,)) + varint.one(-2 * value - 1)
        case float():
            message = bytes((_DOUBLE,)) + struct.pack("<d", value)
        case str():
            text = value.encode()
            message = bytes((_STRING,)) + varint.one(len(text)) + text
    return bytes((_VALUE,)) + varint.one(len(message)) + message


def decode(encoded: bytes) -> Scalar:
    """The value that `encode` was given."""
    _, at = _read(encoded, 1)
    kind = encoded[at]
    if kind == _STRING:
        _, start = _read(encoded, at + 1)
        return encoded[start:].decode()
    if kind == _DOUBLE:
        return float(struct.unpack("<d", encoded[at + 1 :])[0])
    number, _ = _read(encoded, at + 1)
    if kind == _BOOL:
        return bool(number)
    return number if kind == _UINT else -(number + 1) // 2


def encode_unsigned(numbers: NDArray[np.uint64]) -> tuple[varint.Bytes, NDArray[np.int64]]:
    """Many integers ≥ 0 at once: their messages one after the other, and the length of each."""
    size = varint.lengths(numbers)
    tokens = np.empty((len(numbers), 4), np.uint64)
    tokens[:, 0], tokens[:, 1], tokens[:, 2], tokens[:, 3] = _VALUE, size + 1, _UINT, numbers
    token_size = np.ones((len(numbers), 4), np.int64)
    token_size[:, 3] = size
    return varint.encode(tokens.reshape(-1), token_size.reshape(-1)), size + 3


def encode_floats(numbers: NDArray[np.float64]) -> tuple[varint.Bytes, NDArray[np.int64]]:
    """Many doubles at once: their messages one after the other, and the length of each."""
    table = np.empty((len(numbers), 11), np.uint8)
    table[:, :3] = (_VALUE, 9, _DOUBLE)
    table[:, 3:] = numbers.astype("<f8").view(np.uint8).reshape(-1, 8)
    return table.reshape(-1), np.full(len(numbers), 11, np.int64)


def decode_numbers(
    messages: varint.Bytes, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The numbers of many messages at once; NaN for texts and for yes or no."""
    numbers = np.full(len(start), math.nan)
    if not len(start):
        return numbers
    short = messages[start + 1] < 128  # a longer message is a text
    kind = np.where(short, messages[start + 2], _STRING)
    doubles = np.flatnonzero(kind == _DOUBLE)
    if len(doubles):
        taken = messages[start[doubles, None] + 3 + np.arange(8)]
        numbers[doubles] = np.ascontiguousarray(taken).view("<f8").reshape(-1)
    for tag in (_UINT, _SINT):
        whole = np.flatnonzero(kind == tag)
        if len(whole):
            folded = _varints(messages, start[whole] + 3, end[whole])
            numbers[whole] = folded if tag == _UINT else _unfolded(folded)
    return numbers


def _varints(
    messages: varint.Bytes, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.uint64]:
    found = np.zeros(len(start), np.uint64)
    for place in range(10):
        left = np.flatnonzero(start + place < end)
        byte = messages[start[left] + place].astype(np.uint64) & np.uint64(127)
        found[left] |= byte << np.uint64(7 * place)
    return found


def _unfolded(folded: NDArray[np.uint64]) -> NDArray[np.int64]:
    half = (folded >> np.uint64(1)).astype(np.int64)
    return np.where(folded & np.uint64(1), -half - 1, half)


def _read(encoded: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while True:
        byte = encoded[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def as_scalar(value: Any) -> Scalar | None:
    """A plain value for any cell of a table: None when missing, dates in ISO, else its text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else float(value)
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    # pandas.NA and NaT are equal to nothing, not even to themselves.
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
