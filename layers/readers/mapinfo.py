"""MapInfo: TAB or MIF/MID, taken out of a zip; the text's encoding as its head says or reads."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.dbf import encoding_found
from layers.readers.detect import refuse
from layers.readers.encoding import Encoding, decide
from layers.readers.gdal import attributes_of, open_layer
from layers.readers.tally import Tally

_NEEDED = {".tab": (".map", ".dat", ".id"), ".mif": ()}
_CHARSET = re.compile(rb'(charset\s+"?)([\w\-]+)("?)', re.I)
# MapInfo's names of the encodings that are met here; Neutral names none.
_CODECS = {
    "windowssimpchinese": "gb18030",
    "windowstradchinese": "cp950",
    "utf-8": "utf-8",
    "windowslatin1": "cp1252",
    "windowscyrillic": "cp1251",
}
_CHARSETS = {codec: name for name, codec in _CODECS.items()}
# What makes a .tab a pointer to files elsewhere.
_POINTER = re.compile(
    r'open\s+table|create\s+view|\\isseamless"\s*=\s*"true"|type\s+(linked|raster|odbc)', re.I
)


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """All features of the table whose .tab or .mif is `upload.path`, its files beside it."""
    main = upload.path
    _refuse_parts(upload, main)
    charset = _charset(main)
    if charset.lower() in _CODECS and options.encoding.lower() == "auto":
        chosen = Encoding(_CODECS[charset.lower()], f"文件头声明编码为 {charset}")
    else:
        chosen = _settled(upload, main, options.encoding)
    opened = open_layer(upload, main, None, "MapInfo")
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.arange(1, len(opened.frame) + 1),
        Tally(),
        edits=options.edits,
        format="MapInfo",
        encoding="GBK" if chosen.codec == "gb18030" else chosen.shown,
        encoding_found=chosen.found,
        declared=opened.declared,
        evidence=(chosen.evidence, *(() if opened.declared else ("文件没有声明坐标系",))),
    )


def _refuse_parts(upload: Upload, main: Path) -> None:
    missing = [one for one in _NEEDED[main.suffix] if not main.with_suffix(one).exists()]
    if missing:
        refuse(upload, f"MapInfo 表缺 {'、'.join(missing)}", "请把同名的文件一起打包")
    if main.suffix == ".tab" and _POINTER.search(main.read_text("latin-1")):
        refuse(upload, "MapInfo 表只是指向别的文件", "请导出数据表本身(NATIVE)")


def _charset(main: Path) -> str:
    found = _CHARSET.search(main.read_bytes()[:4096])
    return found[2].decode() if found else ""


def _settled(upload: Upload, main: Path, wanted: str) -> Encoding:
    """The encoding that the texts read in, written into the head for GDAL."""
    if main.suffix == ".tab":
        chosen = encoding_found(main.with_suffix(".dat"), file=upload.name, wanted=wanted)
    else:
        texts = [one for one in (main, main.with_suffix(".mid")) if one.exists()]
        content = b"\n".join(one.read_bytes() for one in texts)
        chosen = decide(content, wanted, upload.name)
    name = _CHARSETS.get(chosen.codec)
    if name is None:
        refuse(upload, f"MapInfo 表不能按 {chosen.shown} 读取", "请用 QGIS 另存为 GeoPackage")
    head = main.read_bytes()
    main.write_bytes(_CHARSET.sub(rb"\g<1>" + name.encode() + rb"\g<3>", head))
    return chosen
