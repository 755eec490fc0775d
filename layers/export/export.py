"""The one door to all writers: move, mask, write beside, put in place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
from pyogrio.errors import DataLayerError, DataSourceError

from layers.crs import names
from layers.crs.system import BD09, GCJ02
from layers.crs.transform import apply, from_lonlat
from layers.errors import BadFilter, StoreUnavailable, UnknownCRS
from layers.export import csv, geojson, geopackage, geoparquet, shapefile, xlsx
from layers.export.job import Exported, ExportJob
from layers.export.masks import masked
from layers.stores.files import disk

_WRITERS: dict[str, Callable[[ExportJob, Path], tuple[str, ...]]] = {
    "geojson": geojson.write,
    "gpkg": geopackage.write,
    "shp": shapefile.write,
    "csv": csv.write,
    "xlsx": xlsx.write,
    "parquet": geoparquet.write,
}
FORMATS = tuple(_WRITERS)


def export_frame(
    frame: gpd.GeoDataFrame,
    path: Path,
    kind: str,
    crs: str,
    *,
    masks: Mapping[str, str] | None = None,
    title: str = "",
) -> Exported:
    """Write the frame (EPSG:4326) to `path` in `kind` and `crs`; an older file there is replaced.

    `masks` names a kind of mask a column (“几何” for the positions). Raises BadFilter for what the
    format cannot take, UnknownCRS, and StoreUnavailable when the disk does not take it; then `path`
    is as it was before.
    """
    writer = _WRITERS.get(kind.lower())
    if writer is None:
        raise BadFilter(f"不支持导出为 {kind};可选 {'、'.join(_WRITERS)}")
    system = _system(crs)
    hidden = masked(frame, masks or {})
    moved = apply(from_lonlat(system), hidden.geometry.to_numpy())
    plain = gpd.GeoDataFrame(hidden.drop(columns=hidden.geometry.name), geometry=moved)
    job = ExportJob(plain, system, title or path.stem, tuple(masks or ()))
    with disk():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            notes = _written(writer, job, Path(folder) / f"export.{kind.lower()}", path)
    return Exported(len(frame), notes)


def _system(crs: str) -> str:
    """A system that a file can be in; those that only describe odd uploads are refused."""
    system = names.named(crs)
    if system in {GCJ02, BD09} or re.fullmatch(r"EPSG:\d+", system):
        return system
    raise UnknownCRS(f"不能导出为 {names.shown(system)};可写 EPSG:编号、gcj02 或 bd09")


def _written(
    writer: Callable[[ExportJob, Path], tuple[str, ...]], job: ExportJob, beside: Path, path: Path
) -> tuple[str, ...]:
    try:
        notes = writer(job, beside)
    except (DataSourceError, DataLayerError) as wrong:  # GDAL tells of a full disk in its own way
        raise StoreUnavailable(f"写导出文件失败({wrong});请检查磁盘空间后重试") from wrong
    beside.replace(path)
    return notes
