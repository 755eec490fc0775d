"""GeoParquet, with or without what the standard asks for; a plain Parquet table by its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.coordinates import locate
from layers.readers.detect import refuse
from layers.readers.gdal import DAMAGED
from layers.readers.tally import Tally

_WHAT = "Parquet"
_MOST_BYTES = 4 << 30
_MOST_ROWS = 50_000_000
_USUAL_NAMES = ("geometry", "geom", "wkb_geometry", "the_geom", "wkb")
_WKB_NAMES = {b"geoarrow.wkb", b"ogc.wkb"}
_DEFAULT_CRS = "EPSG:4326"  # OGC:CRS84 in the standard: longitude first, as everything here
_WKB, _WKT, _NATIVE = "WKB", "WKT", "native"


@dataclass(frozen=True, slots=True)
class _Column:
    """The geometry column: its name, how it is written, and the CRS that it names."""

    name: str
    encoding: str
    declared: str | None
    evidence: tuple[str, ...]
    others: tuple[str, ...] = ()


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features; the encoding does not matter (UTF-8 always)."""
    try:
        with pq.ParquetFile(upload.path) as file:
            _refuse_bombs(upload, file.metadata)
            column = _geometry_column(upload, file.schema_arrow)
            table = file.read()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as wrong:
        refuse(upload, f"{_WHAT} 读不出({str(wrong).strip()[:120]})", DAMAGED)
    if table.num_rows == 0:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    rows = np.arange(1, table.num_rows + 1)
    tally = Tally()
    if column is None:
        return _table(upload, table, rows, tally, options)
    geometries, broken = _geometries(upload, table, column)
    tally.add(
        rows[broken], "几何", f"不是有效的 {column.encoding}", "改正后重新导入;其余要素已读取"
    )
    kept = [name for name in table.column_names if name not in {column.name, *column.others}]
    return assemble(
        upload,
        _attributes(upload, table.select(kept)),
        geometries,
        rows,
        tally,
        edits=options.edits,
        reported=broken,
        format="GeoParquet",
        encoding="UTF-8",
        declared=column.declared,
        evidence=column.evidence,
    )


def _refuse_bombs(upload: Upload, about: pq.FileMetaData) -> None:
    """Refuse what would be huge once unpacked, before anything is."""
    size = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
    if size > _MOST_BYTES or about.num_rows > _MOST_ROWS:
        refuse(
            upload,
            f"解开后有 {about.num_rows:,} 行、{size >> 20:,} MB,大得不正常",
            "请核实来源,或分成几个文件导入",
        )


def _geometry_column(upload: Upload, schema: pa.Schema) -> _Column | None:
    described = _described(upload, schema)
    if described is not None:
        return described
    for field in schema:
        marks = field.metadata or {}
        name = marks.get(b"ARROW:extension:name", b"")
        if name in _WKB_NAMES:
            crs = _parsed(marks.get(b"ARROW:extension:metadata")).get("crs")
            words = f"没有 GeoParquet 说明,列“{field.name}”标明是 {name.decode()}"
            return _Column(field.name, _WKB, _named(crs), (words,))
    for field in schema:
        if field.name.lower() in _USUAL_NAMES and _is_binary(field.type):
            words = f"没有 GeoParquet 说明,列“{field.name}”按 WKB 读取,没有声明坐标系"
            return _Column(field.name, _WKB, None, (words,))
    return None


