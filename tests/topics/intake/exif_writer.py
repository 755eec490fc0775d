"""Writes what a phone writes beside a picture: Exif with a position, XMP, comments, thumbnails."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

PICTURES = Path(__file__).with_name("pictures")
SECRET = b"SERIAL-4402-SECRET"


def picture(name: str) -> bytes:
    return (PICTURES / name).read_bytes()


def tiff(orientation: int = 1) -> bytes:
    """24°48'36" N 113°35'24" E, taken 2026:11:20 10:22:00, and a maker's secret."""
    lat = struct.pack("<6I", 24, 1, 48, 1, 3600, 100)
    lon = struct.pack("<6I", 113, 1, 35, 1, 2400, 100)
    taken = b"2026:11:20 10:22:00\x00"
    main_at, data_at = 8, 8 + 2 + 4 * 12 + 4
    camera_at = data_at + len(SECRET)
    taken_at = camera_at + 2 + 12 + 4
    gps_at = taken_at + len(taken)
    lat_at = gps_at + 2 + 4 * 12 + 4
    lon_at = lat_at + len(lat)
    main = [
        struct.pack("<HHII", 0x010F, 2, len(SECRET), data_at),
        struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0),
        struct.pack("<HHII", 0x8769, 4, 1, camera_at),
        struct.pack("<HHII", 0x8825, 4, 1, gps_at),
    ]
    gps = [
        struct.pack("<HHI4s", 1, 2, 2, b"N\x00\x00\x00"),
        struct.pack("<HHII", 2, 5, 3, lat_at),
        struct.pack("<HHI4s", 3, 2, 2, b"E\x00\x00\x00"),
        struct.pack("<HHII", 4, 5, 3, lon_at),
    ]
    return b"".join(
        (
            b"II*\x00" + struct.pack("<I", main_at),
            _directory(main),
            SECRET,
            _directory([struct.pack("<HHII", 0x9003, 2, len(taken), taken_at)]),
            taken,
            _directory(gps),
            lat,
            lon,
        )
    )


def phone_jpeg(orientation: int = 1) -> bytes:
    """The street as a phone sends it."""
    plain = picture("street.jpg")
    exif = _segment(0xE1, b"Exif\x00\x00" + tiff(orientation))
    xmp = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + SECRET)
    comment = _segment(0xFE, b"comment " + SECRET)
    return plain[:2] + exif + xmp + comment + plain[2:]


def phone_png() -> bytes:
    plain = picture("street.png")
    after = 8 + 25  # the signature and IHDR
    extra = png_chunk(b"eXIf", tiff()) + png_chunk(b"tEXt", b"Comment\x00" + SECRET)
    return plain[:after] + extra + plain[after:]


def phone_webp() -> bytes:
    plain = picture("street.webp")
    size = b"\x17\x00\x00" + b"\x0f\x00\x00"
    head = _riff(b"VP8X", bytes([0x0C, 0, 0, 0]) + size)
    tail = _riff(b"EXIF", tiff()) + _riff(b"XMP ", b"<x:xmpmeta>" + SECRET)
    body = b"WEBP" + head + plain[plain.index(b"VP8 ") :] + tail
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _directory(entries: list[bytes]) -> bytes:
    return struct.pack("<H", len(entries)) + b"".join(entries) + b"\x00\x00\x00\x00"


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) & 1)
