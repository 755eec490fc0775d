"""Rows from files that a bureau drops into a folder; each content is taken in once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from topics.kit.errors import SourceRefused
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, SourceSettings
from topics.kit.refresh.tables import csv_rows, json_rows
from topics.kit.runs import SeenFiles

_MOST_FILES = 200  # in one run
_MOST_BYTES = 256 * 1024 * 1024
_YOUNG_S = 2.0  # a file changed so recently may still be written
_SETTLE_S = 1.0
_UNFINISHED = (".tmp", ".part", ".crdownload", "~")


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    sha256: str
    raw: bytes


class FolderReader:
    """Reads the unseen files of a drop folder, oldest first: the newest has the last word."""

    def __init__(self, seen: SeenFiles) -> None:
        """Remember taken files in `seen`."""
        self._seen = seen

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of every new, finished file; they count as seen once `done` is called."""
        folder = folder_of(source.url)
        if not folder.is_dir():
            raise SourceRefused(f"来源 {spec.source}:文件夹 {folder} 不存在;请建立或改正地址")
        seen = self._seen.seen(spec.id)
        found = [one for one in _finished(spec, folder) if one.sha256 not in seen]

        def done() -> None:
            for one in found:
                self._seen.remember(spec.id, one.sha256, one.path.name, now=datetime.now(UTC))

        return Reading([_part(one, spec) for one in found], done)


def _finished(spec: RefresherSpec, folder: Path) -> Iterator[_Found]:
    paths = [one for one in sorted(folder.glob(spec.glob)) if _is_finished(one)]
    paths.sort(key=lambda one: (one.stat().st_mtime, one.name))
    for path in paths[-_MOST_FILES:]:
        raw = _read(path)
        yield _Found(path, hashlib.sha256(raw).hexdigest(), raw)


def _part(found: _Found, spec: RefresherSpec) -> Part:
    """Return the rows of one file; a file that cannot be read must not hold up the others."""
    name = found.path.name
    try:
        if spec.format == "csv":
            return Part(csv_rows(found.raw, spec.encoding, name), name)
        return Part(json_rows(found.raw, spec.items, name), name)
    except SourceRefused as wrong:
        return Part((), name, str(wrong))


def folder_of(url: str) -> Path:
    """The folder a source's address means: file:///… or a plain path."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(url).expanduser()


def _is_finished(path: Path) -> bool:
    if path.name.startswith(".") or path.name.endswith(_UNFINISHED) or not path.is_file():
        return False
    before = path.stat()
    if time.time() - before.st_mtime > _YOUNG_S:
        return True
    time.sleep(_SETTLE_S)
    after = path.stat()
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SourceRefused(f"{path.name}:超过 {_MOST_BYTES >> 20} MB;请拆分后重新放入")
        return path.read_bytes()
    except OSError as wrong:
        raise SourceRefused(f"{path.name}:读不了({wrong.strerror});请检查权限") from wrong
