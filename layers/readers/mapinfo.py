"""MapInfo: TAB or MIF/MID, taken out of a zip; the text's encoding as its head says or reads."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import attributes_of, open_layer
from layers.readers.tally import Tally

_NEEDED = {".tab": (".map", ".dat", ".id"), ".mif": ()}
_CHARSET = re.compile(rb'(charset\s+"?)(\w+)("?)', re.I)
# MapInfo's names of the encodings that are met here; Neutral names none.
_SHOWN = {
    "windowssimpchinese": "GBK",
    "windowstradchinese": "Big5",
    "utf-8": "UTF-8",
    "utf8": "UTF-8",
    "windowslatin1": "cp1252",
    "windowscyrillic": "cp1251",
}
_CHINESE = b"WindowsSimpChinese"
# What makes a .tab a pointer to files elsewhere.
_POINTER = re.compile(
    r'open\s+table|create\s+view|\\isseamless"\s*=\s*"true"|type\s+(linked|raster|odbc)', re.I
)


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """All features of the table whose .tab or .mif is `upload.path`, its files beside it."""
    main = upload.path
    _refuse_parts(upload, main)
    charset = _charset(main)
    evidence = f"文件头声明编码为 {charset}" if charset else "文件没有声明编码"
    shown = _SHOWN.get((charset or "").lower(), charset)
    if charset is None or charset.lower() == "neutral":
        shown, evidence = _settle(main, evidence)
    opened = open_layer(upload, main, None, "MapInfo")
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.arange(1, len(opened.frame) + 1),
        Tally(),
        edits=options.edits,
        format="MapInfo",
        encoding=shown,
        declared=opened.declared,
        evidence=(evidence, *(() if opened.declared else ("文件没有声明坐标系",))),
    )


def _refuse_parts(upload: Upload, main: Path) -> None:
    missing = [one for one in _NEEDED[main.suffix] if not main.with_suffix(one).exists()]
    if missing:
        refuse(upload, f"MapInfo 表缺 {'、'.join(missing)}", "请把同名的文件一起打包")
    if main.suffix == ".tab" and _POINTER.search(main.read_text("latin-1")):
        refuse(upload, "MapInfo 表只是指向别的文件", "请导出数据表本身(NATIVE)")


def _charset(main: Path) -> str | None:
    found = _CHARSET.search(main.read_bytes()[:4096])
    return found[2].decode() if found else None


def _settle(main: Path, evidence: str) -> tuple[str, str]:
    """Write the encoding that the texts read in into a head that names none."""
    texts = [main.with_suffix(one) for one in (".dat", ".mid") if main.with_suffix(one).exists()]
    content = main.read_bytes() + b"".join(one.read_bytes() for one in texts)
    if content.isascii() or not _reads(content):
        return "ASCII" if content.isascii() else "Neutral", evidence
    head = main.read_bytes()
    main.write_bytes(_CHARSET.sub(rb"\g<1>" + _CHINESE + rb"\g<3>", head))
    return "GBK", f"{evidence};内容符合 GBK"


def _reads(content: bytes) -> bool:
    """Whether the letters beyond ASCII come in pairs of GBK."""
    runs = re.findall(rb"[\x81-\xfe][\x40-\xfe]|[\x80-\xff]", content.replace(b"\x00", b""))
    broken = sum(len(one) == 1 for one in runs)
    return bool(runs) and broken <= len(runs) // 50
