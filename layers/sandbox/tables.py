"""Frames as Arrow files and back; what comes back is checked before a byte of it is believed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from layers.sandbox.plain import decode, encode

_X, _Y, _Z, _WKB, _ROWS = "x", "y", "z", "wkb", "rows"
_POINT = 0
_MOST_COLUMNS = 10_000
_MOST_ROWS = 1 << 31
_TEXT = {"str", "string"}
_DTYPES = frozenset(
    {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    | {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)}
    | {"float32", "float64", "Float32", "Float64", "bool", "boolean"}
)
_JSON, _MOMENT = "json", "datetime64"


def write_frame(frame: pd.DataFrame, path: Path) -> dict[str, Any]:
    """Write plain columns; returns what `read_frame` must know besides."""
    arrays, columns = _columns(frame)
    _write(arrays, path)
    return {"columns": columns, "rows": len(frame)}


def write_features(frame: gpd.GeoDataFrame, rows: np.ndarray, path: Path) -> dict[str, Any]:
    """Write attributes, geometry and row numbers; returns what `read_features` must know."""
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    arrays, columns = _columns(attributes)
    geometry = _geometry(frame.geometry.to_numpy())
    _write({**arrays, **geometry, _ROWS: pa.array(np.asarray(rows, dtype=np.int64))}, path)
    place = list(frame.columns).index(frame.geometry.name)
    return {
        "columns": columns,
        "rows": len(frame),
        "geometry": str(frame.geometry.name),
        "place": place,
    }


def read_frame(path: Path, about: Any) -> pd.DataFrame:
    """The frame that was written; raises ValueError when the file is not what `about` says."""
    return _frame(_read(path, about), about)


def read_features(path: Path, about: Any) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """The features and their row numbers; raises ValueError for anything that does not fit."""
    table = _read(path, about)
    frame = _frame(table, about)
    name, place = str(about["geometry"]), int(about["place"])
    if name in frame.columns or not 0 <= place <= frame.shape[1]:
        raise ValueError("the geometry has no place of its own")
    frame.insert(place, name, gpd.array.GeometryArray(_shapes(table)))
    rows = _numbers(table, _ROWS, pa.int64())
    return gpd.GeoDataFrame(frame, geometry=name), rows


def _columns(frame: pd.DataFrame) -> tuple[dict[str, pa.Array], list[list[str]]]:
    arrays, columns = {}, []
    for number, name in enumerate(frame.columns):
        values = frame.iloc[:, number]
        if isinstance(values.dtype, pd.CategoricalDtype):
            values = values.astype(values.dtype.categories.dtype)
        dtype = str(values.dtype)
        if dtype in _DTYPES or dtype in _TEXT or dtype.startswith(_MOMENT):
            arrays[f"c{number}"] = pa.array(values, from_pandas=True)
        else:
            dtype = _JSON
            texts = [json.dumps(encode(one), ensure_ascii=True) for one in values]
            arrays[f"c{number}"] = pa.array(texts, pa.string())
        columns.append([str(name), dtype])
    return arrays, columns


def _geometry(shapes: np.ndarray) -> dict[str, pa.Array]:
    """Points as coordinates, which cost nothing to read; everything else as WKB."""
    if len(shapes) and (shapely.get_type_id(shapes) == _POINT).all():
        deep = shapely.has_z(shapes)
        if deep.all() or not deep.any():
            if not shapely.is_empty(shapes).any():
                found = shapely.get_coordinates(shapes, include_z=bool(deep.any()))
                names = (_X, _Y, _Z)
                return {names[n]: pa.array(found[:, n]) for n in range(found.shape[1])}
    return {_WKB: pa.array(shapely.to_wkb(shapes), pa.large_binary())}


def _write(arrays: dict[str, pa.Array], path: Path) -> None:
    table = pa.table(arrays)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path, about: Any) -> pa.Table:
    if path.is_symlink() or not path.is_file():
        raise ValueError("no result file")
    try:
        source = pa.memory_map(str(path))
        table = pa.ipc.open_file(source).read_all().combine_chunks()
        table.validate(full=True)  # offsets of a broken file would point anywhere
    except (pa.ArrowException, OSError) as wrong:
        raise ValueError(f"no Arrow table: {wrong}") from wrong
    columns: Sequence[Any] = about["columns"]
    if table.num_rows != int(about["rows"]) or table.num_rows > _MOST_ROWS:
        raise ValueError("wrong number of rows")
    if len(columns) > _MOST_COLUMNS or len({str(name) for name, _ in columns}) != len(columns):
        raise ValueError("wrong columns")
    return table


def _frame(table: pa.Table, about: Any) -> pd.DataFrame:
    series = {
        str(name): _series(table.column(f"c{number}"), str(dtype))
        for number, (name, dtype) in enumerate(about["columns"])
    }
    return pd.DataFrame(series, index=pd.RangeIndex(table.num_rows))


def _series(column: pa.ChunkedArray, dtype: str) -> pd.Series:
    if dtype == _JSON:
        if not pa.types.is_string(column.type):
            raise ValueError("wrong column type")
        values = np.empty(len(column), dtype=object)
        values[:] = [decode(json.loads(one)) for one in column.to_pylist()]
        return pd.Series(values, dtype=object)
    _expect_type(column.type, dtype)
    if dtype in _TEXT:
        kind: Any = pd.StringDtype(na_value=np.nan) if dtype == "str" else pd.StringDtype()
        return pd.Series(kind.__from_arrow__(column))
    found: Any = pd.api.types.pandas_dtype(dtype)
    if isinstance(found, np.dtype):
        return pd.Series(np.asarray(column.to_numpy(), dtype=found))
    if isinstance(found, pd.DatetimeTZDtype):
        return pd.Series(column.to_pandas(), dtype=found)
    return pd.Series(found.__from_arrow__(column))


def _expect_type(found: pa.DataType, dtype: str) -> None:
    known = dtype in _DTYPES or dtype in _TEXT or dtype.startswith(_MOMENT)
    text = pa.types.is_string(found) or pa.types.is_large_string(found)
    plain = pa.types.is_integer(found) or pa.types.is_floating(found) or pa.types.is_boolean(found)
    moment = pa.types.is_timestamp(found)
    if not known or not (text if dtype in _TEXT else moment if _MOMENT in dtype else plain):
        raise ValueError(f"{dtype} as {found}")


def _shapes(table: pa.Table) -> np.ndarray:
    names = table.column_names
    if _WKB in names:
        column = table.column(_WKB)
        if not pa.types.is_large_binary(column.type):
            raise ValueError("wrong geometry type")
        try:
            return np.asarray(shapely.from_wkb(column.to_numpy()))
        except shapely.errors.ShapelyError as wrong:
            raise ValueError("broken geometry") from wrong
    axes = [_numbers(table, name, pa.float64()) for name in (_X, _Y, _Z) if name in names]
    return np.asarray(shapely.points(*axes))


def _numbers(table: pa.Table, name: str, kind: pa.DataType) -> np.ndarray:
    if name not in table.column_names:
        raise ValueError(f"no {name}")
    column = table.column(name)
    if column.type != kind or column.null_count:
        raise ValueError(f"wrong {name}")
    return np.asarray(column.to_numpy())
