"""The head of a .dbf and its text, to find out which encoding the text is in."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_RECORDS = 20_000
# Language driver ids that name an encoding; 0x57 ("ANSI") and 0 name none.
_LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950", 0x03: "cp1252"}


@dataclass(frozen=True, slots=True)
class DbfHead:
    """What a .dbf says of itself."""

    records: int
    language: str | None
    texts: tuple[bytes, ...]  # field names and a sample of text cells that are not ASCII


def read_head(path: Path) -> DbfHead:
    """The head of the .dbf; raises ValueError for something else."""
    with path.open("rb") as handle:
        head = handle.read(32)
        if len(head) < 32:
            raise ValueError("head is cut off")
        records, start, length = struct.unpack("<IHH", head[4:12])
        fields = _fields(handle.read(max(0, start - 32)))
        handle.seek(start)
        body = handle.read(min(records, _SAMPLE_RECORDS) * length)
    texts = [name for name, _, _ in fields if not name.isascii()]
    texts += _cells(body, fields, length)
    return DbfHead(records, _LANGUAGES.get(head[29]), tuple(texts))


def fits(texts: tuple[bytes, ...], codec: str) -> bool:
    """Whether every text reads in `codec`, but for a character cut off by the field's width."""
    return all(_reads(text, codec) for text in texts)


def _reads(text: bytes, codec: str) -> bool:
    for cut in range(4):
        try:
            text[: len(text) - cut].decode(codec)
        except UnicodeDecodeError as wrong:
            if wrong.start < len(text) - 4:
                return False
        else:
            return True
    return False


def _fields(head: bytes) -> list[tuple[bytes, str, int]]:
    """Name, type and length of each field."""
    fields = []
    for at in range(0, len(head) - 31, 32):
        if head[at] == 0x0D:
            break
        name = head[at : at + 11].split(b"\x00", 1)[0]
        fields.append((name, chr(head[at + 11]), head[at + 16]))
    return fields


def _cells(body: bytes, fields: list[tuple[bytes, str, int]], length: int) -> list[bytes]:
    found: set[bytes] = set()
    if length <= 1:
        return []
    for start in range(0, len(body) - length + 1, length):
        at = start + 1
        for _, kind, width in fields:
            cell = body[at : at + width]
            at += width
            if kind == "C" and not cell.isascii():
                found.add(cell.rstrip(b" \x00"))
    return list(found)
