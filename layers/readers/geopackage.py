"""GeoPackage: one layer of it, read only after its schema was found free of foreign code."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from layers.readers.contracts import Part, Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import DAMAGED, laid_out, parts_of
from layers.readers.gdal_part import read_part

_WHAT = "GeoPackage"
# Virtual tables of SQLite itself; others (VirtualOGR …) open files and addresses.
_HARMLESS = re.compile(
    r"create\s+virtual\s+table\s+.*?\s+using\s+\"?(rtree|rtree_i32|fts[345])\b", re.S
)
_VIRTUAL = re.compile(r"create\s+virtual\s+table", re.S)
# Functions that GDAL adds to SQL and that read files or ask the network.
_REACHING = re.compile(r"\b(ogr_\w+|gdal_\w+|load_extension|readfile|writefile)\s*\(|/vsi")


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of one layer; the encoding does not matter (UTF-8 always)."""
    with laid_out(upload, ".gpkg") as path:
        _refuse_foreign_code(upload, path)
        parts = tuple(_counted(path, part) for part in parts_of(upload, path, _WHAT))
        if not parts:
            refuse(upload, "里面没有空间图层", "请确认导出的是带几何的图层")
        return read_part(upload, path, parts, options, _WHAT)


def _refuse_foreign_code(upload: Upload, path: Path) -> None:
    try:
        with closing(_connect(path)) as database:
            schema = [
                (str(kind), str(name), str(sql or "").lower())
                for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master")
            ]
    except (sqlite3.Error, UnicodeDecodeError) as wrong:
        refuse(upload, f"{_WHAT} 读不出({wrong})", DAMAGED)
    for kind, name, sql in schema:
        virtual = kind == "table" and _VIRTUAL.match(sql) and not _HARMLESS.match(sql)
        if virtual or (kind == "view" and _REACHING.search(sql)):
            refuse(upload, f"“{name}”会去读别的文件或网络", "请只导出数据图层后再导入")


def _counted(path: Path, part: Part) -> Part:
    """The part with its rows as counted; the file's own note may be stale or absurd."""
    try:
        with closing(_connect(path)) as database:
            quoted = part.name.replace('"', '""')
            count = database.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0]
    except sqlite3.Error:
        return part
    return replace(part, features=int(count))


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema=OFF")
    return database
