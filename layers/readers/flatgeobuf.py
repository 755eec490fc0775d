"""FlatGeobuf, its head and every feature's size checked against the file before GDAL opens it.

A few hundred bytes can claim millions of features (layout: https://github.com/flatgeobuf/flatgeobuf).
"""

from __future__ import annotations

import mmap
import struct

import numpy as np

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.gdal import DAMAGED, attributes_of, laid_out, open_layer
from layers.readers.tally import Tally

_WHAT = "FlatGeobuf"
_MAGIC_BYTES = 8
_MOST_HEAD = 10 << 20  # the same limit as GDAL's
_LEAST_FEATURE = 8  # a size and an empty table
_NODE_BYTES = 40  # four bounds and an offset
# Fields of the head's table that are needed, by their place in the schema.
_FEATURES, _NODE_SIZE = 8, 9


class _Broken(Exception):
    """The file does not hold what it claims; the text says how."""


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """All features; the encoding does not matter (UTF-8 always)."""
    try:
        count = count_features(upload)
    except (_Broken, struct.error, IndexError) as wrong:
        reason = str(wrong) if isinstance(wrong, _Broken) else "文件头读不通"
        refuse(upload, f"{_WHAT} 已损坏({reason})", DAMAGED)
    if count == 0:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    with laid_out(upload, ".fgb") as path:
        opened = open_layer(upload, path, None, _WHAT, expected=count)
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.arange(1, len(opened.frame) + 1),
        Tally(),
        edits=options.edits,
        format=_WHAT,
        encoding="UTF-8",
        declared=opened.declared,
        evidence=() if opened.declared else ("图层没有声明坐标系",),
    )


def count_features(upload: Upload) -> int:
    """How many features the file holds, counted one by one; raises _Broken when it lies."""
    with (
        upload.path.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        claimed, node_size, at = _head(content)
        size = len(content)
        if claimed * _LEAST_FEATURE > size - at:
            raise _Broken(f"声称有 {claimed:,} 个要素,文件却只有 {size:,} 字节")
        if claimed and node_size:
            at += _index_bytes(claimed, node_size)
        if at > size:
            raise _Broken("空间索引超出文件")
        counted = 0
        while at < size:
            (length,) = struct.unpack_from("<I", content, at)
            at += 4 + length
            counted += 1
        if at != size:
            raise _Broken(f"第 {counted} 个要素不完整")
        if claimed and counted != claimed:
            raise _Broken(f"声称有 {claimed:,} 个要素,实有 {counted:,} 个")
        return counted


def _head(content: mmap.mmap) -> tuple[int, int, int]:
    """The features claimed (0: unknown), the index's node size, and where the head ends."""
    (length,) = struct.unpack_from("<I", content, _MAGIC_BYTES)
    start = _MAGIC_BYTES + 4
    if length > _MOST_HEAD or start + length > len(content):
        raise _Broken("文件头不完整")
    table = start + struct.unpack_from("<I", content, start)[0]
    claimed = _field(content, table, _FEATURES, "<Q", 0, start + length)
    node_size = _field(content, table, _NODE_SIZE, "<H", 16, start + length)
    return claimed, node_size, start + length


def _field(content: mmap.mmap, table: int, number: int, form: str, default: int, end: int) -> int:
    """One scalar of a flatbuffer's table."""
    if table + 4 > end:
        raise _Broken("文件头读不通")
    names = table - struct.unpack_from("<i", content, table)[0]
    place = 4 + 2 * number
    if names < 0 or names + 2 > end or place + 2 > struct.unpack_from("<H", content, names)[0]:
        return default
    offset = struct.unpack_from("<H", content, names + place)[0]
    return int(struct.unpack_from(form, content, table + offset)[0]) if offset else default


def _index_bytes(features: int, node_size: int) -> int:
    """The size of the packed R-tree of so many features."""
    node_size = max(node_size, 2)
    nodes = level = features
    while True:  # even a single feature has a root above it
        level = -(-level // node_size)
        nodes += level
        if level == 1:
            break
    return nodes * _NODE_BYTES
