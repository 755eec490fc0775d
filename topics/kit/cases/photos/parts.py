"""What taking a picture file apart gives."""

from __future__ import annotations

from dataclasses import dataclass

from topics.kit.cases.photos.exif import Found
from topics.kit.errors import BadPhoto


@dataclass(frozen=True, slots=True)
class Parts:
    """The file made of the picture's own parts, and what was found and left out."""

    content: bytes
    mime: str
    width: int
    height: int
    found: Found
    removed: tuple[str, ...] = ()


def truncated(kind: str) -> BadPhoto:
    """The error of a file that ends too early."""
    return BadPhoto(f"{kind} 文件不完整(传输中断或损坏);请重新拍摄或重新选择")
