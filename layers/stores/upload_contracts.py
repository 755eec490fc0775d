"""The values of uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much may be uploaded and for how long it is kept."""

    largest: int = 2048 * MEGABYTE
    person: int = 8192 * MEGABYTE  # announced sizes of one person's uploads together
    count: int = 500  # uploads of one person at a time: each takes files of its own
    margin: int = 1024 * MEGABYTE  # disk space that uploads leave free
    keep: timedelta = timedelta(hours=48)  # after the last byte


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """An upload as it stands; `offset` bytes are durable."""

    id: str
    name: str
    length: int
    offset: int
    sha256: str | None
    by: str
    created_at: datetime
    expires_at: datetime

    @property
    def finished(self) -> bool:
        """Whether every announced byte is here."""
        return self.offset == self.length


@dataclass(frozen=True, slots=True)
class FinishedUpload:
    """A complete file: where it lies, what its owner calls it, and what is in it."""

    path: Path
    name: str
    sha256: str
    bytes: int
    by: str
