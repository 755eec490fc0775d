"""What a camera wrote beside the picture: read once, to be offered back, and never kept."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

_ORIENTATION, _GPS, _EXIF, _TAKEN = 0x0112, 0x8825, 0x8769, 0x9003
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
_MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Found:
    """Position in WGS-84 degrees, the camera's own time (its text) and how the picture is turned.

    `orientation` is 1–8 as Exif numbers it; 1 is upright.
    """

    longitude: float | None = None
    latitude: float | None = None
    taken: str = ""
    orientation: int = 1

    @property
    def placed(self) -> bool:
        """Whether the camera wrote a position."""
        return self.longitude is not None and self.latitude is not None


NOTHING = Found()


def read_exif(tiff: bytes) -> Found:
    """What the TIFF block of Exif says; broken blocks say nothing, they never raise."""
    try:
        return _read(tiff)
    except (struct.error, IndexError, ValueError, ZeroDivisionError, OverflowError):
        return NOTHING


def only_orientation(orientation: int) -> bytes:
    """A TIFF block of our own that holds the orientation and nothing else."""
    entry = struct.pack("<HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    return b"II*\x00" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def _read(tiff: bytes) -> Found:
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return NOTHING
    main = _entries(tiff, order, *struct.unpack_from(order + "I", tiff, 4))
    turned = main.get(_ORIENTATION, (1,))
    orientation = turned[0] if turned and turned[0] in range(1, 9) else 1
    camera = _below(tiff, order, main, _EXIF)
    taken = camera.get(_TAKEN, b"")
    text = taken.split(b"\x00")[0].decode("ascii", "ignore") if isinstance(taken, bytes) else ""
    gps = _below(tiff, order, main, _GPS)
    latitude = _degrees(gps.get(_LAT), gps.get(_LAT_REF), b"S", 90)
    longitude = _degrees(gps.get(_LON), gps.get(_LON_REF), b"W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        latitude = longitude = None  # cameras without a fix write 0, 0
    return Found(longitude, latitude, text[:32], int(orientation))


_Values = tuple[float, ...] | bytes


def _below(tiff: bytes, order: str, main: dict[int, _Values], tag: int) -> dict[int, _Values]:
    at = main.get(tag)
    return _entries(tiff, order, int(at[0])) if at else {}


def _entries(tiff: bytes, order: str, start: int) -> dict[int, _Values]:
    (count,) = struct.unpack_from(order + "H", tiff, start)
    found: dict[int, _Values] = {}
    for number in range(min(count, _MOST_ENTRIES)):
        at = start + 2 + 12 * number
        tag, kind, amount = struct.unpack_from(order + "HHI", tiff, at)
        size = _SIZES.get(kind, 0) * amount
        if not size or size > len(tiff):
            continue
        place = at + 8 if size <= 4 else struct.unpack_from(order + "I", tiff, at + 8)[0]
        found[tag] = _values(tiff, order, kind, amount, place)
    return found


def _values(tiff: bytes, order: str, kind: int, amount: int, place: int) -> _Values:
    if kind in (1, 2, 7):
        return tiff[place : place + amount]
    if kind in (5, 10):
        sign = "I" if kind == 5 else "i"
        pairs = struct.unpack_from(f"{order}{2 * amount}{sign}", tiff, place)
        return tuple(
            over / under if under else math.nan
            for over, under in zip(pairs[::2], pairs[1::2], strict=True)
        )
    sign = {3: "H", 4: "I", 9: "i"}[kind]
    return tuple(struct.unpack_from(f"{order}{amount}{sign}", tiff, place))


def _degrees(
    parts: _Values | None, reference: _Values | None, negative: bytes, most: float
) -> float | None:
    if not parts or isinstance(parts, bytes) or len(parts) != 3:
        return None
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    if not 0 <= value <= most:  # NaN is out as well
        return None
    west = isinstance(reference, bytes) and reference[:1].upper() == negative
    return round(-value if west else value, 7)
