"""WebP: the RIFF chunks of one still picture; everything else is left out.

SOURCE of the layout: RFC 9649 (WebP Image Format).
"""

from __future__ import annotations

import struct

from topics.kit.cases.photos.exif import NOTHING, read_exif
from topics.kit.cases.photos.parts import Parts, truncated
from topics.kit.errors import BadPhoto

_PICTURES = (b"VP8 ", b"VP8L")
_ALPHA = 0x10


def is_webp(content: bytes) -> bool:
    """Whether the file begins as a WebP does."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def take_apart(content: bytes) -> Parts:
    """The picture's own chunks as one file again; BadPhoto where it is not whole."""
    (riff,) = struct.unpack_from("<I", content, 4)
    if riff + 8 > len(content) or riff < 4:
        raise truncated("WebP")
    at, end, found = 12, riff + 8, NOTHING
    removed = ["图像之后的数据"] if end < len(content) else []
    extended: bytes | None = None
    alpha, picture, size = b"", b"", (0, 0)
    while at < end:
        name, body, at = _chunk(content, at, end)
        if name in (b"ANIM", b"ANMF"):
            raise BadPhoto("动图不能作为照片;请选择静态照片")
        if name in _PICTURES and not picture:
            picture, size = _written(name, body), _size(name, body)
        elif name == b"ALPH" and not picture and not alpha:
            alpha = _written(name, body)
        elif name == b"VP8X" and extended is None:
            extended = body
        else:
            removed.append(name.decode("ascii", "replace").strip())
            found = read_exif(body.removeprefix(b"Exif\x00\x00")) if name == b"EXIF" else found
    if not picture:
        raise BadPhoto("照片里没有图像数据;请重新拍摄或另存")
    kept = _head(extended, bool(alpha), size) + alpha + picture
    whole = b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept
    return Parts(whole, "image/webp", *size, found, tuple(removed))


def _head(extended: bytes | None, alpha: bool, size: tuple[int, int]) -> bytes:
    """VP8X where the picture had one, without the flags of what was left out."""
    if extended is None and not alpha:
        return b""
    if extended is not None and len(extended) < 10:
        raise truncated("WebP")
    flags = (extended[0] if extended else 0) & _ALPHA | (_ALPHA if alpha else 0)
    canvas = [(side - 1).to_bytes(3, "little") for side in size]
    return _written(b"VP8X", bytes([flags, 0, 0, 0]) + canvas[0] + canvas[1])


def _chunk(content: bytes, at: int, end: int) -> tuple[bytes, bytes, int]:
    if at + 8 > end:
        raise truncated("WebP")
    name, length = struct.unpack_from("<4sI", content, at)
    if at + 8 + length > end:
        raise truncated("WebP")
    return name, content[at + 8 : at + 8 + length], min(at + 8 + length + (length & 1), end)


def _written(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) & 1)


def _size(name: bytes, body: bytes) -> tuple[int, int]:
    if len(body) < 10:
        raise truncated("WebP")
    if name == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise BadPhoto("WebP 的图像数据损坏;请重新拍摄或另存")
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if body[0] != 0x2F:
        raise BadPhoto("WebP 的图像数据损坏;请重新拍摄或另存")
    (bits,) = struct.unpack_from("<I", body, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