def _described(upload: Upload, schema: pa.Schema) -> _Column | None:
    """The primary column as the `geo` metadata describes it; None without usable metadata."""
    geo = _parsed((schema.metadata or {}).get(b"geo"))
    columns = geo.get("columns")
    if not isinstance(columns, dict) or not columns:
        return None
    primary = geo.get("primary_column")
    name = str(primary if primary in columns else next(iter(columns)))
    about = columns[name]
    if name not in schema.names or not isinstance(about, dict):
        refuse(upload, f"说明里的几何列“{name}”不在文件里", "请用 QGIS 或 geopandas 重新导出")
    written = str(about.get("encoding", _WKB)).upper()
    encoding = written if written in {_WKB, _WKT} else _NATIVE
    others = tuple(other for other in columns if other != name and other in schema.names)
    evidence: list[str] = []
    if others:
        evidence.append(f"几何取自主列“{name}”,另有几何列 {'、'.join(others)} 未读取")
    if "crs" not in about:
        evidence.append("GeoParquet 没有写明坐标系,按标准是经纬度")
        return _Column(name, encoding, _DEFAULT_CRS, tuple(evidence), others)
    declared = _named(about["crs"])
    if declared is None:
        evidence.append("GeoParquet 声明坐标系未知")
    return _Column(name, encoding, declared, tuple(evidence), others)


def _named(crs: Any) -> str | None:
    """A coordinate system as EPSG:n where it is one, else as WKT; None for none or nonsense."""
    if not crs:
        return None
    try:
        made = CRS.from_user_input(crs)
    except CRSError:
        return None
    if made.to_authority() == ("OGC", "CRS84"):
        return _DEFAULT_CRS
    code = made.to_epsg()
    return f"EPSG:{code}" if code else made.to_wkt()


def _geometries(upload: Upload, table: pa.Table, column: _Column) -> tuple[np.ndarray, np.ndarray]:
    """Geometries (None where missing or broken) and which are broken."""
    if column.encoding == _NATIVE:
        try:
            made = gpd.read_parquet(upload.path, columns=[column.name]).geometry.to_numpy()
        except (ValueError, TypeError, KeyError, AttributeError, pa.ArrowException) as wrong:
            refuse(upload, f"几何列的写法读不懂({str(wrong)[:120]})", "请改用 WKB 编码重新导出")
        return made, np.zeros(len(made), dtype=bool)
    values = table.column(column.name).to_numpy(zero_copy_only=False).astype(object)
    there = ~pd.isna(values)
    values = np.where(there, values, None)
    make = shapely.from_wkb if column.encoding == _WKB else shapely.from_wkt
    try:
        made = make(values, on_invalid="ignore")
    except TypeError:
        refuse(upload, f"几何列“{column.name}”不是 {column.encoding}", "请用 QGIS 重新导出")
    return made, shapely.is_missing(made) & there


def _table(
    upload: Upload, table: pa.Table, rows: np.ndarray, tally: Tally, options: ReadOptions
) -> Reading:
    """A table without geometry column: places from coordinate columns."""
    frame = _attributes(upload, table)
    place = locate(upload, frame, rows, tally)
    return assemble(
        upload,
        frame.drop(columns=list(place.columns)),
        place.geometries,
        rows,
        tally,
        edits=options.edits,
        reported=place.reported,
        format=_WHAT,
        encoding="UTF-8",
        declared=place.declared,
        evidence=("没有几何列", *place.evidence),
    )


def _attributes(upload: Upload, table: pa.Table) -> pd.DataFrame:
    """Plain columns: nested values as JSON text, decimals as numbers, whole numbers kept exact."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            columns[name] = _column(column)
        except (pa.ArrowException, ValueError, TypeError) as wrong:
            refuse(upload, f"列“{name}”读不出({str(wrong)[:80]})", "请换一种格式导出")
    return pd.DataFrame(columns, index=range(table.num_rows))


def _column(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if pa.types.is_nested(kind):
        texts = [_json(value) for value in column.to_pylist()]
        return pd.Series(texts, dtype=object)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    if pa.types.is_integer(kind) and column.null_count:
        whole = column.cast(pa.int64())
        made: pd.Series = whole.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    elif pa.types.is_time(kind) or pa.types.is_duration(kind):
        made = column.cast(pa.string()).to_pandas()
    else:
        made = column.to_pandas()
    return made


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _parsed(text: bytes | None) -> dict[str, Any]:
    try:
        made = orjson.loads(text or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return made if isinstance(made, dict) else {}


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
