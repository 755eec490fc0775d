"""The parts of a Shapefile held against each other: index, geometries and attribute rows.

Layout: https://www.esri.com/content/dam/esrisites/sitecore-archive/Files/Pdfs/library/whitepapers/pdfs/shapefile.pdf
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layers.readers.contracts import Upload
from layers.readers.detect import refuse

_HEAD = 100
_LEAST_RECORD = 12  # a head and the type of a null shape
_MAGIC = b"\x00\x00\x27\x0a"
_DAMAGED = "文件可能没有打包完整;请用 QGIS 打开检查后重新导出"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records the geometry holds, and whether the index had to be made anew."""

    records: int
    restored: bool


def count_records(upload: Upload, shp: Path) -> Counted:
    """The number of geometries; a missing or broken .shx is written anew from the .shp.

    Raises UnreadableFile for a .shp that is none or that ends before its last record.
    """
    with shp.open("rb") as handle:
        head = handle.read(_HEAD)
    if len(head) < _HEAD or head[:4] != _MAGIC:
        refuse(upload, ".shp 不是 Shapefile", _DAMAGED)
    size = shp.stat().st_size
    announced = 2 * struct.unpack(">i", head[24:28])[0]
    shx = shp.with_suffix(".shx")
    index = _index(shx)
    if index is not None:
        ends = index[:, 0] * 2 + 8 + index[:, 1] * 2
        whole = int((ends <= size).sum())
        if whole < len(index) and announced > size:
            refuse(upload, f".shp 被截断:应有 {len(index)} 个要素,只有 {whole} 个完整", _DAMAGED)
        if whole == len(index) and (np.diff(index[:, 0]) > 0).all() and _true(shp, index):
            last = int(ends[-1]) if len(ends) else _HEAD
            if last + _LEAST_RECORD > min(announced, size):
                return Counted(len(index), restored=False)
    made, torn = _walk(shp, size, head)
    if torn:
        refuse(upload, f".shp 在第 {len(made) + 1} 个要素处中断", _DAMAGED)
    _write(shx, head, made)
    return Counted(len(made), restored=True)


def count_rows(upload: Upload, dbf: Path) -> tuple[int, int]:
    """How many rows the .dbf holds and how many of them are marked deleted; raises when cut off."""
    with dbf.open("rb") as handle:
        head = handle.read(32)
    if len(head) < 32:
        refuse(upload, ".dbf 已损坏", _DAMAGED)
    rows, start, width = struct.unpack("<IHH", head[4:12])
    room = dbf.stat().st_size - start
    if rows and (width < 1 or room < rows * width - (width > 1)):
        whole = max(0, room // max(width, 1))
        refuse(upload, f".dbf 被截断:应有 {rows} 行,只有 {whole} 行完整", _DAMAGED)
    if not rows:
        return 0, 0
    content = np.memmap(dbf, dtype=np.uint8, mode="r", offset=start)
    marks = content[: (rows - 1) * width + 1 : width]
    return rows, int((marks == ord("*")).sum())


def _index(shx: Path) -> np.ndarray | None:
    """Offsets and lengths (in 16-bit words) of the records; None without a usable index."""
    if not shx.exists():
        return None
    content = shx.read_bytes()
    if len(content) < _HEAD or content[:4] != _MAGIC or (len(content) - _HEAD) % 8:
        return None
    pairs = np.frombuffer(content, dtype=">i4", offset=_HEAD).reshape(-1, 2).astype(np.int64)
    return pairs if (pairs >= 0).all() and (pairs[:, 0] >= _HEAD // 2).all() else None


def _true(shp: Path, index: np.ndarray) -> bool:
    """Whether the first and the last entry point at records of the length they name."""
    if not len(index):
        return True
    with shp.open("rb") as handle:
        for number in (0, len(index) - 1):
            handle.seek(int(index[number, 0]) * 2)
            head = handle.read(8)
            if len(head) < 8 or struct.unpack(">i", head[4:])[0] != index[number, 1]:
                return False
    return True


def _walk(shp: Path, size: int, head: bytes) -> tuple[list[tuple[int, int]], bool]:
    """The records one after the other, and whether the last one is cut off."""
    content = np.memmap(shp, dtype=np.uint8, mode="r")
    announced = 2 * struct.unpack(">i", head[24:28])[0]
    made: list[tuple[int, int]] = []
    at = _HEAD
    while at + 8 <= size and at < max(announced, _HEAD):
        length = struct.unpack(">i", content[at + 4 : at + 8].tobytes())[0]
        if length < 2 or at + 8 + 2 * length > size:
            return made, True
        made.append((at // 2, length))
        at += 8 + 2 * length
    return made, announced > size


def _write(shx: Path, head: bytes, made: list[tuple[int, int]]) -> None:
    words = (_HEAD + 8 * len(made)) // 2
    body = np.array(made, dtype=">i4").tobytes() if made else b""
    shx.unlink(missing_ok=True)
    shx.write_bytes(head[:24] + struct.pack(">i", words) + head[28:] + body)
