"""Attributes made fit for Parquet and tiles: one type per column, nothing nested."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd

_RESERVED = {"_fid", "_row", "_held", "_reasons", "_reason"}  # columns of our own


def tidy(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with plain columns: nested values as JSON text, mixed types as text."""
    columns: dict[str, Any] = {}
    for name in frame.columns:
        if name == frame.geometry.name:
            continue
        kept = _plain(frame[name])
        if kept is not None:
            columns[f"{name}_1" if name in _RESERVED else name] = kept
    return gpd.GeoDataFrame(columns, geometry=frame.geometry.to_numpy(), index=frame.index)


def key_texts(column: pd.Series) -> pd.Series:
    """Keys as text, 440203 and 440203.0 alike; missing where there is no key."""
    if pd.api.types.is_float_dtype(column.dtype):
        whole = column.dropna()
        if (whole % 1 == 0).all():
            column = column.astype("Int64")
    text = column.astype("string").str.strip()
    return text.mask(text == "")


def _plain(column: pd.Series) -> pd.Series | None:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("string")
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column.astype("string")
    if column.dtype != object:
        return column
    kinds = {type(value) for value in column if value is not None and value == value}
    if not kinds or kinds == {str}:
        return column.where(column.notna(), None).astype("string")
    if kinds <= {bytes, bytearray, memoryview}:
        return None  # pictures and the like have no place in a map layer
    if kinds <= {int, float}:
        return pd.to_numeric(column)
    if kinds in ({bool}, {dt.date}):
        return column.astype("boolean") if kinds == {bool} else column
    return column.map(_text).astype("string")


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str):
        return value
    return orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode()
