"""Texts that a spreadsheet would run as a formula, made plain texts."""

from __future__ import annotations

import re

import pandas as pd

_STARTS = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_START, _PLAIN = re.compile(_STARTS), re.compile(_NUMBER)


def harmless(text: str) -> str:
    """The text with an apostrophe before what would start a formula; numbers stay numbers."""
    return f"'{text}" if _START.match(text) and not _PLAIN.fullmatch(text) else text


def harmless_column(column: pd.Series) -> pd.Series:
    """All texts of a column made harmless; other columns as they are."""
    if not (pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column)):
        return column
    texts = column.astype("string")
    starts = texts.str.match(_STARTS).fillna(False).to_numpy(dtype=bool)
    if not starts.any():
        return column
    return texts.map(harmless, na_action="ignore").astype("string")
