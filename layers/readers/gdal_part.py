"""One layer out of a file of several, read by GDAL; the text of these formats is always UTF-8."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from layers.readers.assemble import assemble
from layers.readers.choose import choose
from layers.readers.contracts import Part, Reading, ReadOptions, Upload
from layers.readers.gdal import attributes_of, open_layer
from layers.readers.tally import Tally


def read_part(
    upload: Upload, path: Path, parts: tuple[Part, ...], options: ReadOptions, what: str
) -> Reading:
    """The part that is wanted, or the only one, with as many features as it announces.

    Raises NeedsAnswer where several parts are there and none is wanted, and UnreadableFile.
    """
    part = choose(upload, parts, options.part)
    opened = open_layer(upload, path, part.name, what, expected=part.features)
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.asarray(opened.frame.index, dtype=np.int64),
        Tally(),
        edits=options.edits,
        format=what,
        encoding="UTF-8",
        declared=opened.declared,
        evidence=() if opened.declared else ("图层没有声明坐标系",),
        parts=parts,
        part=part.name,
    )
