"""A zipped Shapefile in UTF-8 that says so, with a table of the names that did not fit."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from layers.errors import BadFilter
from layers.export import labels
from layers.export.job import ExportJob

_NAME_BYTES = 10
_TEXT_BYTES = 254
_ENCODING = "UTF-8"
_LISTED = "字段对照.csv"
_ENDINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """.shp .shx .dbf .prj .cpg in one archive; 字段对照.csv where something did not fit."""
    shapes = job.frame.geometry.to_numpy()
    dimensions = set(shapely.get_dimensions(shapes[~shapely.is_missing(shapes)]).tolist())
    if len(dimensions) > 1:
        raise BadFilter("Shapefile 只能存一种几何;请导出 GeoPackage 或 GeoJSON")
    names = short_names(job.attributes)
    columns, cut = {}, {}
    for name in job.attributes:
        columns[names[name]], cut[name] = _fitting(job.frame[name])
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=labels.system(job.crs))
    base = path.parent / "layer.shp"
    pyogrio.write_dataframe(frame, base, driver="ESRI Shapefile", encoding=_ENCODING)
    notes = _notes(names, cut)
    stem = Path(labels.file_name(job.title, job.crs, "shp")).stem
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for ending in _ENDINGS:
            archive.write(base.with_suffix(ending), f"{stem}{ending}")
        if notes:  # else it is left out: programs that open the archive stumble over it
            _list(path.parent / _LISTED, names, cut)
            archive.write(path.parent / _LISTED, _LISTED)
    return notes


def short_names(names: list[str]) -> dict[str, str]:
    """A name of at most ten bytes for each, all different whatever the case."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda one: len(one.encode()) > _NAME_BYTES):
        found, again = _cut(name, _NAME_BYTES) or "F", 1
        while found.lower() in taken:
            again += 1
            found = _cut(name, _NAME_BYTES - len(str(again))) + str(again)
        taken.add(found.lower())
        short[name] = found
    return {name: short[name] for name in names}


def _fitting(column: pd.Series) -> tuple[pd.Series, int]:
    """The column as dBase can hold it, and how many texts were cut."""
    column = column.reset_index(drop=True)
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("Int64").astype("float64"), 0
    if pd.api.types.is_numeric_dtype(column.dtype):
        whole = pd.api.types.is_integer_dtype(column.dtype)
        return column if not (whole and column.isna().any()) else column.astype("float64"), 0
    texts = column.astype("string")
    fitting = texts.map(lambda one: _cut(one, _TEXT_BYTES), na_action="ignore").astype("string")
    long = int((fitting != texts).fillna(False).sum())
    return fitting.astype(object).where(texts.notna(), None), long


def _cut(text: str, most: int) -> str:
    """As many whole characters as fit into so many bytes."""
    return text.encode()[:most].decode(errors="ignore")


def _list(path: Path, names: dict[str, str], cut: dict[str, int]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["文件中的字段名", "原字段名", "说明"])
        for name, short in names.items():
            rows.writerow([short, name, _told(cut[name])])


def _told(cut: int) -> str:
    return f"{cut:,} 个值超过 {_TEXT_BYTES} 字节,已截断" if cut else ""


def _notes(names: dict[str, str], cut: dict[str, int]) -> tuple[str, ...]:
    renamed = [name for name, short in names.items() if name != short]
    notes = [f"{len(renamed)} 个字段名超过 10 字节,已缩短,见 {_LISTED}"] if renamed else []
    notes += [f"“{name}”列{_told(count)}" for name, count in cut.items() if count]
    return tuple(notes)
