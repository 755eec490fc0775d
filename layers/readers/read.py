"""The one door to all readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from layers.errors import NeedsAnswer
from layers.readers import (
    csv,
    excel,
    filegdb,
    flatgeobuf,
    geojson,
    geopackage,
    kml,
    mapinfo,
    parquet,
    raster,
    shapefile,
    zipped,
)
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import Kind, detect

_READERS: dict[Kind, Callable[[Upload, ReadOptions], Reading]] = {
    Kind.GEOJSON: geojson.read,
    Kind.SHAPEFILE: shapefile.read,
    Kind.GEOPACKAGE: geopackage.read,
    Kind.FILEGDB: filegdb.read,
    Kind.KML: kml.read,
    Kind.FLATGEOBUF: flatgeobuf.read,
    Kind.PARQUET: parquet.read,
    Kind.MAPINFO: mapinfo.read,
    Kind.CSV: csv.read,
    Kind.EXCEL: excel.read,
    Kind.RASTER: raster.read,
}
_USUAL = {
    Kind.GEOJSON: {".json", ".geojson", ".geojsonl", ".ndjson", ".topojson"},
    Kind.SHAPEFILE: {".shp"},
    Kind.GEOPACKAGE: {".gpkg"},
    Kind.FILEGDB: {".gdb"},
    Kind.KML: {".kml"},
    Kind.FLATGEOBUF: {".fgb"},
    Kind.PARQUET: {".parquet", ".geoparquet"},
    Kind.MAPINFO: {".tab", ".mif"},
    Kind.CSV: {".csv", ".txt", ".tsv"},
    Kind.EXCEL: {".xlsx", ".xlsm", ".xls"},
    Kind.RASTER: {".tif", ".tiff", ".nc", ".nc4", ".h5"},
    Kind.ZIP: {".zip", ".kmz"},
}


def read(upload: Upload, options: ReadOptions | str = ReadOptions()) -> Reading:
    """The content of `upload`, read as what it is whatever it is called.

    Raises UnreadableFile, or NeedsAnswer where only a person can say what is meant. A text in
    place of the options names the encoding.
    """
    if isinstance(options, str):
        options = ReadOptions(encoding=options)
    kind = detect(upload)
    if kind is not Kind.ZIP:
        return _read(upload, kind, options)
    with zipped.chosen(upload, options) as chosen:
        try:
            if chosen.kind is Kind.ZIP:
                reading = read(chosen.upload, chosen.options)  # a KMZ in a zip: one level, no more
            else:
                reading = _read(chosen.upload, chosen.kind, chosen.options)
        except NeedsAnswer as asks:
            raise chosen.asked(asks) from asks
    return _noted(upload, kind, chosen.named(reading), "zip")


def _read(upload: Upload, kind: Kind, options: ReadOptions) -> Reading:
    reading = _READERS[kind](upload, options)
    return _noted(upload, kind, reading, reading.format)


def _noted(upload: Upload, kind: Kind, reading: Reading, format_: str) -> Reading:
    """The reading with a note when the name's ending says something else than the content."""
    if upload.suffix in _USUAL[kind]:
        return reading
    note = f"扩展名是 {upload.suffix or '(无)'},内容是 {format_},按内容读取"
    return replace(reading, evidence=(note, *reading.evidence))
