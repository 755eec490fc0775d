"""The one door to all readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from layers.readers import csv, geojson, geopackage, shapefile
from layers.readers.contracts import Reading, Upload
from layers.readers.detect import Kind, detect

_READERS: dict[Kind, Callable[[Upload, str], Reading]] = {
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
}


def read(upload: Upload, encoding: str = "auto") -> Reading:
    """The content of `upload`, read as what it is whatever it is called; raises UnreadableFile."""
    kind = detect(upload)
    reading = _READERS[kind](upload, encoding)
    if upload.suffix in _USUAL[kind]:
        return reading
    note = f"扩展名是 {upload.suffix or '(无)'},内容是 {reading.format},按内容读取"
    return replace(reading, evidence=(note, *reading.evidence))
