"""The folder of layer files: originals by SHA-256, version folders, and work in progress.

Work happens in `staging/`; a finished version moves into `versions/` in one rename. Whoever works
holds a lock inside the folder, so that what a killed import leaves behind can be told from work
that is still going on, by any process, at any time.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from layers.errors import StoreFull, StoreUnavailable, UnreadableFile

_LOCK = ".working"
_SWEEPING = ".sweeping"  # held while a workspace is made or garbage is looked for
_KEEP_ORIGINAL_S = 24 * 3600  # an unused original younger than this may belong to a running import
_REASONS = {
    errno.ENOSPC: "磁盘空间不足,请清理磁盘后重试",
    errno.EDQUOT: "超出磁盘配额,请清理磁盘后重试",
    errno.EROFS: "数据目录是只读的,请检查挂载方式",
    errno.EACCES: "对数据目录没有写权限,请检查目录属主和权限",
    errno.EPERM: "对数据目录没有写权限,请检查目录属主和权限",
}


_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def disk(kept: str = "原有版本不受影响") -> Iterator[None]:
    """Turn "the disk does not take it" inside the block into StoreUnavailable, saying what stays.

    A full disk is StoreFull.
    """
    try:
        yield
    except OSError as wrong:
        reason = _REASONS.get(wrong.errno or 0, f"读写数据目录失败({wrong})")
        kind = StoreFull if wrong.errno in _FULL else StoreUnavailable
        raise kind(f"{reason};{kept}") from wrong


Known = Callable[[], tuple[set[str], set[str]]]


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Asks whether a version is recorded, as often as it is called."""

    known: Known
    version: str

    def __call__(self) -> bool:
        return self.version in self.known()[0]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A private folder for one import and the upload in it."""

    folder: Path
    upload: Path
    sha256: str

    @property
    def version(self) -> Path:
        """The folder that becomes the version."""
        return self.folder / "version"


class LayerFiles:
    """Layer files under one local folder; every path below it is ours."""

    def __init__(self, root: Path) -> None:
        """Use `root`, which is made when first needed."""
        self._root = root

    @contextmanager
    def workspace(self, source: Path | None) -> Iterator[Workspace]:
        """A private folder with a copy of `source` under a harmless name; gone afterwards."""
        folder = self._root / "staging" / secrets.token_hex(8)
        try:
            with ExitStack() as locks:
                with disk():
                    self._root.mkdir(parents=True, exist_ok=True)
                    with _held(self._root / _SWEEPING):
                        (folder / "version").mkdir(parents=True)
                        locks.enter_context(_held(folder / _LOCK))
                        locks.enter_context(_held(folder / "version" / _LOCK))
                upload = folder / "upload"
                yield Workspace(folder, upload, "" if source is None else _copy(source, upload))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def version(self, layer: str, version: str) -> Path:
        """Where the files of one version lie."""
        return self._root / "versions" / layer / version

    def original(self, sha256: str) -> Path:
        """Where the original with this SHA-256 lies."""
        return self._root / "originals" / sha256[:2] / sha256

    @property
    def uploads(self) -> Path:
        """The folder of files on their way in (see UploadStore)."""
        return self._root / "uploads"

    def reference(self, name: str) -> Path:
        """Where a file of the city's references (the trusted outline) lies."""
        return self._root / "reference" / name

    def work(self, submission: str) -> Path:
        """Where what is made of an upload while people work on it lies; may go at any time."""
        return self._root / "work" / submission

    def works(self) -> list[str]:
        """The submissions that have such a folder."""
        return [path.name for path in self._folders("work/*")]

    def adopt(self, source: Path, sha256: str) -> None:
        """Keep a complete file under its SHA-256; `source` may go afterwards."""
        target = self.original(sha256)
        with disk():
            if target.exists():
                os.utime(target)
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.parent / f"{secrets.token_hex(8)}.part"
            try:
                os.link(source, beside)
            except OSError:  # another file system, or one without hard links
                shutil.copyfile(source, beside)
            _sync(beside)
            os.replace(beside, target)
            os.utime(target)
            _sync(target.parent)

    def keep_original(self, work: Workspace) -> None:
        """Keep the upload under its SHA-256; the same content is kept once."""
        target = self.original(work.sha256)
        with disk():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(work.upload, target)
            os.utime(target)
            _sync(target.parent)

    def keep_version(self, work: Workspace, layer: str, version: str) -> Path:
        """Move the finished version folder to its place, durable before this returns."""
        target = self.version(layer, version)
        with disk():
            for path in work.version.rglob("*"):
                if path.is_file():
                    _sync(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            work.version.rename(target)
            _sync(target.parent)
        return target

    def drop_version(self, layer: str, version: str) -> None:
        """Remove the files of a version that was never recorded."""
        shutil.rmtree(self.version(layer, version), ignore_errors=True)

    def sweep(self, known: Known) -> int:
        """Remove what killed imports left behind; `known` gives recorded versions and originals."""
        if not self._root.is_dir():
            return 0
        with disk(), _held(self._root / _SWEEPING):
            return self._sweep(known)

    def _sweep(self, known: Known) -> int:
        swept = 0
        for folder in self._folders("staging/*"):
            swept += self._remove(folder)
        recorded = known()[0]
        for folder in self._folders("versions/*/*"):
            if folder.name in recorded:
                continue
            swept += self._remove(folder, _Recorded(known, folder.name))
        for original in self._root.glob("originals/*/*"):
            old = time.time() - original.stat().st_mtime > _KEEP_ORIGINAL_S
            if old and original.name not in known()[1]:
                original.unlink(missing_ok=True)
                swept += 1
        return swept

    def _folders(self, pattern: str) -> list[Path]:
        return [path for path in self._root.glob(pattern) if path.is_dir()]

    def _remove(self, folder: Path, wanted: Callable[[], bool] | None = None) -> int:
        try:
            # Asked again under the lock: the import may have been recorded since the first look.
            with _held(folder / _LOCK, wait=False):
                if wanted is not None and wanted():
                    return 0
                shutil.rmtree(folder, ignore_errors=True)
                return 1
        except (BlockingIOError, FileNotFoundError):
            return 0


@contextmanager
def _held(path: Path, *, wait: bool = True) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    try:
        reading = source.open("rb")
    except IsADirectoryError as wrong:
        raise UnreadableFile(
            f"{source.name}:这是一个文件夹;请选择文件,Shapefile 请打成一个 zip"
        ) from wrong
    except OSError as wrong:
        raise UnreadableFile(
            f"{source.name}:打不开({wrong.strerror});请检查路径和读取权限"
        ) from wrong
    with reading, disk(), target.open("wb") as writing:
        while block := reading.read(1 << 20):
            digest.update(block)
            writing.write(block)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
