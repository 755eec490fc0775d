"""GDAL, opened on nothing but files of a known kind, without network, and never losing a feature.

A reader looks at a file's first bytes before it comes here, and the file lies under a plain name
that the program chose: neither content nor name can make GDAL open another file or an address.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

from layers.readers.contracts import Part, Upload
from layers.readers.detect import refuse

DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "OpenFileGDB", "FlatGeobuf", "MapInfo File"})
DAMAGED = "文件可能没有下载完整;请用 QGIS 打开检查后重新导出"
_GEOMETRIES = {"Point": "point", "LineString": "line", "Polygon": "polygon"}
# A CRS that says it is none: GeoPackage's -1 and 0, MapInfo's "Nonearth".
_NO_CRS = ("Undefined", "Unknown", "Nonearth", "unknown engineering")

# What pyogrio raises for damaged files: its own errors are RuntimeErrors, others slip out of it.
FAILURES: tuple[type[Exception], ...] = (RuntimeError, ValueError, OSError, LookupError, TypeError)
FAILURES += (NameError, OverflowError, CRSError, pa.ArrowException)
# Whole numbers beside empty cells would become floats, and codes of 18 digits other codes.
_EXACT = {pa.int64(): pd.Int64Dtype()}

# The one file that /vsicurl/ may open does not exist: the network is off.
pyogrio.set_gdal_config_options(
    {"CPL_VSIL_CURL_ALLOWED_FILENAME": "/", "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE"}
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The features of one layer (index: the file's own feature numbers) and its CRS, if named."""

    frame: gpd.GeoDataFrame
    declared: str | None


@contextmanager
def laid_out(upload: Upload, suffix: str) -> Iterator[Path]:
    """The upload as a file named data + suffix: GDAL judges by endings and dislikes odd names."""
    with tempfile.TemporaryDirectory(dir=upload.path.parent) as folder:
        path = Path(folder) / f"data{suffix}"
        path.symlink_to(upload.path.resolve())
        yield path


def parts_of(upload: Upload, path: Path, what: str) -> tuple[Part, ...]:
    """The layers that have geometry, in the file's order; raises UnreadableFile."""
    try:
        with warnings.catch_warnings(action="ignore"):
            listed = pyogrio.list_layers(path)
            return tuple(
                _part(path, str(name), str(geometry))
                for name, geometry in listed
                if geometry is not None
            )
    except FAILURES as wrong:
        refuse(upload, f"{what} 读不出({_short(wrong)})", DAMAGED)


def open_layer(
    upload: Upload,
    path: Path,
    layer: str | None,
    what: str,
    *,
    expected: int | None = None,
) -> Opened:
    """All features of a layer, arcs as short lines; raises UnreadableFile, also if one lacks."""
    try:
        with warnings.catch_warnings(action="ignore"):
            about = pyogrio.read_info(path, layer=layer)
            if about["driver"] not in DRIVERS:
                refuse(upload, f"内容不是 {what}", "请重新导出后再导入")
            frame = _frame(path, layer)
    except GEOSException as wrong:
        if "Unknown WKB type" in str(wrong):
            refuse(upload, "含有三维面片(MultiPatch/TIN)", "请先转成普通的面或点再导出")
        refuse(upload, f"{what} 的几何读不出({_short(wrong)})", DAMAGED)
    except FAILURES as wrong:
        refuse(upload, f"{what} 读不出({_short(wrong)})", DAMAGED)
    if not isinstance(frame, gpd.GeoDataFrame) or "geometry" not in frame:
        refuse(upload, "读到的是表,没有几何", "请导出带几何的图层")
    announced = expected if expected is not None else int(about["features"])
    if announced >= 0 and len(frame) != announced:
        refuse(upload, f"应有 {announced} 个要素,只读出 {len(frame)} 个", DAMAGED)
    if not len(frame):
        shown = f"图层“{layer}”" if layer else ""
        refuse(upload, f"{shown}没有要素", "请确认导出时选中了要素")
    return Opened(frame, _declared(about["crs"]))


def attributes_of(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """The columns without the geometry."""
    return pd.DataFrame(frame.drop(columns=frame.geometry.name))


def _frame(path: Path, layer: str | None) -> pd.DataFrame:
    """The layer, a GeoDataFrame where it has geometry; its index are the feature numbers."""
    about, table = pyogrio.read_arrow(path, layer=layer, return_fids=True)
    table.validate(full=True)  # a damaged file's buffers would end the process
    geometry = about["geometry_name"] or "wkb_geometry"
    shapes = None
    if geometry in table.column_names:
        try:
            shapes = shapely.from_wkb(table.column(geometry).to_numpy())
        except NotImplementedError:  # arcs: only the slower way turns them into lines
            linear: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
            return linear
        table = table.drop_columns([geometry])
    frame: pd.DataFrame = _plain(table).to_pandas(types_mapper=_EXACT.get)
    for name, kind in frame.dtypes.items():
        if kind == _EXACT[pa.int64()] and not frame[name].hasnans:
            frame[name] = frame[name].astype("int64")
    frame = frame.set_index(about["fid_column"] or "OGC_FID")
    return frame if shapes is None else gpd.GeoDataFrame(frame, geometry=shapes)


def _plain(table: pa.Table) -> pa.Table:
    """The table with JSON columns as text."""
    for at, field in enumerate(table.schema):
        if getattr(field.type, "extension_name", "") == "arrow.json":
            text = table.column(at).cast(pa.string())
            table = table.set_column(at, field.name, text)
    return table


def _part(path: Path, name: str, geometry: str) -> Part:
    about = pyogrio.read_info(path, layer=name)
    features = int(about["features"])
    plain = geometry.removesuffix(" Z").removeprefix("Multi")
    return Part(name, name, _GEOMETRIES.get(plain, "mixed"), features if features >= 0 else None)


def _declared(crs: str | None) -> str | None:
    if crs is None or crs.startswith(("LOCAL_CS", "ENGCRS")):
        return None
    return None if any(word in crs[:80] for word in _NO_CRS) else crs


def _short(wrong: Exception) -> str:
    """The driver's words without the path of our own folder."""
    words = str(wrong).split("; It might help")[0]
    return " ".join(one for one in words.split() if "/" not in one)[:160] or type(wrong).__name__
