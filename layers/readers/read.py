"""The one door to all readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from layers.readers import csv, geojson, geopackage, shapefile
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import Kind, detect, refuse

_READERS: dict[Kind, Callable[[Upload, ReadOptions], Reading]] = {
    Kind.GEOJSON: geojson.read,
    Kind.SHAPEFILE: shapefile.read,
    Kind.GEOPACKAGE: geopackage.read,
    Kind.CSV: csv.read,
}
_USUAL = {
    Kind.GEOJSON: {".json", ".geojson", ".geojsonl", ".ndjson"},
    Kind.SHAPEFILE: {".zip"},
    Kind.GEOPACKAGE: {".gpkg"},
    Kind.CSV: {".csv", ".txt", ".tsv"},
    Kind.EXCEL: {".xlsx", ".xlsm", ".xls"},
    Kind.RASTER: {".tif", ".tiff", ".nc", ".nc4", ".h5"},
}
_UNREAD = {
    Kind.EXCEL: ("是 Office 文件,暂不直接读取", "请另存为 CSV(UTF-8)后再导入"),
    Kind.RASTER: ("是栅格影像", "这里只收矢量数据;请导入矢量文件"),
}


def read(upload: Upload, options: ReadOptions | str = ReadOptions()) -> Reading:
    """The content of `upload`, read as what it is whatever it is called.

    Raises UnreadableFile, or NeedsAnswer where only a person can say what is meant. A text in
    place of the options names the encoding.
    """
    if isinstance(options, str):
        options = ReadOptions(encoding=options)
    kind = detect(upload)
    if kind not in _READERS:
        refuse(upload, *_UNREAD[kind])
    reading = _READERS[kind](upload, options)
    if upload.suffix in _USUAL[kind]:
        return reading
    note = f"扩展名是 {upload.suffix or '(无)'},内容是 {reading.format},按内容读取"
    return replace(reading, evidence=(note, *reading.evidence))
