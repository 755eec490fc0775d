"""A photo as a phone takes it, without a camera."""

from __future__ import annotations

import struct
import zlib

from playwright.sync_api import FilePayload

_WIDE, _HIGH = 640, 480


def a_photo(name: str) -> FilePayload:
    """A picture that a page takes for a photo."""
    row = b"\0" + bytes((90, 120, 90)) * _WIDE
    head = struct.pack(">IIBBBBB", _WIDE, _HIGH, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * _HIGH)), (b"IEND", b""))
    body = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)
    return {"name": name, "mimeType": "image/png", "buffer": body}


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
