"""New texts that a person gave for cells of a file, put in place of what the file says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from layers.readers.contracts import GEOMETRY_COLUMN
from layers.readers.tally import Tally

Edits = Mapping[int, Mapping[str, str]]

_PAIR = re.compile(r"\s*(-?\d+(?:\.\d*)?)\s*[,,\s]\s*(-?\d+(?:\.\d*)?)\s*")
_AGAIN = "改后再试;原值未动"


def apply_edits(
    attributes: pd.DataFrame,
    geometries: np.ndarray,
    rows: np.ndarray,
    edits: Edits,
    tally: Tally,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Copies with the edits made; an edit that cannot be made is reported and changes nothing."""
    if not edits:
        return attributes, geometries
    attributes, geometries = attributes.copy(), geometries.copy()
    at = {int(row): position for position, row in enumerate(rows)}
    for row, cells in edits.items():
        if row not in at:
            tally.add([row], "修改", "文件里没有这一行", "核对行号")
            continue
        for column, text in cells.items():
            if column == GEOMETRY_COLUMN:
                made = place_of(text)
                if made is None:
                    tally.add([row], column, "修改的位置读不懂", "写成“经度,纬度”或 WKT")
                else:
                    geometries[at[row]] = made
            elif column not in attributes.columns:
                tally.add([row], column, "文件里没有这一列", "核对列名")
            else:
                _set(attributes, at[row], column, text, tally, row)
    return attributes, geometries


def place_of(text: str) -> shapely.Geometry | None:
    """The geometry that a person wrote, as "x,y" or WKT; None for anything else."""
    pair = _PAIR.fullmatch(text)
    if pair:
        return shapely.Point(float(pair[1]), float(pair[2]))
    made = shapely.from_wkt(text.strip(), on_invalid="ignore")
    return None if made is None or made.is_empty else made


def _set(
    attributes: pd.DataFrame, position: int, column: str, text: str, tally: Tally, row: int
) -> None:
    """Write one cell in the type of its column; whole-number columns take an empty cell too."""
    series = attributes[column]
    value = _typed(series, text.strip())
    if value is _UNFIT:
        tally.add([row], column, "修改的值与该列的类型不符", _AGAIN)
        return
    attributes[column] = _with_room(series, value)
    place = list(attributes.columns).index(column)
    attributes.iloc[position, place] = value  # type: ignore[call-overload]  # any cell's value


def _with_room(series: pd.Series, value: object) -> pd.Series:
    """The column in a type that can hold the value beside what it holds."""
    if pd.api.types.is_bool_dtype(series):
        return series.astype("boolean") if value is None else series
    if pd.api.types.is_integer_dtype(series):
        if value is None:
            return series.astype("Int64")
        if isinstance(value, float) and not value.is_integer():
            return series.astype("Float64")
    return series


_UNFIT = object()
_BOOLEANS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


def _typed(series: pd.Series, text: str) -> object:
    if not text:
        return None
    if pd.api.types.is_bool_dtype(series):
        return _BOOLEANS.get(text.lower(), _UNFIT)
    if pd.api.types.is_numeric_dtype(series):
        number = pd.to_numeric(text, errors="coerce")
        return _UNFIT if not np.isfinite(number) else float(number)
    if pd.api.types.is_datetime64_any_dtype(series):
        moment = pd.to_datetime(text, errors="coerce")
        return _UNFIT if pd.isna(moment) else _zoned(series, moment)
    return text


def _zoned(series: pd.Series, moment: pd.Timestamp) -> pd.Timestamp:
    """The moment with or without a zone, as the column has it."""
    zone = getattr(series.dt, "tz", None)
    if zone is None:
        return moment.tz_localize(None)
    return moment.tz_localize(zone) if moment.tzinfo is None else moment.tz_convert(zone)
