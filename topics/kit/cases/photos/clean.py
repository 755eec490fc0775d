"""One photo as it may be kept: a whole picture of a known kind and size, and nothing beside it.

The kind is told by the content, never by a name or a header. Everything that does not draw the
picture is left out: Exif with position, serial numbers and thumbnails, XMP, comments, and whatever
follows the end of the picture. A turned picture keeps the one word that says how it is turned.
"""

from __future__ import annotations

from dataclasses import dataclass

from topics.kit.cases.photos import jpeg, png, webp
from topics.kit.cases.photos.exif import Found
from topics.kit.cases.photos.parts import Parts
from topics.kit.errors import BadPhoto

LARGEST = 10 << 20
MOST_A_STEP = 9
_LONGEST_SIDE = 16_000
_MOST_PIXELS = 65_000_000  # a phone of 64 megapixels; drawn, that is 260 MB of a browser
_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo to keep; `found` is what the camera had written, to be offered back once."""

    content: bytes
    mime: str
    width: int
    height: int
    found: Found
    removed: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """How its file's name ends."""
        return _SUFFIX[self.mime]


def clean(content: bytes) -> CleanPhoto:
    """The photo without anything beside the picture; BadPhoto says what is wrong and the fix."""
    if not content:
        raise BadPhoto("照片是空文件;请重新选择")
    if len(content) > LARGEST:
        raise BadPhoto(f"照片超过 {LARGEST >> 20} MB;请压缩后再传(手机页会自动压缩)")
    parts = _taken_apart(content)
    if not (0 < parts.width <= _LONGEST_SIDE and 0 < parts.height <= _LONGEST_SIDE) or (
        parts.width * parts.height > _MOST_PIXELS
    ):
        raise BadPhoto(
            f"照片标明的尺寸是 {parts.width} × {parts.height},"
            f"超出每边 1–{_LONGEST_SIDE}、共 {_MOST_PIXELS // 10_000} 万像素;请缩小后再传"
        )
    if parts.mime == "image/png":
        png.check_pixels(parts.content)
    return CleanPhoto(
        parts.content, parts.mime, parts.width, parts.height, parts.found, parts.removed
    )


def _taken_apart(content: bytes) -> Parts:
    if content.startswith(jpeg.MAGIC):
        return jpeg.take_apart(content)
    if content.startswith(png.MAGIC):
        return png.take_apart(content)
    if webp.is_webp(content):
        return webp.take_apart(content)
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise BadPhoto("HEIC/AVIF 照片不能直接上传;请在手机相机设置里选“兼容性最佳”或另存为 JPEG")
    raise BadPhoto("不是照片:内容不是 JPEG、PNG 或 WebP(与文件名无关);请重新选择")
