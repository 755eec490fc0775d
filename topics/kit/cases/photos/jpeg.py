"""JPEG: segments up to the end of the picture; what is no part of the picture is left out.

SOURCE of the layout: ITU-T T.81 (ISO/IEC 10918-1) Annex B; JFIF 1.02; Exif 2.3.
"""

from __future__ import annotations

import struct

from topics.kit.cases.photos.exif import NOTHING, Found, only_orientation, read_exif
from topics.kit.cases.photos.parts import Parts, truncated
from topics.kit.errors import BadPhoto

MAGIC = b"\xff\xd8\xff"
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers draw
_OTHER_FRAMES = frozenset(range(0xC0, 0xD0)) - _FRAMES - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xDB, 0xDD})  # Huffman, quantisation, restart interval
_RESTARTS = range(0xD0, 0xD8)


def take_apart(content: bytes) -> Parts:
    """The picture's own segments as one file again; BadPhoto where it is not whole."""
    found, size, at = NOTHING, None, 2
    kept: list[bytes] = []
    removed: list[str] = []
    while True:
        marker, at = _marker(content, at)
        if marker == _EOI:
            break
        body, end = _segment(content, at)
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            found = _noted(found, marker, body)
            keep = _application(marker, body)
            kept += [] if keep is None else [_written(marker, keep)]
            if keep is None:
                removed.append("注释" if marker == 0xFE else f"APP{marker - 0xE0}")
        elif marker in _FRAMES:
            size = _frame(body, size)
            kept.append(_written(marker, body))
        elif marker in _TABLES:
            kept.append(_written(marker, body))
        elif marker == _SOS and size is not None:
            until = _scan_end(content, end)
            kept.append(_written(marker, body) + content[end:until])
            end = until
        else:
            raise BadPhoto(_refused(marker))
        at = end
    if size is None or not any(one[1] == _SOS for one in kept):
        raise BadPhoto("照片里没有图像数据;请重新拍摄或另存为 JPEG")
    if content[at:].strip(b"\x00"):
        removed.append("图像之后的数据")
    head = b"\xff\xd8" + _turned(found.orientation)
    return Parts(head + b"".join(kept) + b"\xff\xd9", "image/jpeg", *size, found, tuple(removed))


def _marker(content: bytes, at: int) -> tuple[int, int]:
    if at + 1 >= len(content):
        raise truncated("JPEG")
    if content[at] != 0xFF:
        raise BadPhoto("不是完整的 JPEG(段落错位);请重新拍摄或另存")
    while content[at] == 0xFF:
        at += 1
        if at >= len(content):
            raise truncated("JPEG")
    return content[at], at + 1


def _segment(content: bytes, at: int) -> tuple[bytes, int]:
    if at + 2 > len(content):
        raise truncated("JPEG")
    (length,) = struct.unpack_from(">H", content, at)
    if length < 2 or at + length > len(content):
        raise truncated("JPEG")
    return content[at + 2 : at + length], at + length


def _scan_end(content: bytes, at: int) -> int:
    """Where the coded data of a scan end: at the next marker that is no restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise truncated("JPEG")
        following = content[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0 or following in _RESTARTS:
            at += 2
        else:
            return at


def _frame(body: bytes, before: tuple[int, int] | None) -> tuple[int, int]:
    if before is not None:
        raise BadPhoto("一个 JPEG 里有两幅图像;请另存为普通照片")
    if len(body) < 6:
        raise truncated("JPEG")
    height, width = struct.unpack_from(">HH", body, 1)
    return width, height


def _noted(found: Found, marker: int, body: bytes) -> Found:
    if marker == 0xE1 and body.startswith(b"Exif\x00\x00") and found is NOTHING:
        return read_exif(body[6:])
    return found


def _application(marker: int, body: bytes) -> bytes | None:
    """What of an APP segment the picture needs: density without thumbnail, the colour transform."""
    if marker == 0xE0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return body[:12] + b"\x00\x00"
    if marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        return body[:12]
    return None


def _turned(orientation: int) -> bytes:
    if orientation == 1:
        return b""
    return _written(0xE1, b"Exif\x00\x00" + only_orientation(orientation))


def _written(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _refused(marker: int) -> str:
    if marker in _OTHER_FRAMES:
        return "这种 JPEG 编码(无损、算术或分层)浏览器打不开;请另存为普通 JPEG"
    return f"不是完整的 JPEG(出现不该有的标记 {marker:02X});请重新拍摄或另存"
