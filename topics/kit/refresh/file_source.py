"""Rows from files that a bureau drops into a folder; each content is taken in once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from topics.kit.errors import SourceRefused
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, Received, SourceSettings
from topics.kit.refresh.drop_folder import Dropped, Stamp, content_of, finished_files
from topics.kit.refresh.excel_table import excel_rows, is_excel
from topics.kit.refresh.mapping import columns_of, missing_columns
from topics.kit.refresh.tables import csv_rows, json_rows, refuse_page
from topics.kit.runs import SeenFiles

_MOST_FILES = 200  # in one run


@dataclass(frozen=True, slots=True)
class _Offer:
    """A file's part and the key under which it is not offered again."""

    part: Part
    key: str
    size: int = 0


class FolderReader:
    """Reads the unseen files of a drop folder, oldest first: the newest has the last word.

    A file that was refused is told once; it is offered again when its content, or what the
    manifest says of its columns and format, changes. What cannot be opened is tried every time.
    """

    def __init__(self, seen: SeenFiles) -> None:
        """Remember taken files in `seen`."""
        self._seen = seen
        self._hashes: dict[str, dict[Path, tuple[Stamp, str]]] = {}

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the oldest new, finished files; they count as seen once `done` is called.

        One run takes so many files at most, the next run the following ones. A topic's own
        function never calls `done`: it gets the newest files every time.
        """
        folder = folder_of(source.url)
        files = _files(spec, folder)
        offers = list(islice(self._new(spec, folder, files), _MOST_FILES))

        def done() -> None:
            for one in offers:
                self._seen.remember(spec.id, one.key, one.part.name, now=datetime.now(UTC))

        size = sum(one.size for one in offers)
        return Reading([one.part for one in offers], done, Received(size))

    def _new(self, spec: RefresherSpec, folder: Path, files: Sequence[Dropped]) -> Iterator[_Offer]:
        """Yield what is not known yet; a file is hashed anew only when its stamp changed."""
        seen = self._seen.seen(spec.id)
        before = self._hashes.get(spec.id, {})
        hashes = self._hashes[spec.id] = {
            one.path: before[one.path]
            for one in files
            if one.path in before and before[one.path][0] == one.stamp
        }
        for file in files:
            if file.path in hashes and _is_known(hashes[file.path][1], spec, seen):
                continue
            try:
                raw = content_of(file, folder)
            except SourceRefused as wrong:
                key = _digest(f"{file.path} {file.stamp} {wrong}".encode())
                if key not in seen:
                    yield _Offer(Part((), file.path.name, str(wrong)), key)
                continue
            if raw is None:
                continue
            digest = _digest(raw)
            hashes[file.path] = (file.stamp, digest)
            if not _is_known(digest, spec, seen):
                part = part_of(raw, file.path.name, spec)
                key = _refusal(digest, spec) if part.problem else digest
                yield _Offer(part, key, len(raw))


def folder_of(url: str) -> Path:
    """The folder a source's address means: file:///… or a plain path."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(url).expanduser()


def _files(spec: RefresherSpec, folder: Path) -> Sequence[Dropped]:
    if not folder.is_dir():
        raise SourceRefused(f"来源 {spec.source}:文件夹 {folder} 不存在;请建立或改正地址")
    files = finished_files(folder, spec.glob)
    return files if spec.kind == "file" else files[-_MOST_FILES:]


def part_of(raw: bytes, name: str, spec: RefresherSpec) -> Part:
    """Return the rows of one file; a file that cannot be read must not hold up the others."""
    try:
        refuse_page(raw, name)
        if spec.format == "excel" or (spec.format == "csv" and is_excel(raw)):
            part = Part(excel_rows(raw, columns_of(spec.map), name), name)
        elif spec.format == "csv":
            part = Part(csv_rows(raw, spec.encoding, name), name)
        else:
            part = Part(json_rows(raw, spec.items, name), name)
    except SourceRefused as wrong:
        return Part((), name, str(wrong))
    problem = missing_columns(part, spec.map) if spec.map else ""
    return Part((), name, problem) if problem else part


def _is_known(digest: str, spec: RefresherSpec, seen: frozenset[str]) -> bool:
    return digest in seen or _refusal(digest, spec) in seen


def _refusal(digest: str, spec: RefresherSpec) -> str:
    """Return the key of a content refused as the manifest now says how to read it."""
    told = spec.model_dump_json(include={"map", "format", "encoding", "items"})
    return _digest(f"{digest} {told}".encode())


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
