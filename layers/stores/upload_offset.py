"""How much of an upload is durably on disk: two slots in one small file, written in turn.

A slot is written in place, so that saying how far an upload got needs no new disk space; it
carries a checksum, so that a torn slot is passed over for the one before it.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_VALUES = struct.Struct("<Qd")
_SUM = struct.Struct("<I")
_PLACES = (0, 512)  # a disk never tears two sectors that are written in different calls
_SIZE = _VALUES.size + _SUM.size


@dataclass(frozen=True, slots=True)
class Durable:
    """How many bytes are durable, and when the last of them came."""

    offset: int
    at: datetime


def read_durable(path: Path) -> Durable | None:
    """The newest intact slot; None when there is none."""
    raw = path.read_bytes()
    found = [slot for slot in (_unpacked(raw[place : place + _SIZE]) for place in _PLACES) if slot]
    return max(found, key=lambda one: (one.offset, one.at), default=None)


def write_durable(path: Path, durable: Durable) -> None:
    """Record `durable`, itself durable when this returns; the slot written before stays."""
    values = _VALUES.pack(durable.offset, durable.at.timestamp())
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, values + _SUM.pack(zlib.crc32(values)), _older_place(handle))
        os.fdatasync(handle)
    finally:
        os.close(handle)


def _older_place(handle: int) -> int:
    def rank(place: int) -> tuple[int, datetime]:
        slot = _unpacked(os.pread(handle, _SIZE, place))
        return (-1, datetime.min.replace(tzinfo=UTC)) if slot is None else (slot.offset, slot.at)

    return min(_PLACES, key=rank)


def _unpacked(raw: bytes) -> Durable | None:
    if len(raw) < _SIZE:
        return None
    values, checksum = raw[: _VALUES.size], raw[_VALUES.size :]
    if _SUM.unpack(checksum)[0] != zlib.crc32(values):
        return None
    offset, seconds = _VALUES.unpack(values)
    return Durable(offset, datetime.fromtimestamp(seconds, UTC))
