"""Which files of a drop folder are finished, and their content; nothing outside the folder."""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import SourceRefused

_MOST_BYTES = 256 * 1024 * 1024
_YOUNG_S = 2.0  # a file changed so recently may still be written
_SETTLE_S = 1.0
_UNFINISHED = (".tmp", ".part", ".crdownload", "~")


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When a file was changed and how long it is; `touched` also moves with its permissions."""

    modified: int
    touched: int
    size: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A finished file of a drop folder."""

    path: Path
    stamp: Stamp


def finished_files(folder: Path, glob: str) -> list[Dropped]:
    """The files that nobody writes to any more, oldest first; one that vanishes is left out.

    Raises SourceRefused when the folder cannot be read.
    """
    try:
        named = [one for one in folder.glob(glob) if _sounds_finished(one.name)]
    except OSError as wrong:
        raise SourceRefused(f"文件夹 {folder}:读不了({wrong.strerror});请检查权限") from wrong
    stamps = {one: stamp for one in named if (stamp := _stamp(one)) is not None}
    since = time.time_ns() - int(_YOUNG_S * 1e9)
    young = [one for one, stamp in stamps.items() if stamp.modified >= since]
    if young:
        time.sleep(_SETTLE_S)
    for one in young:
        if _stamp(one) != stamps[one]:
            del stamps[one]
    found = [Dropped(one, stamp) for one, stamp in stamps.items()]
    return sorted(found, key=lambda one: (one.stamp.modified, one.path.name))


def content_of(file: Dropped, folder: Path) -> bytes | None:
    """The bytes of a file, None when it vanished; SourceRefused says why they cannot be had."""
    name = file.path.name
    try:
        real = file.path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise SourceRefused(f"{name}:链接指向文件夹之外;请放入文件本身")
        if real.stat().st_size > _MOST_BYTES:
            raise SourceRefused(f"{name}:超过 {_MOST_BYTES >> 20} MB;请拆分后重新放入")
        return real.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as wrong:
        raise SourceRefused(f"{name}:读不了({wrong.strerror});请检查权限") from wrong


def _sounds_finished(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(_UNFINISHED)


def _stamp(path: Path) -> Stamp | None:
    """Return None for what is no file, or vanished since it was listed."""
    try:
        found = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_size)
