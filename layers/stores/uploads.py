"""Files on their way in: what is acknowledged is durably on disk, at every moment.

One folder an upload under the root, made complete in one rename: `info.json` (what was announced),
`data` (the bytes), `offset` (how many of them are durable), `lock`, and `sha256` once it is known.
The offset that is told is the recorded one; bytes beyond it are cut off before the next write.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from layers.errors import (
    StoreFull,
    UnknownUpload,
    UploadBusy,
    UploadConflict,
    UploadExpired,
    UploadTooLarge,
)
from layers.stores.files import disk
from layers.stores.upload_contracts import (
    MEGABYTE,
    FinishedUpload,
    UploadLimits,
    UploadStatus,
)
from layers.stores.upload_names import display_name
from layers.stores.upload_offset import Durable, read_durable, write_durable
from layers.stores.upload_writer import Digest, UploadWriter

_ID = re.compile(r"[0-9a-f]{32}")
_INFO, _DATA, _OFFSET, _LOCK, _SHA256 = "info.json", "data", "offset", "lock", "sha256"
_WANTED = "wanted"
_STAYS = "已收到的部分保留,处理后可以继续上传"
_DIGESTS = 64
_BLOCK = 1 << 20
_HALF_MADE_S = 3600.0
_WISH_S = 5.0  # a wish nobody renewed is no wish any more


class UploadStore:
    """Uploads under one folder, shared by all web processes and workers of a home."""

    def __init__(self, root: Path, limits: UploadLimits | None = None) -> None:
        """Use `root`, which is made when first needed."""
        self._root = root
        self.limits = limits or UploadLimits()
        self._digests: OrderedDict[str, Digest] = OrderedDict()
        self._guard = threading.Lock()

    def create(
        self, name: str, length: int, by: str, *, now: datetime | None = None
    ) -> UploadStatus:
        """Announce a file; refused before a byte comes when it can have no room.

        Raises UploadTooLarge (one file, or all of this person's) and StoreFull.
        """
        moment = now or datetime.now(UTC)
        if length > self.limits.largest:
            raise UploadTooLarge(
                f"文件有 {_size(length)},超过单个文件上限 {_size(self.limits.largest)};"
                "请分成几个文件,或请管理员调整配置 uploads.largest_mb"
            )
        with disk("没有留下任何内容,处理后请重新上传"):
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._check_room(length, by, moment)
            made = self._make(display_name(name), length, by, moment)
        return self.find(made, now=moment)

    def find(self, upload: str, *, now: datetime | None = None) -> UploadStatus:
        """The upload as it stands; raises UnknownUpload, and UploadExpired once it is too old."""
        status = self._status(upload)
        if status.expires_at <= (now or datetime.now(UTC)):
            raise UploadExpired(
                f"上传 {status.name} 已过期(超过 {self.limits.keep} 没有新内容);请重新上传"
            )
        return status

    def of(self, by: str | None, *, now: datetime | None = None) -> list[UploadStatus]:
        """The uploads of one person (None: of all) that have not expired, newest first."""
        moment = now or datetime.now(UTC)
        mine = [one for one in self._all() if by in (None, one.by) and one.expires_at > moment]
        return sorted(mine, key=lambda one: one.created_at, reverse=True)

    def write(
        self, upload: str, offset: int, *, whole: bool = False, now: datetime | None = None
    ) -> UploadWriter:
        """A writer that goes on at `offset`; `whole`: all of what it is given counts, or nothing.

        Raises UploadBusy while another request writes, UploadConflict when `offset` is not what is
        durable. Close the writer in any case.
        """
        self.find(upload, now=now)
        folder = self._folder(upload)
        lock = self._locked(upload)
        try:
            status = self._status(upload)  # again: another may have written up to now
            if status.offset != offset:
                raise UploadConflict(
                    f"服务器已有 {status.offset} 字节,请求从 {offset} 开始;"
                    "请用 HEAD 查询进度后从那里继续"
                )
            with disk(_STAYS):
                (folder / _WANTED).unlink(missing_ok=True)
                return UploadWriter(
                    data=folder / _DATA,
                    lock=lock,
                    length=status.length,
                    offset=offset,
                    whole=whole,
                    digest=self._digest(upload, offset),
                    record=lambda reached: self._record(upload, reached),
                )
        except BaseException:
            lock.close()
            raise

    def busy(self, upload: str) -> bool:
        """Whether some request writes this upload at the moment."""
        try:
            self._locked(upload).close()
        except UploadBusy:
            return True
        return False

    def ask_for(self, upload: str, *, at_once: bool) -> None:
        """Ask the request that writes this upload to let it go.

        `at_once`: in any case; else only when no bytes have come for a while.
        """
        with disk(_STAYS):
            (self._folder(upload) / _WANTED).write_text("now" if at_once else "idle", "ascii")

    def asked_for(self, upload: str, *, idle: bool) -> bool:
        """Whether the writer should let go; `idle` says that no bytes have come for a while."""
        path = self._folder(upload) / _WANTED
        try:
            wish, age = path.read_text("ascii"), time.time() - path.stat().st_mtime
        except FileNotFoundError:
            return False
        return age < _WISH_S and (wish == "now" or idle)

    def complete(self, upload: str) -> FinishedUpload:
        """The finished file with its SHA-256; raises UploadConflict while bytes are missing.

        Also answers for an upload past its time, as long as nobody swept it.
        """
        status = self._status(upload)
        if not status.finished:
            raise UploadConflict(
                f"{status.name} 还没有传完({_size(status.offset)} / {_size(status.length)});"
                "请先传完再提交"
            )
        path = self._folder(upload) / _DATA
        sha256 = status.sha256
        if sha256 is None:
            with disk(_STAYS):
                sha256 = _hashed(path)
                _put(self._folder(upload) / _SHA256, sha256.encode())
        return FinishedUpload(path, status.name, sha256, status.length, status.by)

    def finish(self, upload: str) -> UploadStatus:
        """Keep the SHA-256 that was computed while writing, where it is known; the new status."""
        digest = self._digest(upload, self._status(upload).length)
        if digest is not None:
            with disk(_STAYS):
                _put(self._folder(upload) / _SHA256, digest.hexdigest().encode())
        self._forget(upload)
        return self._status(upload)

    def remove(self, upload: str) -> None:
        """Remove an upload for good; raises UploadBusy while a request writes it."""
        self._status(upload)
        with self._locked(upload):
            self._remove(upload)

    def sweep(self, *, wanted: Collection[str] = (), now: datetime | None = None) -> int:
        """Remove what has expired or was never completely made, except `wanted`; how many."""
        moment = now or datetime.now(UTC)
        swept = 0
        for folder in self._folders():
            if folder.name in wanted:
                continue
            if self._dead(folder, moment):
                self._remove(folder.name)
                swept += 1
        return swept

    # --- inside ---

    def _locked(self, upload: str) -> TextIOWrapper:
        """The held lock of the upload; raises UploadBusy at once when another has it."""
        with disk(_STAYS):
            try:
                lock = (self._folder(upload) / _LOCK).open("a", encoding="ascii")
            except FileNotFoundError as wrong:
                raise _unknown(upload) from wrong
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as wrong:
                lock.close()
                raise UploadBusy("这个文件正在由另一个请求上传;请稍候再试") from wrong
        return lock

    def _make(self, name: str, length: int, by: str, moment: datetime) -> str:
        upload = secrets.token_hex(16)
        making = self._root / f".{upload}"
        making.mkdir(mode=0o700)
        try:
            info = {"name": name, "length": length, "by": by, "at": moment.isoformat()}
            _put(making / _INFO, json.dumps(info, ensure_ascii=False).encode())
            (making / _LOCK).touch()
            (making / _DATA).touch()
            write_durable(making / _OFFSET, Durable(0, moment))
            write_durable(making / _OFFSET, Durable(0, moment))  # both slots have their place now
            _sync_folder(making)
            making.rename(self._root / upload)
            _sync_folder(self._root)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        return upload

    def _check_room(self, length: int, by: str, moment: datetime) -> None:
        current = self.of(None, now=moment)
        if sum(one.by == by for one in current) >= self.limits.count:
            raise UploadTooLarge(
                f"您名下已有 {self.limits.count} 个上传,不能再增加;请先处理或删除以前的上传"
            )
        mine = sum(one.length for one in current if one.by == by)
        if mine + length > self.limits.person:
            raise UploadTooLarge(
                f"名下已有 {_size(mine)} 的上传,再加 {_size(length)} 会超过每人上限 "
                f"{_size(self.limits.person)};请先处理或删除以前的上传"
            )
        coming = sum(one.length - one.offset for one in current)
        free = shutil.disk_usage(self._root).free - coming - self.limits.margin
        if length > free:
            raise StoreFull(
                f"磁盘空间不足:文件有 {_size(length)},还能接收 {_size(max(0, free))};"
                "请管理员清理磁盘后再上传"
            )

    def _folder(self, upload: str) -> Path:
        # What is no id never becomes part of a path.
        if not _ID.fullmatch(upload):
            raise _unknown(upload)
        return self._root / upload

    def _folders(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        with disk(_STAYS):
            return [one for one in self._root.iterdir() if one.is_dir()]

    def _all(self) -> list[UploadStatus]:
        found = []
        for folder in self._folders():
            try:
                found.append(self._status(folder.name))
            except UnknownUpload:
                continue  # half made, or removed meanwhile
        return found

    def _status(self, upload: str) -> UploadStatus:
        folder = self._folder(upload)
        with disk(_STAYS):
            try:
                info: dict[str, Any] = json.loads((folder / _INFO).read_bytes())
                durable = read_durable(folder / _OFFSET)
            except (FileNotFoundError, ValueError) as wrong:
                raise _unknown(upload) from wrong
            sha256 = _read(folder / _SHA256)
        created = datetime.fromisoformat(info["at"])
        durable = durable or Durable(0, created)
        return UploadStatus(
            id=upload,
            name=str(info["name"]),
            length=int(info["length"]),
            offset=durable.offset,
            sha256=sha256,
            by=str(info["by"]),
            created_at=created,
            expires_at=durable.at + self.limits.keep,
        )

    def _record(self, upload: str, reached: Digest) -> None:
        write_durable(self._folder(upload) / _OFFSET, Durable(reached.offset, datetime.now(UTC)))
        with self._guard:
            self._digests[upload] = reached
            self._digests.move_to_end(upload)
            while len(self._digests) > _DIGESTS:
                self._digests.popitem(last=False)

    def _digest(self, upload: str, offset: int) -> Any:
        """The hash of the first `offset` bytes if this process knows it, else None."""
        if offset == 0:
            return hashlib.sha256()
        with self._guard:
            known = self._digests.get(upload)
        return known.sha256.copy() if known and known.sha256 and known.offset == offset else None

    def _forget(self, upload: str) -> None:
        with self._guard:
            self._digests.pop(upload, None)

    def _dead(self, folder: Path, moment: datetime) -> bool:
        try:
            status = self._status(folder.name)
        except UnknownUpload:
            try:
                return time.time() - folder.stat().st_mtime > _HALF_MADE_S
            except FileNotFoundError:
                return False
        return status.expires_at <= moment and not self.busy(folder.name)

    def _remove(self, name: str) -> None:
        """First out of sight in one rename, then gone: never half an upload."""
        gone = self._root / (name if name.startswith(".") else f".gone-{name}")
        with disk(_STAYS):
            if gone.name != name:
                (self._root / name).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
        self._forget(name)


def _unknown(upload: str) -> UnknownUpload:
    return UnknownUpload(f"没有上传 {upload[:40]!r};它可能已过期被清理,请重新上传")


def _hashed(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        return None


def _put(path: Path, content: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _size(count: int) -> str:
    return f"{count / MEGABYTE:,.1f} MB"
