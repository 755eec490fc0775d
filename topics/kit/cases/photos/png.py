"""PNG: chunks with their checks; only those that draw the picture are kept.

SOURCE of the layout: W3C PNG (third edition) 5 and 11; ISO/IEC 15948.
"""

from __future__ import annotations

import struct
import zlib

from topics.kit.cases.photos.exif import NOTHING, read_exif
from topics.kit.cases.photos.parts import Parts, truncated
from topics.kit.errors import BadPhoto

MAGIC = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"})
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_BLOCK = 1 << 16


def take_apart(content: bytes) -> Parts:
    """The picture's own chunks as one file again; BadPhoto where it is not whole."""
    at, found, data = len(MAGIC), NOTHING, bytearray()
    kept: list[bytes] = [MAGIC]
    removed: list[str] = []
    header: bytes | None = None
    while True:
        name, body, end = _chunk(content, at)
        if (header is None) != (name == b"IHDR"):
            raise BadPhoto("不是完整的 PNG(开头不对);请重新另存")
        if name == b"IHDR":
            header = _checked(body)
        elif name == b"IDAT":
            data += body
        elif name == b"eXIf":
            found = read_exif(body)
        elif name[0] & 0x20 == 0 and name not in _KEPT:
            raise BadPhoto("PNG 里有不认识的必需部分;请另存为普通 PNG 或 JPEG")
        if name in _KEPT:
            kept.append(content[at:end])
        else:
            removed.append(name.decode("ascii", "replace"))
        at = end
        if name == b"IEND":
            break
    assert header is not None
    if at < len(content):
        removed.append("图像之后的数据")
    width, height = struct.unpack_from(">II", header)
    return Parts(b"".join(kept), "image/png", width, height, found, tuple(removed))


def check_pixels(content: bytes) -> None:
    """Unpack the picture's data block by block: neither too short nor a bomb.

    To be called once the size was found right, on what `take_apart` gave.
    """
    header = content[len(MAGIC) + 8 : len(MAGIC) + 8 + 13]
    expected, unpacked, at = _expected(header), 0, len(MAGIC)
    inflate = zlib.decompressobj()
    while at < len(content):
        name, body, at = _chunk(content, at, checked=False)
        waiting = body if name == b"IDAT" else b""
        while waiting:
            try:
                unpacked += len(inflate.decompress(waiting, _BLOCK))
            except zlib.error as wrong:
                raise BadPhoto("PNG 的图像数据损坏;请重新拍摄或另存") from wrong
            if unpacked > expected:
                raise BadPhoto("PNG 展开后比标明的大得多,像是压缩炸弹;没有保存")
            waiting = inflate.unconsumed_tail
    if unpacked < expected:
        raise truncated("PNG")


def _chunk(content: bytes, at: int, *, checked: bool = True) -> tuple[bytes, bytes, int]:
    if at + 12 > len(content):
        raise truncated("PNG")
    length, name = struct.unpack_from(">I4s", content, at)
    end = at + 12 + length
    if end > len(content):
        raise truncated("PNG")
    body = content[at + 8 : end - 4]
    if (
        checked
        and zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]
    ):
        raise BadPhoto("PNG 的校验值不对(传输中损坏);请重新选择照片")
    return name, body, end


def _checked(header: bytes) -> bytes:
    if len(header) != 13:
        raise BadPhoto("不是完整的 PNG(头部长度不对);请重新另存")
    depth, colour, packing, filtering, interlace = header[8:13]
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise BadPhoto("这种 PNG 的颜色格式不认识;请另存为普通 PNG 或 JPEG")
    return header


def _expected(header: bytes) -> int:
    """Bytes of the unpacked rows, each with its filter byte."""
    width = int.from_bytes(header[:4], "big")
    height = int.from_bytes(header[4:8], "big")
    depth, colour, interlace = header[8], header[9], header[12]
    bits = depth * _SAMPLES[colour]
    if not interlace:
        return height * (1 + (width * bits + 7) // 8)
    total = 0
    for left, top, across, down in _PASSES:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
