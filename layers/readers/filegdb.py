"""An Esri file geodatabase, its folder taken out of a zip."""

from __future__ import annotations

from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import parts_of
from layers.readers.gdal_part import read_part

_WHAT = "FileGDB"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of one layer of the folder `upload.path` (it ends in .gdb)."""
    parts = parts_of(upload, upload.path, _WHAT)
    if not parts:
        refuse(upload, "里面只有表,没有空间图层", "请导出带几何的图层;表请另存为 Excel 或 CSV")
    return read_part(upload, upload.path, parts, options, _WHAT)
