"""Cells of text made into columns with a type: numbers only where every cell plainly is one."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Fifteen digits survive as a number; identity and credit codes are longer and stay text.
_WHOLE = r"^(-?[1-9][0-9]{0,14}|0)$"
_DECIMAL = r"^-?((0|[1-9][0-9]{0,14})(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"


def typed(table: pa.Table) -> pd.DataFrame:
    """Numbers where every cell is plainly a number; codes with leading zeros stay text."""
    columns = [_column(table.column(name)) for name in table.column_names]
    frame: pd.DataFrame = pa.table(columns, names=table.column_names).to_pandas()
    return frame


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.null_count == len(column):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    trimmed = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    if pc.all(pc.match_substring_regex(trimmed, _WHOLE)).as_py():
        return trimmed.cast(pa.int64())
    if pc.all(pc.match_substring_regex(trimmed, _DECIMAL)).as_py():
        return trimmed.cast(pa.float64())
    return column
