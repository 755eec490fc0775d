"""A column as codes into a table of distinct values, in order: booleans, numbers, texts.

Because the table is sorted, a comparison with a value is a range of codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from layers.tiles import values, varint
from layers.tiles.ragged import offsets_of, runs


@dataclass(frozen=True, slots=True)
class Factorised:
    """A code for each row (-1: missing) and the values' messages, one after the other."""

    codes: NDArray[np.int32]
    offsets: NDArray[np.int64]
    messages: varint.Bytes


def factorise(column: pd.Series[Any]) -> Factorised:
    """Codes and sorted value messages of a column."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
        dtype = column.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _texts(_iso(column))
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return _numbers(column.to_numpy())
    if isinstance(dtype, pd.StringDtype) or (
        dtype.kind == "O" and pd.api.types.infer_dtype(column, skipna=True) == "string"
    ):
        return _texts(column)
    return _anything(column)


def rank(value: values.Scalar) -> tuple[int, values.Scalar]:
    """The order of the table: booleans, then numbers, then texts by code point."""
    return (0 if isinstance(value, bool) else 2 if isinstance(value, str) else 1), value


def _iso(column: pd.Series[Any]) -> pd.Series[Any]:
    days = column.dt.tz is None and bool((column.dropna() == column.dropna().dt.normalize()).all())
    texts = column.dt.strftime("%Y-%m-%d") if days else column.map(_moment)
    return texts.astype(object).where(column.notna(), None)


def _moment(value: pd.Timestamp) -> str:
    return value.isoformat()


def _numbers(column: NDArray[Any]) -> Factorised:
    real = column.dtype.kind == "f"
    present = np.isfinite(column) if real else np.ones(len(column), np.bool_)
    distinct, inverse = np.unique(column[present], return_inverse=True)
    codes = np.full(len(column), -1, np.int32)
    codes[present] = inverse.reshape(-1)
    if real:
        messages, size = values.encode_floats(distinct.astype(np.float64))
    elif len(distinct) and distinct[0] < 0:
        return _listed(codes, [int(each) for each in distinct])
    else:
        messages, size = values.encode_unsigned(distinct.astype(np.uint64))
    return Factorised(codes, offsets_of(size), messages)


def _texts(column: pd.Series[Any]) -> Factorised:
    encoded = pa.array(column, pa.large_string(), from_pandas=True).dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    codes = np.where(indices >= 0, place[indices] if len(place) else -1, -1).astype(np.int32)
    return Factorised(codes, *_text_messages(encoded.dictionary.take(pa.array(order))))


def _text_messages(texts: Any) -> tuple[NDArray[np.int64], varint.Bytes]:
    """Value messages of an Arrow array of texts: 0x22, length, 0x0a, length, the bytes."""
    count = len(texts)
    if not count:
        return np.zeros(1, np.int64), np.empty(0, np.uint8)
    _, raw_offsets, raw = texts.buffers()
    offsets = np.frombuffer(raw_offsets, np.int64, count + 1, texts.offset * 8)
    length = np.diff(offsets)
    inner = varint.lengths(length.astype(np.uint64))
    tokens = np.empty((count, 4), np.uint64)
    tokens[:, 0], tokens[:, 1], tokens[:, 2], tokens[:, 3] = 0x22, 1 + inner + length, 0x0A, length
    sizes = varint.lengths(tokens)
    heads = varint.encode(tokens.reshape(-1), sizes.reshape(-1))
    head_bytes = sizes.sum(axis=1)
    bounds = offsets_of(head_bytes + length)
    messages = np.empty(int(bounds[-1]), np.uint8)
    messages[runs(bounds[:-1], head_bytes)] = heads
    body = np.frombuffer(raw, np.uint8) if raw is not None else np.empty(0, np.uint8)
    messages[runs(bounds[:-1] + head_bytes, length)] = body[offsets[0] : offsets[-1]]
    return bounds, messages


def _anything(column: pd.Series[Any]) -> Factorised:
    """Mixed or rare types, one by one; 1, 1.0 and True stay three values."""
    plain = [values.as_scalar(value) for value in column.tolist()]
    distinct = {(type(value), value): value for value in plain if value is not None}
    ordered = sorted(distinct.values(), key=lambda value: (*rank(value), type(value).__name__))
    place = {(type(value), value): code for code, value in enumerate(ordered)}
    found = (-1 if value is None else place[(type(value), value)] for value in plain)
    codes = np.fromiter(found, np.int32, len(plain))
    return _listed(codes, ordered)


def _listed(codes: NDArray[np.int32], ordered: list[Any]) -> Factorised:
    messages = [values.encode(value) for value in ordered]
    size = np.fromiter(map(len, messages), np.int64, len(messages))
    return Factorised(codes, offsets_of(size), np.frombuffer(b"".join(messages), np.uint8))
