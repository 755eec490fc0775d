"""An Esri file geodatabase, its folder taken out of a zip."""

from __future__ import annotations

import numpy as np

from layers.readers.assemble import assemble
from layers.readers.choose import choose
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import attributes_of, open_layer, parts_of
from layers.readers.tally import Tally

_WHAT = "FileGDB"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of one layer of the folder `upload.path` (it ends in .gdb)."""
    parts = parts_of(upload, upload.path, _WHAT)
    if not parts:
        refuse(upload, "里面只有表,没有空间图层", "请导出带几何的图层;表请另存为 Excel 或 CSV")
    part = choose(upload, parts, options.part)
    opened = open_layer(upload, upload.path, part.name, _WHAT)
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.asarray(opened.frame.index, dtype=np.int64),
        Tally(),
        edits=options.edits,
        format=_WHAT,
        encoding="UTF-8",
        declared=opened.declared,
        evidence=() if opened.declared else ("图层没有声明坐标系",),
        parts=parts,
        part=part.name,
    )
