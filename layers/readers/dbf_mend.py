"""Names and cells of a .dbf that their width cut within a character, cut back to whole ones.

Column names hold ten bytes: a Chinese name of four characters in UTF-8 always ends in half a one,
and GDAL gives up on such a table.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from layers.readers.weigh import whole

_FIELD = 32
_NAME = 11
_END = 0x0D


def mend(path: Path, codec: str) -> None:
    """Blank out half characters in the file itself, which must be a copy of our own."""
    content = np.memmap(path, dtype=np.uint8, mode="r+")
    records, start, width = struct.unpack("<IHH", content[4:12].tobytes())
    at = 1
    for head in range(_FIELD, start - _FIELD + 1, _FIELD):
        if content[head] == _END:
            break
        _mend(content[head : head + _NAME], codec, b"\x00")
        length = int(content[head + 16])
        if chr(content[head + 11]) == "C" and length and at + length <= width:
            body = content[start : start + records * width]
            table = body[: len(body) // width * width].reshape(-1, width)
            cells = table[:, at : at + length]
            # Only a full cell can end within a character, and half a one is never ASCII.
            for row in np.flatnonzero((cells[:, -2:] > 0x7F).any(axis=1)).tolist():
                _mend(cells[row], codec, b" ")
        at += length
    content.flush()


def _mend(cell: np.ndarray, codec: str, blank: bytes) -> None:
    text = cell.tobytes().split(b"\x00", 1)[0] if blank == b"\x00" else cell.tobytes()
    kept = whole(text, codec)
    if len(kept) < len(text):
        cell[len(kept) : len(text)] = ord(blank)
