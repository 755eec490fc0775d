"""Whole columns from PostgreSQL as numpy arrays: array_agg in binary, taken as it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_HEAD = 20  # bytes before the elements of an array of one dimension


def elements(content: bytes | None, kind: str) -> npt.NDArray[Any]:
    """The elements of a binary array without nulls: each is its length and its bytes."""
    if content is None:
        return np.empty(0, np.dtype(kind))
    pairs = np.frombuffer(content, np.dtype([("length", ">i4"), ("one", kind)]), offset=_HEAD)
    return pairs["one"]
